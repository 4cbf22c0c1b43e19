"""Compare, Ledger and Failures in a real browser: cells, bars and lines lead on, tables and figures are saved, links open the same."""

import io
from xml.etree import ElementTree

import pytest
from PIL import Image
from rest import at_rest, click_until

pytestmark = pytest.mark.browser


def in_url(page, text):
    page.wait_for_function("(text) => decodeURIComponent(location.search).includes(text)", arg=text)


def saved(page, press):
    """The text of the file that a press of a button saves."""
    with page.expect_download() as download:
        press()
    return download.value.suggested_filename, download.value.path().read_bytes()


def test_the_ap_table_is_saved_and_a_cell_leads_to_its_query(page, address):
    page.goto(f"{address}/compare?rows=all&protocol=finite_sum")
    page.get_by_text("AP (finite sum) in percent, town").wait_for()
    page.get_by_role("button", name="Save").first.click()
    for name, sign in (("CSV", b",1h"), ("LaTeX", rb"\toprule"), ("Markdown", b"|:---")):
        file, text = saved(page, page.get_by_role("button", name=name, exact=True).click)
        assert file.startswith("town-finite_sum-all-counted-ap.")
        assert sign in text
    page.keyboard.press("Escape")
    table = page.locator('[data-testid="stDataFrame"]').first
    table.scroll_into_view_if_needed()
    lead = page.get_by_role("button", name="Open alder_court_1 under")
    click_until(page, table, lambda box: (box["x"] + 0.5 * box["width"], box["y"] + 38 * 1.5), lambda ms: lead.wait_for(timeout=ms))
    lead.click()
    in_url(page, "query=alder_court_1")
    page.locator('.pick [data-query="alder_court_1"][aria-pressed="true"]').wait_for()


def test_fresh_and_stored_agree_and_a_figure_is_saved_in_both_formats(page, address):
    page.goto(f"{address}/compare?model=1c")
    page.get_by_role("button", name="Recompute now").click()
    page.get_by_text("1c agrees with what is stored").wait_for()
    name, content = saved(page, page.get_by_role("button", name="PNG").first.click)
    assert name == "town-map.png"
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    assert min(picture.size) > 400
    assert len(picture.getcolors(1 << 22)) > 20  # bars, not an empty sheet
    name, content = saved(page, page.get_by_role("button", name="SVG").first.click)
    assert name == "town-map.svg"
    root = ElementTree.fromstring(content)
    texts = {"".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"1a", "1h", "mAP in percent"} <= texts
    patterns = {one.get("id") for one in root.iter("{http://www.w3.org/2000/svg}pattern")}
    assert patterns
    assert all(f"#{name}" in content.decode() for name in patterns)
    assert b"http://127" not in content


def test_a_bar_of_the_ledger_opens_its_step_and_a_link_opens_it_again(page, address):
    page.goto(f"{address}/ledger")
    page.get_by_text("1a → 1b: fine-tuning").wait_for()
    bars = page.locator(".js-plotly-plot").first.locator(".point path")
    at_rest(page, bars.first)
    models = ["1a", "1b", "1c", "1d", "1f", "1g", "1h"]
    # How much a step bought in the tiny town is chance: of the highest bar one is sure that queries moved. It is hit at the
    # foot of its column, where no bar is.
    number = max(range(2, len(models)), key=lambda place: bars.nth(place).bounding_box()["height"])
    before, after = models[number - 1 : number + 1]
    step = page.get_by_role("heading", name=f"{before} → {after}: ")
    plot = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    click_until(page, bars.nth(number), lambda box: (box["x"] + box["width"] / 2 + 12, plot["y"] + 0.93 * plot["height"]),
                lambda ms: step.wait_for(timeout=ms))  # fmt: skip
    in_url(page, f"step={before}-{after}")
    page.reload()
    step.wait_for()
    page.get_by_role("button", name="under both models").click()
    in_url(page, "strips=two")
    in_url(page, f"versus={after}")


def test_a_case_of_the_failures_leads_to_its_query_and_to_the_map(page, address):
    page.goto(f"{address}/failures?atlas=first&own=left_out&model=1a")
    page.locator(".strips .card").first.wait_for()
    page.locator('[data-testid="stDataFrame"]').first.scroll_into_view_if_needed()
    box = at_rest(page, page.locator('[data-testid="stDataFrame"]').first)
    page.mouse.click(box["x"] + 14, box["y"] + 38 * 1.5)
    page.get_by_role("button", name="on the map").click()
    in_url(page, "selection=")
    page.locator(".stage[data-scene]").wait_for()
    page.go_back()
    page.get_by_text("Taken for").click()
    page.get_by_text("Of the first ten answers").wait_for()
