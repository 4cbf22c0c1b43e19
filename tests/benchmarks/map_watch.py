"""What a map shows and how soon, as the browser sees it: the first picture, what follows a click, frames between two layouts."""

import math
import time
from itertools import pairwise

from playwright.sync_api import Page

WATCH = """() => {
  window.draws = [];
  const draw = WebGL2RenderingContext.prototype.drawElements;
  WebGL2RenderingContext.prototype.drawElements = function (...rest) { draws.push(performance.now()); return draw.apply(this, rest); };
  addEventListener("pointerup", () => { window.released = performance.now(); }, true);
  window.root = () => [...document.querySelectorAll("*")].map((one) => one.shadowRoot).find((one) => one?.querySelector(".stage"));
  const loaded = (pictures) => pictures.length >= 4 && pictures.every((one) => one.complete && one.naturalWidth);
  // What there is to see after a click, as text that changes with the clicked point; empty while it is not all there.
  window.seen = {
    lines: () => root().querySelector(".stage").dataset.drawn,
    gallery: () => loaded([...root().querySelectorAll(".cards img")]) ? root().querySelector(".head").dataset.chosen : "",
    plain: () => loaded([...document.querySelectorAll('[data-testid="stImage"] img')])
      ? document.querySelector("#chosen").textContent : "",
  };
  // Begin to look before the click; the time runs from the release of the mouse to the frame after the change.
  window.arm = (name) => {
    const before = seen[name](), late = performance.now() + 30000;
    window.armed ??= {};
    window.released = null;
    armed[name] = new Promise((done) => {
      const look = () => {
        const now = released && seen[name]();
        if (now && now !== before) requestAnimationFrame(() => done(performance.now() - released));
        else if (performance.now() > late) done(null);
        else setTimeout(look, 1);
      };
      look();
    });
  };
}"""
# On the screen: a map whose points all come at once, one in tiles, and a chart of plotly.
WHOLE = "() => root()?.querySelector('.stage[data-scene]')"
IN_TILES = "() => root()?.querySelector('.stage[data-scene][data-missing=\"0\"]')"
PLAIN = "() => document.querySelector('.js-plotly-plot .gl-canvas') && document.querySelector('.js-plotly-plot')._fullData?.length > 1"
# Where a point lies on the screen, by its place and half of the width and height of all.
PLACES = {
    "map": """([x, y, wide, tall]) => { const b = root().querySelector('.stage').getBoundingClientRect();
      const s = 0.94 * Math.min(b.width / (2 * wide), b.height / (2 * tall));
      return [b.left + b.width / 2 + x * s, b.top + b.height / 2 - y * s]; }""",
    "plotly": """([x, y]) => { const g = document.querySelector('.js-plotly-plot'), b = g.getBoundingClientRect();
      const {xaxis, yaxis} = g._fullLayout;
      return [b.left + xaxis._offset + xaxis.l2p(x), b.top + yaxis._offset + yaxis.l2p(y)]; }""",
}


def first_map(page: Page, address: str, drawn: str) -> float:
    """Seconds from the address to the drawn map, at the second visit."""
    for _ in range(2):
        begin = time.perf_counter()
        page.goto(address)
        page.wait_for_function(drawn, timeout=280_000, polling=20)
        seconds = time.perf_counter() - begin
        page.wait_for_timeout(4000)
    return seconds


def clicks(page: Page, where: str, what: tuple[str, ...], targets: list[list[float]]) -> dict[str, list[float]]:
    """Milliseconds from each click to what is to be seen of it; a click without an answer within 30 s counts as infinite."""
    times: dict[str, list[float]] = {name: [] for name in what}
    for target in targets:
        page.mouse.move(*page.evaluate(where, target))
        page.wait_for_timeout(400)
        page.evaluate("(names) => names.forEach(arm)", list(what))
        page.mouse.down()
        page.mouse.up()
        for name in what:
            milliseconds = page.evaluate("(name) => armed[name]", name)
            times[name].append(math.inf if milliseconds is None else milliseconds)
    return times


def between_layouts(page: Page) -> float:
    """Frames a second while the points move to the other model's layout and back."""
    page.mouse.move(5, 5)
    gaps = []
    for key in ("2", "1"):
        page.evaluate("() => { draws.length = 0; }")
        page.keyboard.press(key)
        page.wait_for_timeout(2600)
        moments = page.evaluate("() => draws")
        gaps += [after - before for before, after in pairwise(moments) if after - before < 500]
    return 1000 * len(gaps) / sum(gaps)
