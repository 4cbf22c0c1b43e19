"""The map's colourings, filters and histograms in a browser: what is drawn, told, and taken over from a link."""

import json

import numpy as np
import pytest
from modules_page import open_modules
from small_scene import COUNT, place_of, show_small_map

pytestmark = pytest.mark.browser

LATEST = "() => window.told.at(-1)"


def told(page, expected: dict) -> None:
    """Wait until the map has told what is expected."""
    page.wait_for_function("(expected) => Object.entries(expected).every(([name, value]) => "
                           "JSON.stringify(window.told.at(-1)?.[name]) === JSON.stringify(value))", arg=expected)  # fmt: skip


def drag(page, locator, start: float, end: float) -> None:
    """Drag over an element between two shares of its width."""
    box = locator.bounding_box()
    at = lambda share: (box["x"] + box["width"] * share, box["y"] + box["height"] / 2)  # noqa: E731
    page.mouse.move(*at(start))
    page.mouse.down()
    page.mouse.move(*at(end), steps=4)
    page.mouse.up()


def test_categories_have_a_legend_that_filters(page):
    show_small_map(page)
    page.locator("details.menu summary", has_text="Look").click()
    page.locator('[data-do="colour"]').select_option("bin")
    page.keyboard.press("Escape")
    page.locator(".legend button", has_text="towers").wait_for()
    assert page.locator(".legend").inner_text().split("\n")[-1] == f"none ({COUNT - 8})"
    page.locator(".legend button", has_text="a, b").click()
    told(page, {"colour": "bin", "only": "a%2C b"})
    assert page.locator(".filter").inner_text().startswith(f"3 of {COUNT} pass the filter")
    page.locator(".legend button", has_text="towers").click(modifiers=["Shift"])
    told(page, {"only": "a%2C b,towers"})
    page.get_by_role("button", name="Select them").click()
    told(page, {"only": "", "selection": [f"tower_{point:02}" for point in range(8)]})
    said = page.locator(".statistics")
    said.get_by_text("mean similarity within 0.250; mean hubness 3.5").wait_for()
    assert "8 photographs: 8 labelled, 0 unlabelled; gate 4, tower 4;" in said.inner_text()
    page.locator(".keep input").fill("both")
    page.locator(".keep input").press("Enter")
    page.wait_for_function("() => window.events.length")
    [[name, kept]] = page.evaluate("() => window.events")
    assert (name, kept["name"], len(kept["ids"]), kept["how"]) == ("keep", "both", 8, "filter bin a%2C b,towers")


INK_AT = """([x, y]) => {
  const canvas = document.getElementById("host").shadowRoot.querySelectorAll(".stage canvas")[1];
  const scale = (0.94 * Math.min(canvas.width, canvas.height)) / 2;
  const pixel = canvas.getContext("2d").getImageData(canvas.width / 2 + x * scale, canvas.height / 2 - y * scale, 1, 1).data;
  return pixel[3] > 200 && pixel[0] < 128;
}"""
ON_IT = [0.07, 0.25]  # between the points


def test_the_border_of_a_colouring_is_a_line_over_the_map(page):
    show_small_map(page)
    assert not page.evaluate(INK_AT, ON_IT)
    page.locator("details.menu summary", has_text="Look").click()
    page.locator('[data-do="colour"]').select_option("hubness")
    page.wait_for_function(INK_AT, arg=ON_IT)
    page.locator('[data-do="colour"]').select_option("landmark")
    page.wait_for_function(f"(at) => !({INK_AT})(at)", arg=ON_IT)


def test_a_drag_on_a_histogram_filters_and_a_click_takes_it_away(page):
    show_small_map(page)
    hubness = page.locator(".measures .histogram", has_text="Hubness")
    drag(page, hubness.locator("svg"), 0.5, 1.5)
    filtered = page.locator(".filter")
    filtered.get_by_text(f"20 of {COUNT} pass the filter").wait_for()  # 19 … 38 of 0 … 38, and one has no value
    page.wait_for_function("() => window.told.at(-1)?.brush")
    low, high = page.evaluate(LATEST)["brush"].removeprefix("hubness:").split("..")
    assert float(low) == pytest.approx(19, abs=0.3)
    assert float(high) == 38
    assert page.locator(".measures .histogram").first.is_hidden()  # nothing is chosen that the photographs could be similar to
    box = hubness.locator("svg").bounding_box()
    page.mouse.click(box["x"] + 5, box["y"] + 5)
    told(page, {"brush": ""})
    assert filtered.inner_text() == ""


def test_two_numbers_filter_as_a_drag_does(page):
    show_small_map(page)
    page.mouse.click(*place_of(page, 9))
    fields = page.locator(".measures input")
    fields.first.wait_for()
    fields.nth(0).fill("0.5")
    fields.nth(0).press("Enter")
    told(page, {"brush": "similarity:0.5..0.975"})
    page.locator(".filter").get_by_text(f"20 of {COUNT} pass").wait_for()
    page.get_by_role("button", name="Clear the filter").click()
    told(page, {"brush": ""})


def test_a_link_brings_colouring_and_filters_back(page):
    show_small_map(page, colour="hubness", only="30..40", brush="hubness:0..35")
    page.locator(".filter").get_by_text(f"6 of {COUNT} pass").wait_for()
    assert page.locator(".legend .histogram span").inner_text() == "fewest … most"
    assert page.locator(".legend input").first.input_value() == "30"


def test_a_missing_colouring_is_said_and_the_landmarks_stay(browser):
    page = browser.new_page(viewport={"width": 1200, "height": 800})  # a file that is not there is an error in its console
    served = show_small_map(page, wait=True)
    served.answers.pop("/files/colouring/1a?x=1&colour=bin&bins=b")
    served.answers["/files/colouring/1a"] = None
    page.evaluate("() => window.again({ colour: 'bin' })")
    page.locator("p.wrong").get_by_text("nothing at /files/colouring/1a").wait_for()
    assert page.locator(".legend button", has_text="gate").count() == 1
    page.close()


BARS = """async ([values, even]) => {
  const { countBars } = await import("/web/map/histogram.js");
  const { extent } = await import("/web/map/colouring.js");
  return countBars(values, extent(values), even, 8);
}"""


@pytest.mark.parametrize("even", [True, False])
def test_bars_are_those_of_numpy(page, even):
    open_modules(page)
    values = np.random.default_rng(3).uniform(1, 50, 200)
    scaled = values if even else np.log(values)
    assert page.evaluate(BARS, [[*values.tolist(), None], even]) == np.histogram(scaled, 8)[0].tolist()
    assert sum(page.evaluate(BARS, [[5, 5, None], even])) == 2


TEXTS = """async (cases) => {
  const { readBrush, writtenBrush, readRange } = await import("/web/map/colouring.js");
  return cases.map((text) => [writtenBrush(readBrush(text)), readRange(text)]);
}"""


def test_what_the_link_says_of_filters_is_read_and_written(page):
    open_modules(page)
    cases = ["", "similarity:0.5..0.9,hubness:3..20", "hubness:-1..2", "rubbish", "hubness:a..b", "0.5..0.9", "1..2..3", ".."]
    found = page.evaluate(TEXTS, cases)
    assert [text for text, _ in found] == ["", cases[1], cases[2], "", "", "", "", ""]
    assert json.loads(json.dumps([range for _, range in found[5:7]])) == [[0.5, 0.9], None]


INKED = """() => {
  const canvas = document.getElementById("host").shadowRoot.querySelectorAll(".stage canvas")[1];
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, value, k) => sum + (k % 4 === 3 && value > 0), 0);
}"""


def test_names_of_landmarks_are_on_the_map_until_they_are_switched_off(page):
    show_small_map(page, view="0,0,0.4")  # from far enough for three photographs of a landmark to lie together
    with_names = page.evaluate(INKED)
    page.locator("details.menu summary", has_text="Look").click()
    page.locator('[data-do="names"]').uncheck()
    told(page, {"names": "off"})
    page.wait_for_function("(before) => (" + INKED + ")() < before", arg=with_names)
    page.locator('[data-do="names"]').check()
    told(page, {"names": "on"})
    # The edges of letters vary by some pixels.
    page.wait_for_function("(before) => Math.abs((" + INKED + ")() - before) < 0.02 * before", arg=with_names)
    page.evaluate("() => window.again({ names: 'off' })")
    page.wait_for_function("(before) => (" + INKED + ")() < before", arg=with_names)
