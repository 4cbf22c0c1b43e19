"""Why this match in a real browser: pointing at a place lights up its partners; every gallery leads there, and its link opens it."""

import base64

import numpy as np
import pytest
from modules_page import WEB, open_modules

from retrieval_core.descriptors.heat import RAMP

pytestmark = pytest.mark.browser

QUERY = "castle_gate_2"
PAIRS = np.array([[5, 1, 0], [0, 2, 9], [1, 1, 7], [4, 4.5, 0]], "<f4") / 100  # cells of a 2×2 grid, and of a 1×3 one
BLANK = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="


def heated(name, size, rows, columns, grid):
    return {"name": name, "src": BLANK, "size": size, "rows": rows, "columns": columns, "grid": grid.tolist()}


VIEW = {
    "kind": "heat", "pairs": base64.b64encode(PAIRS.tobytes()).decode(), "ramp": base64.b64encode(RAMP.tobytes()).decode(),
    "first": heated("query", [200, 200], [0, 0.5, 1], [0, 0.5, 1], PAIRS.sum(1)),
    "second": heated("photograph", [300, 200], [0, 1], [0, 0.2, 0.6, 1], PAIRS.sum(0)),
}  # fmt: skip


@pytest.fixture
def frames(page):
    """The two pictures of a small view."""
    open_modules(page)
    css = (WEB / "why" / "why.css").read_text(encoding="utf-8")
    page.evaluate("""async ([css, data]) => {
      document.body.innerHTML = `<style>${css}</style><div class="why" style="width: 900px"></div>`;
      (await import("/web/why/main.js")).show({ parentElement: document.body, data });
    }""", [css, VIEW])  # fmt: skip
    found = page.locator(".frame")
    found.nth(1).wait_for()
    return found.nth(0), found.nth(1)


def hover(page, frame, x, y):
    box = frame.bounding_box()
    page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])


def brightest(frame):
    """Share of the width at which the heat of a picture is strongest."""
    return frame.locator("canvas").evaluate("""(canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      let best = 0;
      const strength = (place) => data[place] + data[place + 3];
      for (let place = 0; place < data.length; place += 4) if (strength(place) > strength(best)) best = place;
      return ((best / 4) % canvas.width) / canvas.width;
    }""")


def test_pointing_at_a_place_lights_up_its_partners_and_leaving_takes_them_away(page, frames):
    first, second = frames
    for x, y, row in ((0.25, 0.25, 0), (0.75, 0.25, 1), (0.25, 0.75, 2), (0.75, 0.75, 3)):
        hover(page, first, x, y)
        assert second.get_attribute("data-shown") == "partners"
        assert int(second.get_attribute("data-partner")) == PAIRS[row].argmax()
        middles = [0.1, 0.4, 0.8]
        assert brightest(second) == pytest.approx(middles[PAIRS[row].argmax()], abs=0.15)
        said = page.locator(".told").inner_text()
        assert f"adds {PAIRS[row].sum():.4f}" in said
        assert f"{PAIRS[row].max():.4f}." in said
    hover(page, second, 0.5, 0.5)
    assert (first.get_attribute("data-shown"), int(first.get_attribute("data-partner"))) == ("partners", PAIRS[:, 1].argmax())
    assert second.get_attribute("data-shown") == "all"
    page.mouse.move(5, 900)
    assert first.get_attribute("data-shown") == "all"
    assert "Point at a place" in page.locator(".told").inner_text()


def test_a_click_holds_a_place_until_the_next_or_escape(page, frames):
    first, second = frames
    first.click(position={"x": 10, "y": 10})
    page.mouse.move(5, 900)
    assert (second.get_attribute("data-shown"), second.get_attribute("data-partner")) == ("partners", "0")
    hover(page, first, 0.9, 0.1)
    assert second.get_attribute("data-partner") == "0"
    page.keyboard.press("Escape")
    assert second.get_attribute("data-shown") == "all"
    first.click(position={"x": 10, "y": 10})
    second.click(position={"x": 10, "y": 10})
    assert first.get_attribute("data-shown") == "partners"
    assert second.get_attribute("data-shown") == "all"


def test_the_keyboard_walks_from_the_strongest_place(page, frames):
    first, second = frames
    first.focus()
    page.keyboard.press("ArrowLeft")  # the first key shows where one is: in the cell that adds the most
    assert int(second.get_attribute("data-partner")) == PAIRS[PAIRS.sum(1).argmax()].argmax()
    assert "Row 1, column 2" in page.locator(".told").inner_text()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert "Row 2, column 1" in page.locator(".told").inner_text()
    page.keyboard.press("ArrowLeft")
    assert "Row 2, column 1" in page.locator(".told").inner_text()
    page.keyboard.press("Tab")
    assert second.get_attribute("data-shown") == "all"


def test_from_a_card_to_its_heat_its_partners_and_its_local_matches(page, address):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.set_viewport_size({"width": 1024, "height": 768})
    page.goto(f"{address}/query?model=1d&query={QUERY}")
    card = page.locator(".strips .slot").nth(2)
    image_id = card.locator(".card").get_attribute("data-image")
    card.get_by_role("button", name="Why is").click()
    page.locator('.why[data-shown="heat"]').wait_for()
    assert f"match={image_id}" in page.url
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    first, second = page.locator(".why .frame").nth(0), page.locator(".why .frame").nth(1)
    hover(page, first, 0.5, 0.5)
    page.locator('.why .frame[data-shown="partners"]').wait_for()
    assert not second.locator("i.partner").is_hidden()
    page.reload()  # a link opens the same
    page.locator('.why[data-shown="heat"]').wait_for()
    page.get_by_text(image_id).first.wait_for()
    serious = [one["id"] for one in axe.run(page).response["violations"] if one["impact"] in ("serious", "critical")]
    assert serious == []
    page.get_by_role("radio", name="Local matches").click()
    page.locator('.why[data-shown="lines"] svg').wait_for()
    assert "how=lines" in page.url


def test_a_card_of_the_map_and_a_failure_lead_there_too(page, address):
    page.goto(f"{address}/map?model=1d&selection=brock_tower_000001")
    card = page.locator(".cards .slot").nth(1)
    image_id = card.locator(".card").get_attribute("data-image")
    card.get_by_role("button", name="Why is").click()
    page.locator('.why[data-shown="heat"]').wait_for()
    assert "photo=brock_tower_000001" in page.url
    assert f"match={image_id}" in page.url
    page.goto(f"{address}/failures?model=1d&atlas=hubs")
    card = page.locator(".strips .slot").first
    image_id = card.locator(".card").get_attribute("data-image")
    card.get_by_role("button", name="Why is").click()
    page.locator('.why[data-shown="heat"]').wait_for()
    assert f"match={image_id}" in page.url
    assert "query=" in page.url
