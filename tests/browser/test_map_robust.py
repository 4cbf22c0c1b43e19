"""The map when something is missing: the scene, the app, the graphics card, WebGL 2."""

import io

import numpy as np
import pytest
from PIL import Image
from small_scene import IDS, place_of, show_again, show_small_map

pytestmark = pytest.mark.browser

HUES = ((0x96, 0x78, 0xF0), (0xB4, 0x2D, 0x78))  # of the scene's landmarks
NO_WEBGL2 = """() => {
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    return kind === "webgl2" ? null : get.call(this, kind, ...rest);
  };
}"""

COUNTED = """() => {
  window.asked = { contexts: 0, programs: 0 };
  window.made = [];
  const get = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
    const context = get.call(this, kind, ...rest);
    if (kind === "webgl2") [window.asked.contexts, window.made] = [window.asked.contexts + 1, [...window.made, context]];
    return context;
  };
  const link = WebGL2RenderingContext.prototype.linkProgram;
  WebGL2RenderingContext.prototype.linkProgram = function (...rest) {
    window.asked.programs++;
    return link.call(this, ...rest);
  };
}"""


def coloured(page) -> int:
    """How many pixels of the map have the colour of a landmark."""
    pixels = np.asarray(Image.open(io.BytesIO(page.locator(".stage").screenshot())).convert("RGB")).astype(int)
    return sum(int((np.abs(pixels - hue).max(axis=2) < 24).sum()) for hue in HUES)


@pytest.fixture
def rough(browser):
    """A page in which requests may fail; faults of the program itself may not occur."""
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.set_default_timeout(20_000)
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert not faults, faults


def test_before_the_scene_has_arrived_mouse_and_keys_do_nothing(rough):
    served = show_small_map(rough, wait=False)
    rough.evaluate("() => window.end()")
    served.answers.pop("/files/scene")  # it is never found
    show_again(rough)
    rough.locator("p.wrong", has_text="nothing at /files/scene").wait_for()
    rough.evaluate("""() => {
      const surface = document.getElementById("host").shadowRoot.querySelector("canvas[role]");
      for (const kind of ["pointermove", "pointerdown", "pointermove", "pointerup", "pointerleave"]) {
        surface.dispatchEvent(new PointerEvent(kind, { clientX: 300, clientY: 300, pointerId: 1, bubbles: true, composed: true }));
      }
      surface.dispatchEvent(new MouseEvent("dblclick", { clientX: 300, clientY: 300, bubbles: true }));
      surface.dispatchEvent(new WheelEvent("wheel", { deltaY: 99, bubbles: true, cancelable: true }));
    }""")
    rough.mouse.move(300, 300)
    rough.mouse.click(300, 300)
    rough.mouse.wheel(0, 200)
    for name in ("closer", "whole", "film", "pan"):
        button = rough.locator(f"[data-do={name}]").bounding_box()
        rough.mouse.click(button["x"] + 5, button["y"] + 5)
    for key in ("l", "u", "f", "j", "Escape", "1", "ArrowRight"):
        rough.keyboard.press(key)
    rough.wait_for_timeout(300)
    assert rough.evaluate("() => window.told") == []


def test_what_went_wrong_is_said_can_be_tried_again_and_goes_away(rough):
    served = show_small_map(rough)
    wrong = rough.locator("p.wrong")
    served.broken = {"/files/places/1b", "/files/neighbours/1b"}
    rough.keyboard.press("2")
    wrong.get_by_text("The app does not answer").wait_for()
    wrong.get_by_role("button", name="Close").click()
    assert wrong.inner_text() == ""
    rough.keyboard.press("2")
    wrong.get_by_text("The app does not answer").wait_for()
    served.broken = set()
    wrong.get_by_role("button", name="Try again").click()
    rough.wait_for_function("() => window.told.at(-1)?.model === '1b'")
    rough.wait_for_function("() => !document.getElementById('host').shadowRoot.querySelector('.wrong').textContent")
    assert rough.locator(".caption").inner_text() == "model 1b"


def test_a_scene_that_did_not_come_is_tried_again(rough):
    served = show_small_map(rough, wait=False)
    rough.evaluate("() => window.end()")
    served.broken = {"/files/scene"}
    show_again(rough)
    rough.locator("p.wrong").get_by_text("The app does not answer").wait_for()
    served.broken = set()
    rough.get_by_role("button", name="Try again").click()
    rough.locator(".head[data-chosen]").wait_for(state="attached")
    rough.locator("p.wrong").get_by_text("The app does not answer").wait_for(state="hidden")


def test_a_lost_graphics_card_comes_back_with_all_points(rough):
    show_small_map(rough)
    before = coloured(rough)
    assert before > 500
    rough.evaluate("""() => {
      const gl = document.getElementById("host").shadowRoot.querySelectorAll(".stage canvas")[0].getContext("webgl2");
      window.lost = gl.getExtension("WEBGL_lose_context");
      window.lost.loseContext();
    }""")
    rough.wait_for_timeout(200)
    rough.keyboard.press("2")  # while it is lost the map goes on without points
    rough.wait_for_function("() => window.told.at(-1)?.model === '1b'")
    rough.evaluate("() => window.lost.restoreContext()")
    rough.wait_for_timeout(300)
    assert coloured(rough) > 0.8 * before
    chosen = rough.locator(f'.head[data-chosen="{IDS[11]}"]')
    for _ in range(20):  # the points may still be on their way to their places under 1b
        rough.mouse.click(*place_of(rough, 11, model=1))
        rough.wait_for_timeout(500)
        if chosen.count():
            break
    chosen.wait_for()


def test_maps_one_after_the_other_draw_with_one_graphics_card_that_the_page_does_not_wait_for_again(rough):
    rough.add_init_script(f"({COUNTED})()")
    show_small_map(rough)
    before = coloured(rough)
    for _ in range(3):
        rough.evaluate("() => window.end()")
        show_again(rough)
        rough.locator(".head[data-chosen]").wait_for(state="attached")
        rough.wait_for_timeout(300)
        assert coloured(rough) > 0.8 * before
    assert rough.evaluate("() => window.asked") == {"contexts": 1, "programs": 1}


def test_what_a_map_that_is_gone_still_does_is_not_seen_on_the_next(rough):
    show_small_map(rough)
    rough.evaluate("""async () => {
      const { Points } = await import("/web/map/points.js");
      const { draw } = Points.prototype;
      Points.prototype.draw = function (...given) {
        window.late ??= () => { this.setOrder(new Uint32Array([0])); draw.apply(this, given); };
        draw.apply(this, given);
      };
    }""")
    rough.keyboard.press("u")  # draws once
    rough.wait_for_timeout(300)
    rough.evaluate("() => window.end()")
    show_again(rough)
    rough.locator(".head[data-chosen]").wait_for(state="attached")
    rough.wait_for_timeout(300)
    before = coloured(rough)
    assert before > 500
    rough.evaluate("() => window.late()")
    rough.wait_for_timeout(300)
    assert coloured(rough) == before


def test_of_two_maps_at_a_time_each_has_a_graphics_card_and_one_is_kept(rough):
    rough.add_init_script(f"({COUNTED})()")
    show_small_map(rough)
    rough.evaluate("() => { window.first = window.end; }")
    show_again(rough)
    rough.locator(".head[data-chosen]").wait_for(state="attached")
    assert rough.evaluate("() => window.asked.contexts") == 2
    rough.evaluate("() => { window.first(); window.end(); }")
    assert rough.evaluate("() => window.made.map((gl) => gl.isContextLost())") == [False, True]


def test_without_webgl_2_the_map_says_so_and_is_a_still_picture_that_is_clicked_and_saved(rough):
    rough.add_init_script(f"({NO_WEBGL2})()")
    show_small_map(rough)
    rough.locator("p.wrong").get_by_text("This browser has no WebGL 2").wait_for()
    assert coloured(rough) > 500
    rough.mouse.click(*place_of(rough, 11))
    rough.locator(f'.head[data-chosen="{IDS[11]}"]').wait_for()
    rough.keyboard.press("2")
    rough.wait_for_function("() => window.told.at(-1)?.model === '1b'")
    rough.locator(".menu summary", has_text="Save").click()
    with rough.expect_download() as saved:
        rough.locator("[data-do=png]").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
