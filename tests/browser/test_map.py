"""The map in a real browser: what the mouse and the keyboard do, and that every picture belongs to its point."""

import csv
import re

import pytest

pytestmark = pytest.mark.browser

# Where the photograph of an id lies on the screen under a model, from the files that the app serves and the default view.
PLACE_OF = """async ([id, model]) => {
  const root = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).find((one) => one?.querySelector(".stage"));
  const stage = root.querySelector(".stage");
  const get = (address) => fetch(new URL(address, document.baseURI));
  const scene = await (await get(stage.dataset.scene)).json();
  const point = (await (await get(scene.files.ids)).json()).indexOf(id);
  const xy = new Float32Array(await (await get(scene.models.find((one) => one.key === model).places)).arrayBuffer());
  const box = stage.getBoundingClientRect(), [wide, high] = scene.extent;
  const scale = 0.94 * Math.min(box.width / (2 * wide), box.height / (2 * high));
  return [box.left + box.width / 2 + xy[2 * point] * scale, box.top + box.height / 2 - xy[2 * point + 1] * scale];
}"""
ALDER, BROCK, CASTLE = "alder_court_000001", "brock_tower_000001", "castle_gate_000002"


def open_map(page, address, parameters="model=1d"):
    page.goto(f"{address}/map?{parameters}")
    page.locator(".stage[data-scene]").wait_for()
    page.locator(".head[data-chosen]").wait_for()


def place(page, image_id, model="1d"):
    return page.evaluate(PLACE_OF, [image_id, model])


def chosen(page, value):
    page.locator(f'.head[data-chosen="{value}"]').wait_for()


def hover(page, image_id, model="1d"):
    """Rest on a point and check that the card shows its picture."""
    page.mouse.move(5, 5)
    page.mouse.move(*place(page, image_id, model))
    card = page.locator(f'.hovered[data-image="{image_id}"]')
    card.wait_for(state="visible")
    assert f"/{image_id}" in card.locator("img").get_attribute("src")
    assert image_id in card.inner_text()


def test_click_shift_click_and_escape(page, address):
    open_map(page, address)
    page.mouse.click(*place(page, ALDER))
    chosen(page, ALDER)
    page.wait_for_function("() => location.search.includes('selection=alder_court_000001')")
    drawn = page.locator(".cards .card[data-image]")
    drawn.first.wait_for()
    assert ALDER not in [drawn.nth(number).get_attribute("data-image") for number in range(drawn.count())]
    assert re.search(r"12 nearest in descriptor space.*The map kept \d+ of them near", page.locator(".head").inner_text())
    page.keyboard.down("Shift")
    page.mouse.click(*place(page, BROCK))
    page.keyboard.up("Shift")
    chosen(page, f"{ALDER} {BROCK}")
    assert page.locator(".head h2").inner_text() == "2 of 29 selected"
    page.locator(".menu summary", has_text="Save").click()
    with page.expect_download() as saved:
        page.locator("[data-do=csv]").click()
    page.locator(".stage canvas[role]").focus()
    page.keyboard.press("Escape")  # closes the menu and leaves the selection
    chosen(page, f"{ALDER} {BROCK}")
    rows = list(csv.reader(saved.value.path().read_text(encoding="utf-8").splitlines()))
    assert {ALDER, BROCK} <= {cell for row in rows for cell in row}
    page.keyboard.press("Escape")
    chosen(page, "")
    page.wait_for_function("() => !location.search.includes('selection=')")


def test_lasso_by_button_and_by_shift_drag(page, address):
    open_map(page, address)
    stage = page.locator(".stage").bounding_box()
    corners = [(0.01, 0.01), (0.99, 0.01), (0.99, 0.99), (0.01, 0.99), (0.01, 0.02)]

    def draw():
        for number, (across, down) in enumerate(corners):
            page.mouse.move(stage["x"] + across * stage["width"], stage["y"] + down * stage["height"], steps=4)
            if number == 0:
                page.mouse.down()
        page.mouse.up()

    page.locator("[data-do=lasso]").click()
    draw()
    page.get_by_role("heading", name="29 of 29 selected").wait_for()
    page.get_by_role("button", name="Clear").click()
    chosen(page, "")
    page.locator("[data-do=pan]").click()
    page.keyboard.down("Shift")
    draw()
    page.keyboard.up("Shift")
    page.get_by_role("heading", name="29 of 29 selected").wait_for()


def test_legend_isolates_adds_and_resets(page, address):
    open_map(page, address)
    alder, brock = (page.locator(".legend button", has_text=name) for name in ("alder_court", "brock_tower"))
    pressed = lambda: [one.get_attribute("aria-pressed") for one in (alder, brock)]  # noqa: E731
    alder.click()
    assert pressed() == ["true", "false"]
    page.wait_for_function("() => location.search.includes('landmarks=alder_court')")
    brock.click(modifiers=["Shift"])
    assert pressed() == ["true", "true"]
    page.wait_for_function("() => /landmarks=alder_court(,|%2C)brock_tower/.test(location.search)")
    assert pressed() == ["true", "true"]
    brock.click(modifiers=["Shift"])
    alder.click()
    assert pressed() == ["false", "false"]
    page.wait_for_function("() => !location.search.includes('landmarks=')")
    assert pressed() == ["false", "false"]


def test_the_card_belongs_to_its_point_after_filter_model_switch_and_reload(page, address):
    open_map(page, address)
    hover(page, ALDER)
    page.locator(".legend button", has_text="castle_gate").click()
    hover(page, CASTLE)
    page.keyboard.press("2")
    page.locator(".caption", has_text="model 1b").wait_for()
    page.wait_for_timeout(2500)  # the points move to their new places
    hover(page, CASTLE, "1b")
    page.wait_for_function("() => location.search.includes('model=1b')")
    page.reload()
    page.locator(".stage[data-scene]").wait_for()
    page.locator(".head[data-chosen]").wait_for()
    hover(page, CASTLE, "1b")


def test_film_strip_shares_the_selection(page, address):
    open_map(page, address, f"model=1a&selection={BROCK}")
    chosen(page, BROCK)
    page.locator("[data-do=film]").click()
    minis = page.locator(".minis button")
    minis.nth(7).wait_for()
    minis.nth(2).click()
    page.locator(".caption", has_text="model 1c").wait_for()
    page.wait_for_timeout(2500)
    hover(page, CASTLE, "1c")
    page.locator(".film input").fill("5")
    page.locator(".caption", has_text="model 1f").wait_for()
    hover(page, CASTLE, "1f")
    page.get_by_role("button", name="▶ Play").click()
    page.locator(".caption", has_text="model 2t").wait_for()
    page.get_by_role("button", name="▶ Play").wait_for()
    page.wait_for_function("() => location.search.includes('model=2t')")
    chosen(page, BROCK)


def test_a_link_opens_the_same_view(page, address):
    open_map(page, address, "model=1c&method=pca&subset=labelled&query=alder_court_2&k=6&colour=overlap&unlabelled=0")
    chosen(page, "alder_court_2")
    assert "PCA of 18 photographs, model 1c" in page.locator(".caption").inner_text()
    assert "AP (Oxford)" in page.locator(".head").inner_text()
    assert page.locator(".legend").inner_text().startswith("Share of a photograph's 8 nearest neighbours")
    stage = page.locator(".stage").bounding_box()
    page.mouse.move(stage["x"] + stage["width"] / 3, stage["y"] + stage["height"] / 3)
    page.mouse.wheel(0, -400)
    page.wait_for_function("() => location.search.includes('view=')")
    copied = page.url
    page.goto("about:blank")
    page.goto(copied)
    chosen(page, "alder_court_2")
    assert page.url == copied


def test_keyboard(page, address):
    open_map(page, address)
    page.locator(".stage canvas[role]").focus()
    page.keyboard.press("j")
    chosen(page, "alder_court_1")
    page.keyboard.press("j")
    chosen(page, "alder_court_2")
    page.keyboard.press("k")
    chosen(page, "alder_court_1")
    page.keyboard.press("u")
    assert not page.locator("[data-do=unlabelled-on]").is_checked()
    page.keyboard.press("l")
    assert page.locator("[data-do=lasso]").get_attribute("aria-pressed") == "true"
    page.keyboard.press("f")
    page.locator(".minis button").first.wait_for()
    page.keyboard.press("?")
    assert page.locator("dialog").evaluate("(one) => one.open")
    page.locator("[data-do=shut]").click()
    page.keyboard.press("Escape")
    chosen(page, "")
    page.keyboard.press("7")
    page.locator(".caption", has_text="model 1h").wait_for()


def test_axe_finds_nothing_serious(page, address):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    open_map(page, address, f"model=1d&selection={BROCK}&film=open")
    page.locator(".cards .card").first.wait_for()
    found = axe.run(page).response["violations"]
    serious = [f"{one['id']}: {node['target']}" for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"]]
    assert not serious, serious


def test_a_new_picture_finds_its_place(page, address, town_cache):
    open_map(page, address)
    page.get_by_role("button", name="New picture").click()
    field = page.locator('input[type="file"]')
    field.set_input_files({"name": "drawing.jpg", "mimeType": "image/jpeg", "buffer": b"<svg/>"})
    page.get_by_text("drawing.jpg is no picture of a kind that Pillow reads").wait_for()
    photograph = next((town_cache / "town" / "photographs").rglob(f"{CASTLE}.jpg"))
    field.set_input_files(photograph)
    page.get_by_role("heading", name="Your picture").wait_for()
    page.locator(f'.cards .card[data-image="{CASTLE}"]').wait_for()
    assert page.locator(".cards .card").first.get_attribute("data-image") == CASTLE
    page.keyboard.press("Escape")
    page.keyboard.press("5")
    page.locator(".caption", has_text="model 1f").wait_for()
    page.get_by_role("heading", name="Your picture").wait_for()
    page.get_by_role("button", name="Clear").click()
    page.get_by_role("heading", name=re.compile(r"^\d+ landmarks$")).wait_for()
