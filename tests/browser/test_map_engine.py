"""Neighbours that a search engine finds, on the map: an approximate list does not look like an exact one."""

import csv

import pytest
from small_scene import IDS, neighbour_lists, place_of, show_small_map

pytestmark = pytest.mark.browser

SAID = "Approximate: found by faiss-hnsw, recall@10 93.0 %, so some of the nearest may be missing."
FOUND = {"points": [8, 2, 30, 5, 6, 7, 11], "similarities": [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3], "found_by": SAID, "approximate": True}
ASKED = "/files/search/1a?x=1&point=9&engine=faiss-hnsw"


def shown(page):
    return page.locator(".cards .card[data-image]").evaluate_all("(cards) => cards.map((card) => card.dataset.image)")


def click(page):
    page.mouse.click(*place_of(page, 9))
    page.locator(f'.head[data-chosen="{IDS[9]}"]').wait_for()
    page.locator(".cards .card[data-image]").first.wait_for()


def test_a_click_shows_what_the_engine_finds_and_says_that_it_is_approximate(page):
    served = show_small_map(page, engine="faiss-hnsw")
    served.answers[ASKED] = FOUND
    click(page)
    assert shown(page) == [IDS[point] for point in FOUND["points"][:6]][: len(shown(page))]
    head = page.locator(".head").inner_text()
    assert "≈ approximate" in head
    assert f"{SAID} 6 near in descriptor space" in head
    assert "only look near (struck through), unless they are what is missing" in head
    page.locator(".menu summary", has_text="Save").click()
    with page.expect_download() as saved:
        page.locator("[data-do=csv]").click()
    first, *rows = csv.reader(saved.value.path().read_text(encoding="utf-8").splitlines())
    assert (first[-1], {row[-1] for row in rows}) == ("found_by", {SAID})
    with page.expect_download() as saved:
        page.locator("[data-do=svg]").click()
    assert SAID in saved.value.path().read_text(encoding="utf-8")

    page.evaluate("(id) => window.again({ selection: [id] }, 'exact')", IDS[9])  # another engine is chosen, and the same photograph
    page.locator(".approximate").wait_for(state="detached")
    exactly = [IDS[point] for point in neighbour_lists(0)[0][9]]
    assert shown(page) == exactly[: len(shown(page))]
    assert "6 nearest in descriptor space" in page.locator(".head").inner_text()


def test_what_exact_search_found_instead_is_said_and_is_not_called_approximate(page):
    served = show_small_map(page, engine="faiss-hnsw")
    why = "faiss-hnsw does not hold its descriptors: the index is not built yet, so they are found by exact search."
    served.answers[ASKED] = FOUND | {"found_by": why, "approximate": False}
    click(page)
    assert f"{why} 6 nearest in descriptor space" in page.locator(".head").inner_text()
    assert page.locator(".approximate").count() == 0


def test_an_engine_that_does_not_answer_is_said_with_a_button(browser):
    page = browser.new_page(viewport={"width": 1200, "height": 800})  # of its own: the browser says on its console what is not there
    page.set_default_timeout(60_000)
    served = show_small_map(page, engine="faiss-hnsw")
    page.mouse.click(*place_of(page, 9))  # nothing is there
    page.locator(".wrong", has_text="nothing at /files/search/1a").wait_for()
    served.answers[ASKED] = FOUND
    page.get_by_role("button", name="Try again").click()
    page.locator(".approximate").wait_for()
    page.close()
