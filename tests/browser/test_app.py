"""The app in a real browser: a click on the map changes its gallery, the other pages open, nothing goes wrong."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).parents[2]
QUIET = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"]
PLACE_OF_POINT = """(id) => {
  const graph = document.querySelector('.js-plotly-plot');
  if (!graph || !graph._fullLayout) return;
  const box = graph.getBoundingClientRect();
  const {xaxis, yaxis} = graph._fullLayout;
  for (const trace of graph._fullData) {
    const k = (trace.customdata || []).indexOf(id);
    if (k >= 0) return [box.left + xaxis._offset + xaxis.l2p(trace.x[k]), box.top + yaxis._offset + yaxis.l2p(trace.y[k])];
  }
}"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs Debian's Chromium at {CHROMIUM}"),
]


@pytest.fixture
def address(town_cache):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = {**os.environ, "RETRIEVAL_CACHE": str(town_cache)}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert time.monotonic() < deadline, "the app did not start"
            time.sleep(0.2)
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


def is_fault(message) -> bool:
    """Whether a console message is an error; Streamlit's own search for its server below a page's address is none."""
    return message.type == "error" and "/_stcore/" not in message.location.get("url", "")


def test_click_a_point_see_its_neighbours_open_every_page(address):
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        errors = []
        page.on("console", lambda message: errors.append(message.text) if is_fault(message) else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        # A link to a page, as the first thing that the server is asked for.
        page.goto(f"{address}/map?model=1d&selection=brock_tower_000001")
        page.locator('.card.query[data-image="brock_tower_000001"]').wait_for(timeout=60_000)
        page.get_by_role("link", name="Compare").wait_for(timeout=30_000)
        assert "model 1d" in page.get_by_text("Trustworthiness").inner_text()
        page.goto(f"{address}/?model=1d")
        page.get_by_role("heading", name="Landmark retrieval").wait_for(timeout=60_000)
        page.get_by_role("link", name="Map").click()
        for image_id in ("alder_court_000001", "castle_gate_000002"):
            page.wait_for_function(f"() => ({PLACE_OF_POINT})({image_id!r})", timeout=60_000)
            page.wait_for_timeout(1000)  # the chart settles into its place
            page.mouse.click(*page.evaluate(PLACE_OF_POINT, image_id))
            page.locator(f'.card.query[data-image="{image_id}"]').wait_for(timeout=30_000)
            assert page.locator(".card").count() == 13
        assert "selection=castle_gate_000002" in page.url
        page.get_by_role("button", name="Empty the selection").click()
        page.get_by_role("heading", name="Click a point").wait_for(timeout=30_000)
        assert "selection=" not in page.url
        page.get_by_role("link", name="Query").click()
        page.get_by_text("AP (Oxford), model 1d").wait_for(timeout=30_000)
        page.locator(".card.good").first.wait_for(timeout=30_000)
        page.get_by_role("link", name="Compare").click()
        page.get_by_role("heading", name="AP (Oxford) in percent").wait_for(timeout=30_000)
        page.reload()
        page.get_by_role("heading", name="AP (Oxford) in percent").wait_for(timeout=60_000)
        assert "model=1d" in page.url
        assert not errors, errors
        browser.close()
