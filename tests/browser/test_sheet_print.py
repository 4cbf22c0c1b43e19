"""The sheets in a real browser: opened from a file they fetch nothing, axe finds nothing, and every picture fits on a page of A4."""

import pytest

from retrieval_core.lessons.card import Card, Lesson, Question
from retrieval_core.lessons.sheet import make_sheets
from retrieval_core.lessons.shown import Shown
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser

KINDS = {"wins": "query?model=1d", "nearest": "query?model=1d", "kept": "map?model=1d", "number": "compare"}
ROOM = (180, 265)  # millimetres of A4 between the margins
UNCUT = """() => [...document.querySelectorAll('img, svg, table')].map((one) => {
  const { width, height } = one.getBoundingClientRect();
  const kept = (at) => at && (getComputedStyle(at).breakInside === 'avoid' || kept(at.parentElement));
  return [width * 25.4 / 96, height * 25.4 / 96, Boolean(kept(one)), one.complete !== false && one.naturalWidth !== 0];
})"""


@pytest.fixture(scope="module")
def files(town_cache, tmp_path_factory):
    cards = [Card(kind, view, "", Question(kind, of={"model": "1d", "figure": "map 1d"})) for kind, view in KINDS.items()]
    made = make_sheets(Shown(Workspace(town_cache), "town", "quick"), Lesson("try", "Try", tuple(cards)))
    folder = tmp_path_factory.mktemp("sheets")
    for name in ("questions", "answers"):
        (folder / f"{name}.html").write_text(getattr(made, name), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["questions", "answers"])
def test_a_sheet_prints_whole_and_fetches_nothing(page, files, name):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((files / f"{name}.html").as_uri())
    page.emulate_media(media="print")
    found = page.evaluate(UNCUT)
    assert len(found) > 10
    for width, height, kept, drawn in found:
        assert 0 < width <= ROOM[0]
        assert 0 < height <= ROOM[1]
        assert kept
        assert drawn
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="screen")
    violations = axe.run(page).response["violations"]
    assert [one["id"] for one in violations if one["impact"] in ("serious", "critical")] == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
