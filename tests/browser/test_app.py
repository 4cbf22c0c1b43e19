"""Every page opens, from a link and from the navigation, and the choices go with it."""

import re

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


def test_developer_tools_see_each_module_by_its_file_and_its_lines(page, address):
    page.goto(f"{address}/map?model=1d")
    page.locator(".head[data-chosen]").wait_for()
    names = page.evaluate("() => performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)")
    served = [name for name in names if "/files/modules/" in name]
    assert {"map/main.js", "map/app.js", "map/points.js", "alone/main.js"} <= {name.split("/", 4)[-1] for name in served}
    assert len({name.split("/")[3] for name in served}) == 1  # all of one version
    assert not [name for name in names if not name.startswith("/")]
    where = page.evaluate("""async (address) => {
      const { Places } = await import(new URL(address.replace("main.js", "places.js"), document.baseURI));
      try {
        return String(new Places(null));
      } catch (error) {
        return error.stack;
      }
    }""", next(name for name in served if name.endswith("/map/main.js")))  # fmt: skip
    assert re.search(r"map/places\.js:\d+:\d+", where)
