"""Every page opens, from a link and from the navigation, and the choices go with it."""

import pytest

pytestmark = pytest.mark.browser


def test_every_page_opens_and_keeps_the_choices(page, address):
    # A link to a page, as the first thing that the server is asked for.
    page.goto(f"{address}/map?model=1d&selection=brock_tower_000001")
    page.locator('.head[data-chosen="brock_tower_000001"]').wait_for()
    assert "model 1d" in page.locator(".caption").inner_text()
    page.get_by_role("link", name="Start").click()
    page.get_by_role("heading", name="Landmark retrieval").wait_for()
    page.get_by_role("link", name="Query").click()
    page.get_by_text("Model 1d: AP (Oxford)").wait_for()
    page.locator(".strips .card.good").first.wait_for()
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="AP (Oxford) in percent").wait_for()
    page.reload()
    page.get_by_role("heading", name="AP (Oxford) in percent").wait_for()
    assert "model=1d" in page.url
    assert "selection=brock_tower_000001" in page.url
