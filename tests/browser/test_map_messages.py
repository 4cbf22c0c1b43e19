"""What the browser reads of Python's JSON, and what it says back, is what the TypedDicts say."""

import base64

import pytest
from modules_page import WEB, open_modules
from small_scene import CATEGORIES, RAMP, SHARED, SHOW, files, place_of
from typed import problems

from pages.web.home import View as HomeView
from pages.web.map.messages import ColouringValues, Kept, Scene, SelectionMeasures, Shared
from pages.web.paste import Pasted
from pages.web.ranking.messages import Event, FlowView, MachineView, MarkingView, PickView, PictureView, StripsView
from pages.web.why.messages import HeatView, LinesView

pytestmark = pytest.mark.browser

# Objects of a message, each in a proxy that writes down which fields are read that the message does not have; what the
# browser itself has put on an object is its own.
WATCH = """() => {
  window.strange = new Set();
  const watched = new WeakMap();
  window.watch = (value, path) => {
    if (value === null || typeof value !== "object") return value;
    if (watched.has(value)) return watched.get(value);
    const own = new Set();
    const proxy = new Proxy(value, {
      get(target, name) {
        const found = Reflect.get(target, name);
        if (Array.isArray(target)) return window.watch(found, `${path}[]`);
        if (typeof name === "symbol" || own.has(name)) return found;
        if (!(name in target) && !["toJSON", "then"].includes(name)) window.strange.add(`${path}.${name}`);
        return typeof found === "function" ? found : window.watch(found, `${path}.${name}`);
      },
      set(target, name, put) {
        own.add(name);
        window.strange.delete(`${path}.${name}`);
        return Reflect.set(target, name, put);
      },
    });
    watched.set(value, proxy);
    return proxy;
  };
  const json = Response.prototype.json;
  Response.prototype.json = async function () { return window.watch(await json.call(this), new URL(this.url).pathname); };
}"""
# Fields that a message need not have, and what the map puts on a model once it has been fetched.
FETCHED = {"lists", "similarities", "rankings", "found", "xy", "ends", "overlap", "sets", "canvas", "text", "button", "mini", "ranks"}


def strange(page, optional=()):
    return {path for path in page.evaluate("() => [...window.strange]") if path.rsplit(".", 1)[1] not in {*FETCHED, *optional}}


def test_the_scene_of_these_tests_is_a_scene():
    assert problems(files()["/files/scene"], Scene) == []
    assert problems(SHARED, Shared) == []
    assert problems(RAMP, ColouringValues) == []
    assert problems(CATEGORIES, ColouringValues) == []
    assert problems(files()["/files/selection/1a"], SelectionMeasures) == []


def test_the_map_reads_and_says_what_is_written_down(page):
    open_modules(page, files())
    page.evaluate(WATCH)
    html, css = ((WEB / "map" / f"map.{ending}").read_text(encoding="utf-8") for ending in ("html", "css"))
    hides = {"what": [], "models": {"1a": "1a", "1b": "1b"}, "last": ""}
    data = {"scene": "files/scene", "shared": SHARED, "placed": None, "bins": "b", "engine": "exact", "hidden": hides}
    page.evaluate(SHOW.replace("data, setStateValue", "data: window.watch(data, 'data'), setStateValue"), [html, css, data])
    page.locator(".head[data-chosen]").wait_for(state="attached")
    page.wait_for_timeout(500)  # all that it reads is watched: its first frame comes late
    page.mouse.click(*place_of(page, 9))
    page.locator('.head[data-chosen="tower_09"]').wait_for()
    page.locator(".keep input").fill("mine")
    page.locator(".keep button").click()
    page.wait_for_function("() => window.events.length")
    [[name, kept]] = page.evaluate("() => window.events")
    assert (name, problems(kept, Kept)) == ("keep", [])
    assert kept == {"name": "mine", "ids": ["tower_09"], "how": "points"}
    page.mouse.move(*place_of(page, 12))
    page.locator(".hovered[data-image]").wait_for()
    for key in ("j", "f", "2", "u", "Escape", "l"):
        page.keyboard.press(key)
        page.wait_for_timeout(150)
    page.locator(".legend button").first.click()
    page.wait_for_function("() => window.told.at(-1)?.model === '1b' && window.told.at(-1).landmarks")
    assert strange(page) == set()
    for told in page.evaluate("() => window.told"):
        assert problems(told, Shared) == []


SRC = "files/photograph/tower_00"
PHOTOGRAPH = {"id": "a", "name": "tower", "src": SRC}
CARD = PHOTOGRAPH | {"word": "good", "own": False, "rank": 1, "similarity": 0.5, "why": {"query": "", "model": "1a"}}
CURVE = {
    "positives": 1, "ap": {"oxford": 1.0, "finite_sum": 1.0},
    "events": [{"place": 0, "word": "good", "found": 1, "before": 1.0, "precision": 1.0, "recall": 1.0, "oxford": 1.0,
                "finite_sum": 1.0}],
}  # fmt: skip
VIEWS = {
    "pick": (PickView, {"kind": "pick", "current": "q_1", "models": ["1a"], "queries": [
        {"id": "q_1", "label": "tower", "ap": None, "src": SRC}, {"id": "q_2", "label": "gate", "ap": 0.5, "src": SRC}]}),
    "picture": (PictureView, {
        "kind": "picture", "name": "a", "src": SRC, "size": [120, 100], "box": [1, 1, 90, 90], "own": [1, 1, 80, 80]}),
    "strips": (StripsView, {
        "kind": "strips", "beside": True, "width": 120, "note": "n", "strips": [{"title": "1a", "note": "", "cards": [CARD]}] * 2}),
    "marking": (MarkingView, {
        "kind": "marking", "width": 120, "note": "n", "marks": [{"id": "b", "right": False}],
        "strips": [{"title": "Answers", "note": "3 → 4", "cards": [CARD, CARD | {"id": "b"}]}]}),
    "machine": (MachineView, {
        "kind": "machine", "walk": [PHOTOGRAPH | {"word": "good"}] * 3, "length": 3, "counted": CURVE, "left_out": None}),
    "flow": (FlowView, {
        "kind": "flow", "models": ["1a", "1b"], "count": 3, "lines": [PHOTOGRAPH | {"word": "good", "ranks": [1, 3]}]}),
}  # fmt: skip
DRAW = """async ([name, html, data]) => {
  document.body.innerHTML = html;
  window.told = [];
  const { show } = await import(`/web/${name}/main.js`);
  show({ parentElement: document.body, data: window.watch(data, name), setTriggerValue: (_, value) => window.told.push(value) });
}"""
PRESS = {
    "pick": ".pick button:not([aria-pressed=true])", "picture": "text=Whole picture", "strips": ".card",
    "machine": "text=Next positive", "flow": ".line", "marking": ".marks .right",
}  # fmt: skip


@pytest.mark.parametrize("kind", VIEWS)
def test_a_view_reads_and_says_what_is_written_down(page, kind):
    wanted, view = VIEWS[kind]
    assert problems(view, wanted) == []
    open_modules(page, files())
    page.evaluate(WATCH)
    page.evaluate(DRAW, ["ranking", '<div class="ranking"></div>', view | {"key": kind}])
    page.locator(PRESS[kind]).first.press("Enter")
    if kind == "strips":
        page.get_by_role("button", name="Make this the query").click()
        page.get_by_role("button", name="Why is a similar?").first.click()
        page.locator(PRESS[kind]).first.press("Enter")
        page.get_by_role("button", name="Why this match").click()
        asked = {"match": "a", "query": "", "model": "1a"}
        assert page.evaluate("() => window.told") == [{"photo": "a"}, asked, asked]
    left_out = {"caption", "why", "other", "only", "note", "title", "rank", "similarity", "own", "word", "elsewhere"}
    assert strange(page, left_out) == set()
    told = page.evaluate("() => window.told")
    assert bool(told) == (kind in ("pick", "picture", "strips", "marking"))
    assert [wrong for event in told for wrong in problems(event, Event)] == []


PICTURE = {"name": "a", "src": SRC, "size": [90, 60]}
HEATED = PICTURE | {"rows": [0, 0.4, 1], "columns": [0, 1], "grid": [0.5, -0.1]}
COMPARED = {
    "heat": (HeatView, {"kind": "heat", "first": HEATED, "second": HEATED, "pairs": base64.b64encode(bytes(16)).decode(),
                        "ramp": base64.b64encode(bytes(4 * 511)).decode()}),
    "lines": (LinesView, {"kind": "lines", "first": PICTURE, "second": PICTURE, "lines": [[0.1, 0.2, 0.3, 0.4]]}),
}  # fmt: skip


@pytest.mark.parametrize("kind", COMPARED)
def test_two_pictures_that_are_compared_read_what_is_written_down(page, kind):
    wanted, view = COMPARED[kind]
    assert problems(view, wanted) == []
    open_modules(page, files())
    page.evaluate(WATCH)
    page.evaluate(DRAW, ["why", '<div class="why"></div>', view])
    page.locator(f'.why[data-shown="{kind}"] .pair').wait_for()
    if kind == "heat":
        page.locator(".frame").first.press("ArrowDown")
    assert strange(page) == set()
    assert page.evaluate("() => window.told") == []


def test_the_home_reads_what_is_written_down(page):
    view = {
        "wall": {"name": "town", "done": 1, "total": 2, "newest": [{"id": "a", "src": SRC}]},
        "maps": {"models": [{"key": "1a", "title": "t", "colour": "#123456", "map": 50.0, "places": "files/places/1a", "doing": ""}],
                 "labels": "files/labels", "hues": ["#112233", "#445566"], "protocol": "AP (Oxford)"},
        "queries": [{"id": "q_1", "src": SRC, "strips": [{"model": "1a", "colour": "#123456", "ap": 50.0, "cards": [
            {"id": "a", "src": SRC, "rank": 1, "word": "good"}]}]}],
        "steps": [{"name": "1a-1b", "change": "c", "before": "1a", "after": "1b", "points": 1.0, "low": 0.0, "high": 2.0,
                   "significant": True, "words": "w"}],
        "said": {"maps": "m", "queries": "q", "steps": "s"},
    }  # fmt: skip
    assert problems(view, HomeView) == []
    open_modules(page, files())
    page.evaluate(WATCH)
    page.evaluate(DRAW, ["home", '<div class="home"></div>', view])
    page.locator('.tile[data-painted="yes"]').wait_for()
    assert strange(page, {"wall"}) == set()


def test_a_pasted_picture_is_handed_over_as_it_is_written_down(page):
    open_modules(page)
    page.evaluate(WATCH)
    page.evaluate(DRAW, ["paste", "<span></span>", {"kind": "paste"}])
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array([1, 2, 250])], "a.png", { type: "image/png" }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
    }""")
    page.wait_for_function("() => window.told.length")
    assert page.evaluate("() => window.told") == [{"name": "a.png", "data": "AQL6"}]
    assert problems(page.evaluate("() => window.told[0]"), Pasted) == []
