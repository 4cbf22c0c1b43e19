"""Thumbnails on the map: from sheets where they can be held together, else from the photographs; fetched once, not for each frame."""

import io
from urllib.parse import urlsplit

import numpy as np
import pytest
from modules_page import open_modules
from PIL import Image
from small_scene import COUNT, IDS, changed, place_of, show_again

pytestmark = pytest.mark.browser

MOST_SHEETS = 6
# The sizes of what is drawn from on the map in one frame.
DRAWN = """() => {
  const own = CanvasRenderingContext2D.prototype;
  const { drawImage, clearRect } = own;
  own.drawImage = function (picture, ...at) {
    if (this.canvas.isConnected) (window.drawn ??= []).push([picture.width, picture.height, ...at]);
    return drawImage.call(this, picture, ...at);
  };
  own.clearRect = function (...at) {
    window.drawn = [];
    return clearRect.apply(this, at);
  };
}"""


def show(page, sheets: int, broken: tuple[str, ...] = ()) -> list[str]:
    """Show all points of the small scene as thumbnails; gives the paths of the pictures that are asked for, a list that grows."""
    sheet = io.BytesIO()
    Image.new("RGB", (42 * 96, 96)).save(sheet, "PNG")
    names = [f"files/sheet/{number}" for number in range(sheets)]
    cells = [42 * 42 * (point % sheets) + point for point in range(COUNT)]
    answers = changed(sheets={"cell": 96, "columns": 42, "files": names, "cells": cells})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path) if request.resource_type == "image" else None)
    page.add_init_script(f"({DRAWN})()")
    answers |= {f"/{name}": sheet.getvalue() for name in names}
    open_modules(page, answers | dict.fromkeys(broken, b"no picture"))
    show_again(page, thumbnails="on", names="off", selection=[])
    return asked


def draw_again(page, times: int = 8) -> None:
    """Move the map a little, frame by frame, and let it rest."""
    page.mouse.move(300, 300)
    for notch in range(times):
        page.mouse.wheel(0, 8 if notch % 2 else -8)
        page.wait_for_timeout(60)
    page.wait_for_timeout(300)


def all_drawn(page, count: int) -> list[list[float]]:
    page.wait_for_function("(count) => window.drawn?.length === count", arg=count)
    return page.evaluate("() => window.drawn")


def test_few_sheets_are_fetched_once_each_and_points_are_cells_of_them(page):
    asked = show(page, MOST_SHEETS)
    found = all_drawn(page, COUNT)
    assert [one[:6] for one in found] == [[42 * 96, 96, 96 * point, 0, 96, 96] for point in range(COUNT)]
    draw_again(page)
    sheets = [path for path in asked if path.startswith("/files/sheet/")]
    assert sorted(sheets) == [f"/files/sheet/{number}" for number in range(MOST_SHEETS)]


def test_photographs_of_more_sheets_than_can_be_held_are_fetched_one_by_one(page):
    asked = show(page, MOST_SHEETS + 1)
    assert {tuple(one[:2]) for one in all_drawn(page, COUNT)} == {(88, 88)}
    draw_again(page)
    assert not [path for path in asked if path.startswith("/files/sheet/")]
    assert len(asked) == len(set(asked))
    assert set(asked) >= {f"/files/photograph/{image_id}" for image_id in IDS}


def test_a_photograph_that_can_not_be_shown_holds_up_no_other(page):
    broken = tuple(f"/files/photograph/{image_id}" for image_id in IDS[:20])
    asked = show(page, MOST_SHEETS + 1, broken)
    all_drawn(page, COUNT - len(broken))
    draw_again(page)
    assert len([path for path in asked if path in broken]) <= 2 * len(broken)  # once on the map; some of them in the gallery, too


def test_a_sheet_that_can_not_be_shown_is_asked_for_once(page):
    asked = show(page, 2, ("/files/sheet/1",))
    all_drawn(page, COUNT // 2)
    draw_again(page)
    assert asked.count("/files/sheet/1") == 1


def test_a_click_takes_the_thumbnail_that_is_seen_there(page):
    show(page, 1)
    side = all_drawn(page, COUNT)[0][-1]
    assert side / 2 > 20  # wider than what a click reaches around a point
    left, top = place_of(page, COUNT - 1)
    page.mouse.click(left + side / 2 - 1, top + side / 2 - 1)  # its corner, which none covers that is drawn later
    page.locator(f'.head[data-chosen="{IDS[COUNT - 1]}"]').wait_for(state="attached")
    # Where several cover a place, the one that is drawn last.
    places = np.array([place_of(page, point) for point in range(COUNT)])
    for place in places[:10] + np.array([3, -2]):
        covering = np.flatnonzero((np.abs(places - place) <= side / 2).all(axis=1))
        page.mouse.click(*place)
        page.locator(f'.head[data-chosen="{IDS[covering.max()]}"]').wait_for(state="attached")
        page.keyboard.press("Escape")
