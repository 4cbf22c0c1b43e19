"""Places to click, taken only when nothing on the page moves any more."""


def at_rest(page, locator) -> dict:
    """The box of an element once the script has ended and the element has stayed where it is for a second."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    before, quiet = None, 0
    for _ in range(150):
        box = locator.bounding_box()
        quiet = quiet + 1 if box and box == before else 0
        if quiet == 5:
            return box
        before = box
        page.wait_for_timeout(200)
    raise AssertionError(f"{locator} does not come to rest")


def click_until(page, locator, place, appears) -> None:
    """Click inside an element until `appears(timeout)` finds what the click leads to: a click in the midst of a redraw is lost.

    `place` gives the point of the element's box, `timeout` is in milliseconds.
    """
    from playwright.sync_api import TimeoutError as Late

    for _ in range(3):
        page.mouse.click(*place(at_rest(page, locator)))
        try:
            return appears(10_000)
        except Late:
            continue
    raise AssertionError(f"a click on {locator} leads nowhere")
