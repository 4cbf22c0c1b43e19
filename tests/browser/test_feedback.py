"""Marking in a real browser: by click and by key, undone, on the map, and the same from a link."""

import pytest

pytestmark = pytest.mark.browser

QUERY = "castle_gate_2"
FIRST = 'section:has-text("Answers that are not marked")'


def open_marking(page, address, parameters=""):
    page.goto(f"{address}/query?model=1d&query={QUERY}&show=feedback&learn=rocchio{parameters}")
    page.locator('.ranking[data-shown="marking"] .slot').first.wait_for()
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def marks_in_url(page, wanted):
    """Wait until the link holds exactly these marks."""
    page.wait_for_function("(wanted) => (new URLSearchParams(location.search).get('marks') ?? '') === wanted", arg=wanted)


def answers(page):
    return page.locator(FIRST).locator(".slot").evaluate_all("(slots) => slots.map((slot) => slot.dataset.image)")


def gone_from_answers(page, *ids):
    for one in ids:
        page.locator(f'{FIRST} >> .slot[data-image="{one}"]').wait_for(state="detached")


def test_marks_by_click_and_key_and_undo(page, address):
    open_marking(page, address)
    ids = answers(page)
    page.get_by_role("button", name=f"{ids[0]} is right").click()
    marks_in_url(page, ids[0])
    gone_from_answers(page, ids[0])
    page.get_by_role("status").get_by_text("1 marked right, 0 wrong").wait_for()
    second = answers(page)[1]
    page.locator(f'{FIRST} >> .slot[data-image="{second}"] .card').focus()
    page.keyboard.press("n")
    marks_in_url(page, f"{ids[0]},!{second}")
    gone_from_answers(page, second)
    page.locator('section:has-text("least sure") .slot').first.wait_for()
    assert page.locator(".card:focus").get_attribute("data-image")  # the keyboard stays among the photographs
    page.keyboard.press("u")
    marks_in_url(page, ids[0])
    marked = page.get_by_role("button", name=f"{ids[0]} is right")
    assert marked.get_attribute("aria-pressed") == "true"
    marked.click()
    marks_in_url(page, "")
    page.locator(f'{FIRST} >> .slot[data-image="{ids[0]}"]').wait_for()
    page.locator('section:has(h3:text-is("Marked"))').wait_for(state="detached")


def test_keys_that_follow_fast_all_count(page, address):
    open_marking(page, address)
    ids = answers(page)
    page.locator(f'{FIRST} >> .slot[data-image="{ids[0]}"] .card').focus()
    for key in "ynn":
        page.keyboard.press(key)
    marks_in_url(page, f"{ids[0]},!{ids[1]},!{ids[2]}")
    page.get_by_role("status").get_by_text("1 marked right, 2 wrong").wait_for()


def test_a_link_shows_what_its_sender_saw_and_leads_to_the_map(page, address):
    open_marking(page, address)
    chosen = answers(page)[2:4]
    open_marking(page, address, f"&marks={chosen[0]},!{chosen[1]}")
    gone_from_answers(page, *chosen)
    wrong = page.locator('section:has(h3:text-is("Marked"))').get_by_role("button", name=f"{chosen[1]} is wrong")
    assert wrong.get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Show the marks on the map").click()
    page.wait_for_url("**/map**")
    page.wait_for_function("(ids) => ids.every((id) => new URLSearchParams(location.search).get('selection').includes(id))", arg=chosen)
