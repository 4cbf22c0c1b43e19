"""From card to card of a lesson, for every pair of pages, beside a click on the page's own link in the navigation, in one run.

    python tests/benchmarks/bench_lesson.py CACHE [rounds]     a cache with the town and its models; 5 rounds

Prints medians in milliseconds: from the key to the next frame with the text of the other card, from the key until its view has
settled (the page's script has ended and what the page is for is drawn), and from a click on the link of the same page until that page
has settled, as one changes pages without a lesson. From map to map the view has settled when the map shows the other model; its points
then glide for another 1.7 s. The first round warms the cache and is not counted. Needs Debian's Chromium and Playwright.
"""

import statistics
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from app_server import start_server
from caches import copy_cache
from chromium import CHROMIUM, QUIET

from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import save_lesson
from retrieval_core.workspace import Workspace

VIEWS = {"map": "map?model=1a", "query": "query?model=1d&strips=one", "compare": "compare", "ledger": "ledger", "start": "start"}
TWIN = {"map": "map?model=1d", "query": "query?model=1a&strips=one", "compare": "compare?rows=all",
        "ledger": "ledger?protocol=finite_sum", "start": "start?protocol=finite_sum"}  # fmt: skip
# Before the page listens: while a lesson runs, its bar hands keys on to nobody.
FIRST = """() => {
  for (const event of ["keydown", "pointerdown"]) addEventListener(event, () => window.begun?.[event]?.(performance.now()), true);
}"""
WATCH = """() => {
  const roots = () => [...document.querySelectorAll("*")].flatMap((one) => one.shadowRoot ?? []);
  const deep = (name) => roots().map((root) => root.querySelector(name)).find((one) => one);
  const there = {
    map: () => deep(".stage[data-scene]"), query: () => deep(".strips .card"),
    compare: () => document.querySelector(".js-plotly-plot .bars"),
    ledger: () => document.querySelector(".js-plotly-plot .bars"), start: () => deep(".tile"),
  };
  const idle = () => document.querySelector('[data-test-script-state="notRunning"]');
  const at = (page) => location.pathname === (page === "start" ? "/" : `/${page}`) && there[page]();
  const asked = () => new URLSearchParams(location.search).get("card");
  const under = (model) => !model || deep(".caption").textContent.includes(`model ${model} `);
  window.kind = { text: ({ card }) => deep(".lesson")?.dataset.card === card,
    settled: ({ card, page, model }) => asked() === card && idle() && at(page) && under(model),
    linked: ({ page }) => idle() && at(page) };
  // Begin to look before the key or the click; the time runs from there to the frame after what is looked for.
  window.arm = (event, names, wanted) => {
    window.armed = {};
    const begun = new Promise((done) => { window.begun = { [event]: done }; });
    for (const name of names) armed[name] = begun.then((start) => new Promise((done) => {
      const look = () => kind[name](wanted) ? requestAnimationFrame(() => done(performance.now() - start)) : setTimeout(look, 4);
      look();
    }));
  };
}"""


def lesson(first: str, second: str) -> Lesson:
    """Two cards, one of each page; of one page twice two states of it."""
    views = VIEWS[first], (TWIN if first == second else VIEWS)[second]
    return Lesson(f"{first}-{second}", "Bench", tuple(Card(f"Card {number}", view, "Text.") for number, view in enumerate(views, 1)))


def measured(page: Page, event: str, names: list[str], wanted: dict, act) -> list[float]:
    """Milliseconds from a key or a click to each of these."""
    page.evaluate("([event, names, wanted]) => arm(event, names, wanted)", [event, names, wanted])
    act()
    return [page.evaluate("(name) => armed[name]", name) for name in names]


def pair(page: Page, address: str, first: str, second: str, rounds: int) -> tuple[float, float, float]:
    """Medians of a pair: text, view, and the navigation's link."""
    page.goto(f"{address}/{first.replace('start', '')}?lesson={first}-{second}&card=1&model=1a")
    page.evaluate(WATCH)
    page.wait_for_function("(page) => kind.settled({ card: '1', page })", arg=first)
    page.wait_for_timeout(2500)
    cards, links = [], []
    for turn in range(rounds + 1):
        model = {"map": "1d"}.get(second) if first == second else None
        wanted = {"card": "2", "page": second, "model": model}
        found = measured(page, "keydown", ["text", "settled"], wanted, lambda: page.keyboard.press("ArrowRight"))
        page.wait_for_timeout(1500)
        page.keyboard.press("ArrowLeft")
        page.wait_for_function("(page) => kind.settled({ card: '1', page })", arg=first)
        page.wait_for_timeout(1500)
        cards += [found] if turn else []
    page.goto(f"{address}/{first.replace('start', '')}?model=1a")
    page.evaluate(WATCH)
    page.wait_for_function("(page) => kind.linked({ page })", arg=first)
    names = {name: page.get_by_role("link", name=name.capitalize(), exact=True) for name in (first, second)}
    for turn in range(rounds + 1 if first != second else 0):
        page.wait_for_timeout(1500)
        found = measured(page, "pointerdown", ["linked"], {"page": second}, names[second].click)
        page.wait_for_timeout(1500)
        names[first].click()
        page.wait_for_function("(page) => kind.linked({ page })", arg=first)
        links += found if turn else []
    return *(statistics.median(column) for column in zip(*cards, strict=True)), statistics.median(links) if links else float("nan")


def main(cache: Path, rounds: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        copy = copy_cache(cache, Path(folder) / "cache")
        for first, second in product(VIEWS, VIEWS):
            save_lesson(Workspace(copy), lesson(first, second))
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        with start_server(copy, {}) as (address, _):
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(300_000)
            page.add_init_script(f"({FIRST})()")
            print(f"{'from':>9} {'to':>9}{'text ms':>10}{'view ms':>10}{'link ms':>10}")
            every = []
            for first, second in product(VIEWS, VIEWS):
                found = pair(page, address, first, second, rounds)
                every.append(found)
                print(f"{first:>9} {second:>9}{found[0]:>10.0f}{found[1]:>10.0f}{found[2]:>10.0f}", flush=True)
            texts, views, _ = zip(*every, strict=True)
            print(f"median of all pairs: text {statistics.median(texts):.0f} ms, view {statistics.median(views):.0f} ms")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5)
