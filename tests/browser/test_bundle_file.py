"""A bundle as it is taken home: a file that is opened with the network switched off, in a browser that may have no WebGL."""

import json
import os
import subprocess
import sys
from collections import Counter

import pytest
from chromium import CHROMIUM, QUIET
from tiny_runs import tiny_python_path

from retrieval_core.evaluation.tables import ap_table
from retrieval_core.lessons.lesson_files import read_lesson
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser

MODELS = "1a,1c,1d"
QUERY = "brock_tower_1"
SIZES = {"projector": (1024, 768), "large": (1920, 1080)}


def written(cache, out, *words):
    command = [sys.executable, "-m", "retrieval_core", "--cache", str(cache), "bundle", str(out), "--models", MODELS, *words]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": tiny_python_path()}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def file(town_cache, tmp_path_factory):
    return written(town_cache, tmp_path_factory.mktemp("home") / "town & <b>.html", "--lesson", "average-precision")


@pytest.fixture
def home(browser):
    """A page without a network; at the end it has asked for nothing but its file, and nothing has gone wrong in it."""
    made, asked, errors = [], [], []

    def open_it(file, hash_="", size="large", scheme="light", browser=browser):
        width, height = SIZES[size]
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce",
                                      offline=True)  # fmt: skip
        page = context.new_page()
        made.append(context)
        page.set_default_timeout(60_000)
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{file.as_uri()}{hash_}")
        page.locator(".opening").wait_for(state="detached")
        return page

    yield open_it
    for context in made:
        context.close()
    assert errors == []
    kinds = Counter(url.partition(":")[0] for url in asked)
    assert kinds["file"] == len(made), [url for url in asked if url.startswith("file:")]
    assert set(kinds) <= {"file", "blob", "data"}, asked


def test_a_click_on_the_map_shows_the_neighbours_that_the_app_lists(home, file, town_cache):
    page = home(file, "#map?model=1d")
    page.locator(".stage[data-scene]").wait_for()
    left, top, width, height = page.locator(".stage").bounding_box().values()
    chosen = page.locator(".head[data-chosen]:not([data-chosen=''])")
    for step in range(1, 600):  # some point lies under one of these places
        page.mouse.click(left + width * (0.08 + 0.84 * (step * 0.618 % 1)), top + height * (0.08 + 0.84 * (step * 0.755 % 1)))
        page.wait_for_timeout(30)
        if chosen.count():
            break
    chosen.wait_for()
    photograph = chosen.get_attribute("data-chosen")
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    ids = [image.id for image in results.dataset.images]
    positions, similarities = (found[ids.index(photograph)] for found in results.neighbours("all"))
    cards = page.locator("aside .card")
    cards.nth(5).wait_for()
    for place in range(6):
        assert cards.nth(place).get_attribute("data-image") == ids[positions[place]]
        assert f"{similarities[place]:.3f}" in cards.nth(place).inner_text()
        assert cards.nth(place).locator("img").evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 50
    assert f"selection={photograph}" in page.url
    assert page.get_by_role("button", name="Why is").count() == 0


def test_the_film_strip_shows_every_model_and_leads_to_it(home, file, town_cache):
    page = home(file, "#map?model=1a&film=open")
    page.locator(".minis button").nth(2).wait_for()
    told = [one.split() for one in page.locator(".minis button").all_inner_texts()]
    for key, _, mean in told:
        assert mean == f"{open_results(Workspace(town_cache), 'town', 'quick', key).score_file['map_oxford']:.1f}"
    page.locator(".minis button").nth(2).click()
    page.wait_for_function("() => location.hash.includes('model=1d')")
    assert page.locator("header select").input_value() == "1d"


def test_a_query_its_ap_and_the_machine_are_the_apps(home, file, town_cache):
    results = open_results(Workspace(town_cache), "town", "quick", "1d")
    score = next(one for one in results.scores if one.query_id == QUERY)
    ranking = next(one for one in results.rankings() if one.query_id == QUERY)
    page = home(file, f"#query?model=1d&query={QUERY}")
    cards = page.locator(".strips .card")
    cards.nth(11).wait_for()
    assert [cards.nth(place).get_attribute("data-image") for place in range(12)] == list(ranking.ids[:12])
    assert f"AP (Oxford) {100 * score.ap_oxford:.1f}" in page.locator(".about").inner_text()
    page.get_by_role("button", name="AP machine").click()
    page.locator(".machine[data-place]").wait_for()
    ends = page.locator(".machine table td:last-child").all_inner_texts()
    assert ends[-2:] == [f"{100 * score.ap_oxford:.2f}", f"{100 * score.ap_finite_sum:.2f}"]
    page.keyboard.press("ArrowRight")
    page.locator('.machine[data-place="1"]').wait_for()
    page.get_by_role("button", name="Rank flow").click()
    page.locator(".flow .line").first.wait_for()
    page.keyboard.press("j")
    page.wait_for_function("(query) => !location.hash.includes(query)", arg=f"query={QUERY}")


def test_two_models_side_by_side_and_a_photograph_as_the_query(home, file):
    page = home(file, f"#query?model=1d&query={QUERY}&strips=two&versus=1a")
    page.locator(".strips.beside em").first.wait_for()
    photograph = page.locator(".strips .card").last.get_attribute("data-image")
    page.locator(".strips .card").last.click()
    page.get_by_role("button", name="Show on the map").click()
    page.locator(f'.head[data-chosen="{photograph}"]').wait_for()
    page.evaluate("() => { location.hash = '#query?model=1d&photo=alder_court_000002'; }")
    page.locator(".about", has_text="alder_court_000002").wait_for()
    first = page.locator('.strips .card[data-image="alder_court_000002"]')
    assert "1. 1.000" in first.inner_text()


def test_compare_and_the_ledger_are_the_librarys(home, file, town_cache):
    scores = {key: open_results(Workspace(town_cache), "town", "quick", key).scores for key in MODELS.split(",")}
    dataset = open_results(Workspace(town_cache), "town", "quick", "1d").dataset
    page = home(file, "#compare?rows=all&protocol=finite_sum")
    table = page.locator("table.numbers").first
    for query, row in ap_table(scores, dataset, "finite_sum", "all").T.iterrows():
        shown = table.locator("tr", has=page.locator(f'th:text-is("{query}")')).locator("td").all_inner_texts()
        assert [text.removeprefix("★ ") for text in shown] == ["–" if value != value else f"{value:.1f}" for value in row]
    page.locator("table.numbers td a").first.click()
    page.locator(".strips .card").first.wait_for()
    page.get_by_role("link", name="Ledger").click()
    page.locator('a[data-step="1c-1d"]').wait_for()
    page.locator('a[data-step="1c-1d"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('step=1c-1d')")
    page.get_by_role("heading", name="1c → 1d: ResNet18").wait_for()
    page.get_by_role("link", name="Recipes").click()
    assert "--cache" not in page.locator("main").inner_text()


def test_a_lesson_is_walked_with_the_keys(home, file, town_cache):
    cards = read_lesson(Workspace(town_cache), "average-precision").lesson.cards
    page = home(file, "#lesson")
    page.get_by_role("link", name="Begin").click()
    bar = page.locator("section.lesson")
    for number, card in enumerate(cards, 1):
        page.locator(f'section.lesson[data-card="{number}"]').wait_for()
        page.wait_for_function("(number) => location.hash.includes(`card=${number}`)", arg=number)
        if card.question and bar.get_attribute("data-waits") == "true":
            page.keyboard.press("Enter")
            page.locator('section.lesson[data-waits="false"]').wait_for()
        page.keyboard.press("ArrowRight")
    assert not any(card.note and card.note[:30] in bar.inner_text() for card in cards)


def test_without_webgl_it_is_a_still_map_that_is_clicked_and_printed(home, file, browser):
    bare = browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*QUIET, "--disable-3d-apis"])
    try:
        page = home(file, "#map?model=1d", browser=bare)
        page.get_by_text("This browser has no WebGL 2").wait_for()
        ink = "(one) => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some((value, k) => k % 4 === 3 && value)"
        assert page.locator(".stage canvas").nth(0).evaluate(ink)
        page.locator("aside .card").first.click()
        page.get_by_role("button", name="All landmarks").wait_for()
        page.keyboard.press("j")
        page.locator(".head[data-chosen]:not([data-chosen=''])").wait_for()
        assert page.pdf().startswith(b"%PDF")
    finally:
        bare.close()


def test_without_photographs_names_stand_in_their_places(home, town_cache, tmp_path):
    page = home(written(town_cache, tmp_path / "bare.html", "--no-photographs"), "#map?model=1d&selection=alder_court_000001")
    cards = page.locator("aside .card")
    cards.nth(3).wait_for()
    assert page.locator("aside img").count() == 0
    assert cards.nth(3).get_attribute("data-image") in cards.nth(3).inner_text()
    page.get_by_role("link", name="Query").click()
    page.locator(".strips .card").first.wait_for()
    assert page.locator(".strips img").count() == 0
    for shown in ("AP machine", "Rank flow"):
        page.get_by_role("button", name=shown).click()
    page.locator(".flow .line").first.wait_for()


@pytest.mark.parametrize(("size", "scheme"), [("projector", "light"), ("large", "dark")])
def test_axe_finds_nothing_serious_and_nothing_is_wider_than_the_window(home, file, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    serious = []
    for hash_ in ("#map?model=1d&selection=alder_court_000001", f"#query?query={QUERY}", "#query?show=machine", "#query?show=flow",
                  "#compare", "#ledger", "#lesson", "#recipes", "#map?lesson=average-precision&card=2"):  # fmt: skip
        page = home(file, hash_, size, scheme)
        page.wait_for_timeout(1000)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), hash_
        found = axe.run(page).response["violations"]
        bad = [one for one in found if one["impact"] in ("serious", "critical")]
        serious += [f"{hash_}: {one['id']}: {[node['target'] for node in one['nodes']]}" for one in bad]
    assert not serious, json.dumps(serious, indent=1)
