"""Start in a real browser: the town as it is built, and the home that it becomes, by mouse and by keyboard, light and dark."""

import pytest
from app_server import start_app
from rest import at_rest

pytestmark = pytest.mark.browser

MODELS = ["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "2a", "2t"]


def in_url(page, text):
    page.wait_for_function("(text) => decodeURIComponent(location.search).includes(text)", arg=text)


def painted(page, key):
    """The tile of a model whose map is drawn."""
    return page.locator(f'.tile[data-model="{key}"][data-painted]')


INKED = "(map) => map.getContext('2d').getImageData(0, 0, map.width, map.height).data.filter((value, k) => k % 4 === 3 && value).length"


def inked(page, key) -> int:
    """How many pixels of a small map are not empty."""
    return page.locator(f'.tile[data-model="{key}"] canvas').evaluate(INKED)


def test_every_model_has_its_map_and_each_is_a_way_to_the_large_one(page, address):
    page.goto(address)
    for key in MODELS:
        painted(page, key).wait_for()
        assert inked(page, key) > 100
    assert [tile.get_attribute("data-model") for tile in page.locator(".tile").all()] == MODELS
    label = page.locator('.tile[data-model="1d"]').get_attribute("aria-label")
    assert label.startswith("1d, ResNet18 GeM, landmarks: mAP ")
    at_rest(page, page.locator('.tile[data-model="1d"]'))
    page.locator('.tile[data-model="1d"]').focus()
    page.keyboard.press("Enter")
    page.locator(".stage[data-scene]").wait_for()
    in_url(page, "model=1d")


def test_a_query_opens_under_the_weakest_and_the_best_model(page, address):
    page.goto(address)
    first = page.locator(".query").first
    first.wait_for()
    models = first.locator(".model strong").all_inner_texts()
    query = first.locator(".open").get_attribute("data-query")
    assert len(models) == 2
    assert first.locator(".strip").first.locator("img").count() == 8
    assert all(picture.get_attribute("alt") for picture in first.locator("img").all())
    at_rest(page, first)
    first.locator(".open").click()
    in_url(page, f"query={query}")
    in_url(page, f"versus={models[0]}")
    in_url(page, f"model={models[1]}")
    page.locator(".strips .card").first.wait_for()


def test_a_step_opens_the_ledger_at_it(page, address):
    page.goto(address)
    step = page.locator('.step[data-step="1c-1d"]')
    at_rest(page, step)
    step.click()
    in_url(page, "step=1c-1d")
    page.get_by_role("heading", name="1c → 1d: ResNet18").wait_for()


def test_the_town_is_watched_as_it_is_built_until_its_first_map_is_there(page, tmp_path):
    page.set_default_timeout(300_000)
    with start_app(tmp_path / "cache", steps=500) as address:  # it must not be done before the browser has looked
        page.goto(address)
        page.get_by_role("button", name="Build the town").click()
        page.locator('[data-testid="stProgress"]').wait_for()
        page.locator(".cells img").nth(3).wait_for()
        page.locator(".cells").evaluate("(wall) => { wall.marked = true; }")
        painted(page, "2a").wait_for()
        assert page.locator(".cells").evaluate("(wall) => wall.marked"), "the wall was built anew, and flickers"
        assert "mAP" in page.locator('.tile[data-model="2a"]').get_attribute("aria-label")
        page.locator(".tile.doing").wait_for()
        assert page.locator('.tile[data-model="1h"]').is_disabled()
        page.reload()
        painted(page, "2a").wait_for()
        page.get_by_role("button", name="Cancel").click()
        page.get_by_text("The last run was cancelled").wait_for()
        painted(page, "2a").wait_for()
        page.locator(".query").first.wait_for()
        page.goto("about:blank")  # nothing asks for pictures any more when the app ends
