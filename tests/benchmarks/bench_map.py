"""The map of a few thousand points up to a million, beside a plain `st.plotly_chart`, in headless Chromium, in one run.

    python tests/benchmarks/bench_map.py [points …]                default: 5000 50000
    python tests/benchmarks/bench_map.py --app CACHE [points …]    default: 5000 50000 1000000; makes what CACHE does not have
    python tests/benchmarks/bench_map.py --frames [points …]

A line of the table is one of three: "map", the map alone in a page, with synthetic points that are one and all in the browser;
"plotly", the chart of the same points; "app", the app itself with synthetic clusters of million.py. More than 120,000 come in tiles:
there the other two are left out, since the app never shows as many points at once. Columns: seconds to the first map (the page opened
a second time, as a visitor of a running app does); milliseconds from a click to the neighbour lines and to the last picture of the
gallery, median and 95 % of 20 clicks, 0.4 s after the pointer came to rest there; what the app's processor does for a click, with all
that the page asks for; the median length of a frame while the map is moved and zoomed, and what the processor does in one for the page;
frames a second while points move from one model's layout to the next, which the app's sets do not have; and the memory of the app's
process, of its own and with the pages of mapped files, which the system may take back, and of the browser's page.

With --frames alone: how long frames are with the points alone and with names, faces, thumbnails and a colouring; see map_frames.py.
Needs Debian's Chromium and Playwright: here the browser has no graphics card, and what it draws costs the processor.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import map_frames
import map_watch
import million
import numpy as np
from app_process import held_memory, processor_seconds
from map_data import synthetic_layout
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # what the browser tests serve the app with
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from app_server import start_server

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.projection.pivots import MOST_WHOLE
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

CLICKS = 20
USUAL = [5_000, 50_000]
HERE = Path(__file__).parent
CHROMIUM = ["--no-sandbox", "--disable-quic", "--no-first-run", "--use-gl=angle", "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader"]  # fmt: skip
COLUMNS = (("points", 9), ("  ", -8), ("first map", 11), ("lines", 9), ("95 %", 9), ("gallery", 10), ("95 %", 9), ("processor", 11),
           ("frame", 10), ("processor", 11), ("between", 9), ("app", 9), ("mapped", 9), ("page", 9))  # fmt: skip


@contextmanager
def serve(kind: str, count: int) -> Iterator[tuple[str, int]]:
    """Run one of the two synthetic pages and yield its address and the id of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(HERE / "map_app.py"), "--server.port", str(port),
               "--server.headless", "true", "--server.fileWatcherType", "none", "--server.maxMessageSize", "2000",
               "--browser.gatherUsageStats", "false"]  # fmt: skip
    environment = {**os.environ, "MAP_KIND": kind, "MAP_POINTS": str(count)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 300
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise SystemExit("the app did not start") from None
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        process.wait()


def opened(browser: Browser) -> Page:
    """A new page that is watched."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(280_000)
    for script in (map_watch.WATCH, map_frames.WATCH):
        page.add_init_script(f"({script})()")
    return page


def drawn_at(xy: np.ndarray) -> list[list[float]]:
    """Where CLICKS of the places (N, 2) are drawn, as `map_watch.PLACES` wants them."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = (high - low).max() / 2
    places = (xy[np.random.default_rng(2).choice(len(xy), CLICKS, replace=False)] - (low + high) / 2) / half
    return np.hstack([places, np.broadcast_to((high - low) / 2 / half, places.shape)]).tolist()


def line(count: int, kind: str, first: float, clicked: dict[str, list[float]], spent: float, rest: list[str]) -> None:
    """Print a line of the table."""
    times = [f"{word}" for name in ("lines", "gallery") for word in _both(clicked.get(name))]
    cells = [f"{count:,}", f"  {kind}", f"{first:.2f} s", *times, f"{spent:.0f} ms", *rest]
    _print(cells)


def _print(cells: Iterable[str]) -> None:
    print("".join(f"{cell:{'<' if width < 0 else '>'}{abs(width)}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True)),
          flush=True)  # fmt: skip


def _both(times: list[float] | None) -> tuple[str, str]:
    return ("–", "–") if times is None else (f"{statistics.median(times):.0f} ms", f"{np.quantile(times, 0.95):.0f} ms")


def held(process: int) -> list[str]:
    """What the app's process and the browser's page hold, in words."""
    return [f"{size:.2f} GB" for size in held_memory(process)]


def measured_map(page: Page, process: int, kind: str, count: int, address: str, drawn: str, targets: list[list[float]]) -> None:
    """Print the line of a map, in the app or alone."""
    first = map_watch.first_map(page, address, drawn)
    before = processor_seconds(process)
    clicked = map_watch.clicks(page, map_watch.PLACES["map"], ("lines", "gallery"), targets)
    spent = 1000 * (processor_seconds(process) - before) / len(targets)
    between = f"{map_watch.between_layouts(page):.0f}/s" if kind == "map" else "–"
    page.keyboard.press("Escape")
    moved = map_frames.moved(page, page.evaluate(map_watch.PLACES["map"], targets[0]))
    line(count, kind, first, clicked, spent, [f"{statistics.median(moved.lengths):.0f} ms", f"{moved.thread:.1f} ms", between,
         *held(process)])  # fmt: skip


def alone(browser: Browser, count: int) -> None:
    """The map alone and the chart, of the same synthetic points."""
    layout = synthetic_layout(count)
    drawn = layout[np.random.default_rng(2).choice(count, CLICKS, replace=False)]
    targets = np.hstack([drawn, np.ones_like(drawn)]).tolist()
    with serve("map", count) as (address, process):
        page = opened(browser)
        measured_map(page, process, "map", count, address, map_watch.WHOLE, targets)
        page.close()
    with serve("plain", count) as (address, process):
        page = opened(browser)
        first, before = map_watch.first_map(page, address, map_watch.PLAIN), processor_seconds(process)
        clicked = map_watch.clicks(page, map_watch.PLACES["plotly"], ("plain",), targets)
        spent = 1000 * (processor_seconds(process) - before) / CLICKS
        line(count, "plotly", first, {"gallery": clicked["plain"]}, spent, ["–", "–", "–", *held(process)])
        page.close()


def in_app(browser: Browser, cache: Path, count: int) -> None:
    """The app with a set of synthetic clusters."""
    name = million.name_of(count)
    results = open_results(Workspace(cache), name, IMPORTED_RUN, million.MODEL)
    targets = drawn_at(results.map(map_choice(million.METHOD, "all", None, 0)).xy)
    with start_server(cache, {}) as (address, process):
        page = opened(browser)
        measured_map(page, process, "app", count, f"{address}/map?dataset={name}&run={IMPORTED_RUN}&model={million.MODEL}",
                     map_watch.IN_TILES if count > MOST_WHOLE else map_watch.WHOLE, targets)  # fmt: skip
        page.close()


def moving(browser: Browser, counts: list[int]) -> None:
    """Print how long the frames are while the map is moved and zoomed, by what is drawn."""
    print(f"{'points':>9} {'':26}{map_frames.HEAD}")
    for count in counts:
        with serve("map", count) as (address, _):
            page = opened(browser)
            map_watch.first_map(page, address, map_watch.WHOLE)
            layout = synthetic_layout(count)
            middle = layout[np.argmin(np.linalg.norm(layout, axis=1))]
            place = page.evaluate(map_watch.PLACES["map"], [*middle.tolist(), 1, 1])
            for name, look in map_frames.LOOKS.items():
                map_frames.choose(page, look)
                map_frames.moved(page, place)  # once before it counts: pictures are fetched and scripts compiled
                print(f"{count:>9,} {name:26}{map_frames.moved(page, place).words()}", flush=True)
            page.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("points", nargs="*", type=int)
    parser.add_argument("--app", type=Path, metavar="CACHE")
    parser.add_argument("--frames", action="store_true")
    options = parser.parse_args()
    counts = options.points or [*USUAL, *([million.COUNT] if options.app else [])]
    if max(counts) > MOST_WHOLE and (options.frames or not options.app):
        parser.error(f"more than {MOST_WHOLE:,} points come in tiles, which the app alone has: give --app CACHE, without --frames")
    for count in counts if options.app else []:
        million.prepare(options.app, count)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        if options.frames:
            moving(browser, counts)
            return
        _print(name for name, _ in COLUMNS)
        for count in counts:
            if count <= MOST_WHOLE:
                alone(browser, count)
            if options.app:
                in_app(browser, options.app, count)


if __name__ == "__main__":
    main()
