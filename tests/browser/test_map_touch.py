"""Fingers on the map, on an emulated tablet: a tap chooses, a long press adds, two fingers zoom and move."""

import pytest
from small_scene import IDS, place_of, show_small_map

pytestmark = pytest.mark.browser
TABLET = {"viewport": {"width": 1024, "height": 768}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


@pytest.fixture
def tablet(browser):
    """A map on a tablet, and a function that puts fingers down, moves and lifts them."""
    context = browser.new_context(**TABLET)
    page = context.new_page()
    page.set_default_timeout(20_000)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    show_small_map(page)
    devtools = context.new_cdp_session(page)

    def touch(kind, *places):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    yield page, touch
    context.close()
    assert not faults, faults


def chosen(page, *points):
    page.locator(f'.head[data-chosen="{" ".join(IDS[point] for point in points)}"]').wait_for()


def view(page):
    page.wait_for_function("() => window.told.at(-1)?.view")
    return [float(part) for part in page.evaluate("() => window.told.at(-1).view").split(",")]


def test_a_tap_chooses_also_a_little_beside_a_point(tablet):
    page, touch = tablet
    for point, beside in ((9, 0), (12, 18)):
        left, top = place_of(page, point)
        touch("touchStart", (left + beside, top))
        touch("touchEnd")
        chosen(page, point)


def test_a_long_press_adds_a_point_and_takes_it_away(tablet):
    page, touch = tablet
    touch("touchStart", place_of(page, 9))
    touch("touchEnd")
    chosen(page, 9)
    for expected in ((9, 12), (9,)):
        touch("touchStart", place_of(page, 12))
        page.wait_for_timeout(700)
        touch("touchEnd")
        chosen(page, *expected)


def test_one_finger_moves_the_map_and_chooses_nothing(tablet):
    page, touch = tablet
    left, top = place_of(page, 9)
    touch("touchStart", (left, top))
    for step in range(1, 6):
        touch("touchMove", (left + 12 * step, top + 6 * step))
    page.wait_for_timeout(700)  # longer than a long press
    touch("touchEnd")
    x, y, zoom = view(page)
    assert x < -0.05
    assert y > 0.02
    assert zoom == 1
    assert page.locator(".head").get_attribute("data-chosen") == ""


def test_two_fingers_zoom_around_what_lies_between_them(tablet):
    page, touch = tablet
    box = page.locator(".stage").bounding_box()
    middle = (box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    fingers = lambda apart: [(middle[0] - apart, middle[1]), (middle[0] + apart, middle[1])]  # noqa: E731
    touch("touchStart", *fingers(40)[:1])
    touch("touchStart", *fingers(40))
    for apart in (50, 65, 80):
        touch("touchMove", *fingers(apart))
    touch("touchEnd")
    x, y, zoom = view(page)
    assert 1.8 < zoom < 2.2
    scale = 0.94 * min(box["width"], box["height"]) / 2
    before = (0.1 * box["width"] / scale, 0.1 * box["height"] / scale)
    after = (x + 0.1 * box["width"] / scale / zoom, y + 0.1 * box["height"] / scale / zoom)
    assert after == pytest.approx(before, abs=0.02)
    assert page.locator(".head").get_attribute("data-chosen") == ""
