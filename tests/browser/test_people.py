"""Several people at one app: what one begins all see, nothing is begun twice or lost, and a visitor looks and touches nothing."""

import io
import os
import re
import signal
import socket
import time

import pytest
from app_server import start_server
from caches import copy_cache
from PIL import Image
from tiny_runs import ENDLESS, tiny_python_path

from retrieval_core.runs import jobs
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser

TINY = {"PYTHONPATH": tiny_python_path()}


@pytest.fixture
def own_cache(town_cache, tmp_path):
    cache = copy_cache(town_cache, tmp_path / "a private place" / "cache")
    yield cache
    for place in jobs.PLACES:
        jobs.cancel(Workspace(cache), place)


def address_in_the_room(address: str) -> str:
    """The app's address as others in the room have it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # nothing is sent
            own = probe.getsockname()[0]
        except OSError:
            own = "127.0.0.1"
    if own.startswith("127."):
        pytest.skip("this machine is in no network")
    return f"http://{own}:{address.rpartition(':')[2]}"


def at_work(cache) -> jobs.JobState:
    return jobs.current(Workspace(cache), "look")


def bar(page):
    return page.locator('[data-testid="stProgress"]')


def test_what_one_begins_all_see_and_a_restarted_server_neither_loses_nor_doubles_it(browser, own_cache):
    with start_server(own_cache, TINY) as (address, pid):
        first, second = browser.new_page(), browser.new_page()
        first.goto(f"{address}/map?model=1c&settings={ENDLESS}")
        bar(first).wait_for(timeout=120_000)
        begun = at_work(own_cache)
        assert begun.state == "running"
        second.goto(f"{address}/map?model=1d&settings={ENDLESS}")  # another map: it waits for the place
        bar(second).wait_for()
        first.reload()
        bar(first).wait_for()
        assert at_work(own_cache).pid == begun.pid
        os.kill(pid, signal.SIGKILL)
    with start_server(own_cache, TINY) as (address, _):
        third = browser.new_page()
        third.goto(f"{address}/map?model=1c&settings={ENDLESS}")
        bar(third).wait_for(timeout=120_000)
        now = at_work(own_cache)
        assert (now.pid, now.state) == (begun.pid, "running")
        third.get_by_role("button", name="Cancel").click()
        third.get_by_text("It was cancelled after").wait_for()
        assert at_work(own_cache).state == "cancelled"
    for page in (first, second, third):
        page.close()


def test_a_visitor_looks_at_every_page_and_starts_nothing(browser, own_cache):
    with start_server(own_cache, TINY, "0.0.0.0") as (address, _):
        room = address_in_the_room(address)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(room)
        page.get_by_text("Folders are added here or with the command").wait_for(timeout=120_000)
        assert page.get_by_role("button", name="Rebuild what changed").is_disabled()
        for name in ("", "map", "query", "compare", "ledger", "failures", "unlabelled", "duplicates", "laboratory"):
            page.goto(f"{room}/{name}?model=1d")
            page.locator("h1").wait_for()
            page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for(timeout=120_000)
            seen = page.content()
            assert "private place" not in seen
            assert not re.search(r"(?<![\w:/.])/(?:tmp|root|home|work)/\w", page.inner_text("body")), name
        before = at_work(own_cache)
        page.goto(f"{room}/map?model=1c&settings={ENDLESS}")
        page.get_by_text("Only whoever sits at the machine").wait_for()
        assert at_work(own_cache) == before
        page.goto(f"{room}/query?model=1d")
        page.get_by_role("button", name="New picture").click()
        data = io.BytesIO()
        Image.effect_noise((80, 60), 90).save(data, "PNG")
        page.locator('input[type="file"]').first.set_input_files(
            {"name": "mine.png", "mimeType": "image/png", "buffer": data.getvalue()}
        )
        page.get_by_text("stays in memory, is never kept").wait_for(timeout=120_000)
        # At the machine itself the same app is open to everything.
        owner = browser.new_page()
        owner.goto(address.replace("127.0.0.1", "localhost"))
        owner.get_by_role("button", name="Rebuild what changed").wait_for()
        assert owner.get_by_role("button", name="Rebuild what changed").is_enabled()
        for one in (page, owner):
            one.close()


def test_two_who_begin_at_once_begin_one_run(own_cache, monkeypatch):
    from concurrent.futures import ThreadPoolExecutor

    monkeypatch.setenv("PYTHONPATH", tiny_python_path())
    workspace = Workspace(own_cache)
    command = ["project", "--models", "1c", "--method", "tsne", "--parameters", ENDLESS]

    def begin(_):
        try:
            return jobs.start(workspace, command, "look").pid
        except jobs.RetrievalError as error:
            return str(error)

    with ThreadPoolExecutor(2) as threads:
        found = list(threads.map(begin, range(2)))
    assert sum(isinstance(one, int) for one in found) == 1, found
    time.sleep(1)
    assert at_work(own_cache).pid in found
