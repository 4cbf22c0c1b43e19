import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from app_server import start_app
from chromium import CHROMIUM, QUIET, is_fault


@pytest.fixture(scope="session")
def address(town_cache):
    """Where the app answers, on the finished tiny town."""
    with start_app(town_cache) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"needs Debian's Chromium at {CHROMIUM}")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page of its own; at the end nothing may have gone wrong in it."""
    page = browser.new_page(viewport={"width": 1400, "height": 1000})
    page.set_default_timeout(60_000)
    errors = []
    page.on("console", lambda message: errors.append(f"{message.text} {message.location.get('url')}") if is_fault(message) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors, errors
