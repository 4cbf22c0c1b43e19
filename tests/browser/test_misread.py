"""Misread t-SNE in a real browser: the strips are drawn, axe finds nothing serious, and a small map opens on the page Map."""

import pytest
from app_server import start_app
from caches import copy_cache

from retrieval_core.cli.main import main

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def misread(town_cache, tmp_path_factory):
    cache = copy_cache(town_cache, tmp_path_factory.mktemp("misread") / "cache")
    assert main(["--cache", str(cache), "misread", "--models", "1d"]) == 0
    with start_app(cache) as address:
        yield address


def test_strips_are_drawn_and_a_small_map_opens_large(page, misread):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(f"{misread}/laboratory?part=misread&model=1d")
    noise = page.get_by_role("img", name="Noise, noise, perplexity 2")
    noise.wait_for()
    box = noise.bounding_box()
    assert box["width"] == pytest.approx(box["height"], abs=1)
    assert box["width"] > 100
    violations = axe.run(page).response["violations"]
    assert [one["id"] for one in violations if one["impact"] in ("serious", "critical")] == []
    way = page.get_by_role("button", name="On the map: Perplexity, perplexity 2")
    way.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/map" in url and "perplexity%3D2" in url.replace("=2", "%3D2"))
    page.locator("canvas").first.wait_for()
    assert "subset=" in page.url or "model=1d" in page.url
