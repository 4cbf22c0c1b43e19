"""The knob p in a real browser: while one drags, map and first photographs move, and nothing is asked of the server."""

import base64

import numpy as np
import pytest
from modules_page import WEB, open_modules

pytestmark = pytest.mark.browser

BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
PLACES = np.array([[[-1, -1], [1, 1], [0, 0]], [[-1, 1], [1, -1], [0, 0]], [[0, 1], [0, -1], [1, 0]]], "<f4")


def card(name, word):
    return {"id": name, "name": "mill", "src": BLANK, "word": word, "own": False}


VIEW = {
    "kind": "gem", "model": "1d", "powers": ["1", "2.6", "∞"], "own": 1, "at": 1, "ids": ["a", "b", "c"], "colours": ["#963ca5"],
    "places": base64.b64encode(PLACES.tobytes()).decode(),
    "labels": base64.b64encode(np.array([0, 0, 65535], "<u2").tobytes()).decode(),
    "found": [[0, 1], [1, 0], [1, 2]], "similarities": [[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]], "asked": 0, "ap": [50.0, 75.0, None],
    "map": [40.0, 60.0, 55.5], "cards": {"0": card("a", "good"), "1": card("b", "wrong"), "2": card("c", "junk")},
}  # fmt: skip


@pytest.fixture
def knob(page):
    """The slider of a small view; what is told lies in window.told, and what is asked of the server in the list that comes with it."""
    open_modules(page)
    css = (WEB / "gem" / "gem.css").read_text(encoding="utf-8")
    page.evaluate("""async ([css, data]) => {
      document.body.innerHTML = `<style>${css}</style><div class="gem" style="width: 900px"></div>`;
      window.told = [];
      const { show } = await import("/web/gem/main.js");
      show({ parentElement: document.body, data, setTriggerValue: (_, event) => window.told.push(event) });
    }""", [css, VIEW])  # fmt: skip
    page.locator(".card").first.wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    return page.locator("input[type=range]"), asked


def cards(page):
    return [one.get_attribute("data-image") for one in page.locator(".card").all()]


def coloured(page):
    """Where the landmarks' points stand, left to right: shares of the width and height of the map."""
    return page.locator("canvas").evaluate("""(canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let [left, right] = [null, null];
      for (let x = 0; x < canvas.width; x++) for (let y = 0; y < canvas.height; y++) {
        const place = 4 * (y * canvas.width + x);
        if (data[place + 3] > 200 && data[place] > 120 && data[place + 1] < 90) {
          left ??= y / canvas.height;
          right = y / canvas.height;
        }
      }
      return [left, right];
    }""")


def test_while_one_drags_all_moves_and_the_server_is_asked_only_when_it_is_let_go(page, knob):
    slider, asked = knob
    assert cards(page) == ["b", "a"]
    assert "p = 2.6 · AP of this query 75.0 · mAP 60.0" in page.locator("output").inner_text()
    first, last = coloured(page)
    assert first < 0.5 < last  # the left one stands above
    slider.focus()
    slider.evaluate("(one) => { one.value = 0; one.dispatchEvent(new Event('input')); }")
    assert cards(page) == ["a", "b"]
    assert "▲ 1" in page.locator(".card").first.inner_text()
    page.locator("canvas[data-at='0']").wait_for()
    first, last = coloured(page)
    assert last < 0.5 < first
    slider.evaluate("(one) => { one.value = 2; one.dispatchEvent(new Event('input')); }")
    assert cards(page) == ["b", "c"]
    assert "new" in page.locator(".card").nth(1).inner_text()
    assert page.locator("output").inner_text() == "p = ∞ · mAP 55.5"
    assert page.evaluate("window.told") == []
    slider.press("ArrowLeft")
    assert page.evaluate("window.told") == [{"value": "2.6"}]
    assert [address for address in asked if not address.startswith("data:")] == []


def test_a_point_or_a_photograph_that_is_clicked_is_searched_for_and_the_default_is_one_click_away(page, knob):
    page.locator(".card").first.click()
    page.get_by_role("button", name="Default: 2.6").click()
    page.locator("canvas[data-at='1']").wait_for()
    box = page.locator("canvas").bounding_box()
    page.locator("canvas").click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    page.locator("canvas").click(position={"x": 3, "y": box["height"] / 2})  # nobody stands there
    assert page.evaluate("window.told") == [{"photo": "b"}, {"value": "2.6"}, {"photo": "c"}]
