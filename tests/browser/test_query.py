"""The page Query in a real browser: choosing, the box, enlarging, a picture of one's own, the AP machine and the rank flow."""

import base64
import io

import pytest
from PIL import Image

pytestmark = pytest.mark.browser

QUERY = "castle_gate_2"


def open_query(page, address, parameters="model=1d"):
    page.goto(f"{address}/query?{parameters}")
    page.locator('.ranking[data-shown="queries"] .pick button').first.wait_for()


def in_url(page, text):
    page.wait_for_function("(text) => decodeURIComponent(location.search).includes(text)", arg=text)


def strip(page):
    """Ids of the cards of the first strip, once it is there."""
    cards = page.locator(".strips section").first.locator(".card")
    cards.first.wait_for()
    return cards.evaluate_all("(cards) => cards.map((card) => card.dataset.image)")


def take(page, field, option):
    """Take an option of a field."""
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option).click()


def strip_once(page, wanted):
    """Ids of the first strip as soon as they are `wanted`: the strip is drawn after the words and the address."""
    for _ in range(300):
        if wanted(found := strip(page)):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(found)


def test_choosing_by_picture_by_key_by_hardness_and_at_random(page, address):
    open_query(page, address)
    strip(page)
    page.locator(f'.pick [data-query="{QUERY}"]').click()
    in_url(page, f"query={QUERY}")
    page.locator(f'.pick [data-query="{QUERY}"][aria-pressed="true"]').wait_for()
    page.keyboard.press("j")
    in_url(page, "query=castle_gate_3")
    page.keyboard.press("k")
    in_url(page, f"query={QUERY}")
    page.get_by_label("Order of the queries").select_option("hard")
    shares = [float(text.rstrip(" %")) for text in page.locator(".pick button span").all_inner_texts()]
    assert shares == sorted(shares)
    page.get_by_label("Go to a landmark").select_option("brock_tower")
    in_url(page, "query=brock_tower")
    page.get_by_role("button", name="Random").click()
    page.keyboard.press("2")
    in_url(page, "model=1b")


def test_a_box_is_drawn_moved_and_taken_back(page, address):
    open_query(page, address, f"model=1d&query={QUERY}")
    official = strip(page)
    picture = page.locator(".picture").bounding_box()
    page.mouse.move(picture["x"] + 8, picture["y"] + 8)
    page.mouse.down()
    page.mouse.move(picture["x"] + picture["width"] / 2, picture["y"] + picture["height"] / 2, steps=4)
    page.mouse.up()
    in_url(page, "box=")
    page.get_by_text("With your box").wait_for()
    page.locator(".frame").focus()
    before = page.url
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("(before) => location.href !== before", arg=before)
    page.reload()  # a link with a box opens the same
    page.get_by_text("With your box").wait_for()
    page.get_by_role("button", name="The query's own box").click()
    page.wait_for_function("() => !location.search.includes('box=')")
    page.get_by_text("With your box").wait_for(state="detached")
    strip_once(page, official.__eq__)


def test_a_photograph_is_enlarged_and_becomes_the_query_or_a_point_on_the_map(page, address):
    open_query(page, address, f"model=1d&query={QUERY}")
    ids = strip(page)
    page.locator(".strips .card").nth(1).click()
    dialog = page.locator("dialog[open]")
    dialog.get_by_text(ids[1]).wait_for()
    assert dialog.locator("img").evaluate("async (one) => { await one.decode(); return one.naturalWidth; }") > 0
    page.keyboard.press("ArrowRight")
    dialog.get_by_text(ids[2]).wait_for()
    dialog.get_by_role("button", name="Make this the query").click()
    page.wait_for_function("(id) => location.search.includes(`photo=${id}`) || !location.search.includes('castle_gate_2')", arg=ids[2])
    chosen = strip_once(page, ids.__ne__)[3]
    page.locator(".strips .card").nth(3).click()
    page.locator("dialog[open]").get_by_role("button", name="Show on the map").click()
    page.locator(f'.head[data-chosen="{chosen}"]').wait_for()


def test_two_models_side_by_side_and_all_under_each_other(page, address):
    open_query(page, address, f"model=1d&query={QUERY}")
    take(page, "Models", "two side by side")
    page.locator(".strips.beside section").nth(1).wait_for()
    assert page.locator(".strips .card em").count() > 0
    take(page, "Models", "all models")
    page.locator(".strips section").nth(7).wait_for()
    in_url(page, "strips=all")


def test_the_machine_walks_down_the_ranking(page, address):
    open_query(page, address, f"model=1d&query={QUERY}&show=machine")
    machine = page.locator(".machine[data-place]")
    machine.wait_for()
    page.get_by_text("Place 1:").wait_for()
    last = machine.locator("td").nth(3).inner_text()
    page.get_by_role("button", name="Next positive").click()
    page.keyboard.press("ArrowRight")
    place = int(machine.get_attribute("data-place"))
    page.get_by_text(f"Place {place + 1}:").wait_for()
    slider = page.get_by_label("Place in the ranking")
    slider.fill(slider.get_attribute("max"))
    assert machine.locator("td").nth(1).inner_text() == machine.locator("td").nth(2).inner_text()
    trapezoids = machine.locator("path.area").first.get_attribute("d")
    areas = [one.get_attribute("d") for one in machine.locator("path.area").all()]
    page.get_by_role("button", name="steps").click()
    assert [one.get_attribute("d") for one in machine.locator("path.area").all()] != areas or trapezoids
    page.get_by_label("the query's own picture counts").uncheck()
    assert machine.locator("td").nth(3).inner_text() != last or machine.locator("path.area").count() == len(areas) - 1
    page.get_by_role("button", name="▶ Play").click()
    page.get_by_role("button", name="❚❚ Pause").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    text = saved.value.path().read_text()
    assert text.startswith("<svg")
    assert "recall" in text
    with page.expect_download() as saved:
        page.get_by_role("button", name="PNG").click()
    assert Image.open(saved.value.path()).format == "PNG"


def test_the_flow_shows_the_photograph_of_a_line(page, address):
    open_query(page, address, f"model=1d&query={QUERY}&show=flow")
    line = page.locator(".line").first
    line.wait_for()
    line.focus()
    page.keyboard.press("Enter")
    page.locator(f'.line.chosen[data-image="{line.get_attribute("data-image")}"]').wait_for()
    page.locator(".told .card").click()
    page.locator("dialog[open]").get_by_role("button", name="Close").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="SVG").click()
    assert "data:image/jpeg;base64" in saved.value.path().read_text()


def test_a_picture_of_ones_own_has_a_ranking_and_a_box(page, address, town_cache):
    open_query(page, address)
    page.get_by_role("button", name="New picture").click()
    field = page.locator('input[type="file"]')
    field.set_input_files({"name": "cut.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 cut short"})
    page.get_by_text("cut.jpg is broken or cut short").wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()  # the field is not drawn anew meanwhile
    found = next((town_cache / "town" / "photographs").rglob("castle_gate_000002.jpg"))
    data = io.BytesIO()
    Image.open(found).save(data, "PNG")
    field.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": data.getvalue()})
    page.get_by_text("stays in memory").wait_for()
    page.locator('.strips .card[data-image="castle_gate_000002"]').first.wait_for()
    assert strip(page)[0] == "castle_gate_000002"
    page.keyboard.press("Escape")
    before = strip(page)
    picture = page.locator(".picture").bounding_box()
    page.mouse.move(picture["x"] + 5, picture["y"] + 5)
    page.mouse.down()
    page.mouse.move(picture["x"] + picture["width"] / 3, picture["y"] + picture["height"] / 2, steps=3)
    page.mouse.up()
    in_url(page, "box=")
    page.wait_for_function(
        """(before) => {
      const root = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).find((one) => one?.querySelector(".strips"));
      return root && JSON.stringify([...root.querySelectorAll(".strips .card")].map((one) => one.dataset.image)) !== before;
    }""",
        arg=__import__("json").dumps(before, separators=(",", ":")),
    )
    page.get_by_role("button", name="Take the picture away").click()
    page.get_by_text("answer it").wait_for()
    assert not list(town_cache.rglob("*mine*"))


def test_ctrl_v_pastes_a_picture_as_the_query(page, address, town_cache):
    open_query(page, address)
    strip(page)
    found = next((town_cache / "town" / "photographs").rglob("castle_gate_000002.jpg"))
    paste = """([data, kind]) => {
      const bytes = Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([bytes], "copied.jpg", { type: kind }));
      document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
    }"""
    page.evaluate(paste, [base64.b64encode(b"no picture").decode(), "text/plain"])  # is left to whom it is meant for
    page.evaluate(paste, [base64.b64encode(b"no picture").decode(), "image/jpeg"])
    page.get_by_text("copied.jpg is no picture").wait_for()
    page.evaluate(paste, [base64.b64encode(found.read_bytes()).decode(), "image/jpeg"])
    page.get_by_text("stays in memory").wait_for()
    assert strip_once(page, lambda ids: ids[0] == "castle_gate_000002")
    page.get_by_role("button", name="Take the picture away").click()
    page.get_by_text("answer it").wait_for()
