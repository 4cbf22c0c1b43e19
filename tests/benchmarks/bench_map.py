"""The map beside a plain `st.plotly_chart` of the same points, in headless Chromium, in one run.

    python tests/benchmarks/bench_map.py [--frames] [points …]     default: 5000 50000; up to 120000, of which more come in tiles
    python tests/benchmarks/bench_map.py --app CACHE               the app itself with the million of million.py, in tiles

Prints, medians of 20 clicks: seconds to the first map (the page opened a second time, as a visitor of a running app
does), milliseconds from a click to the neighbour lines and to the last picture of the gallery, and frames a second while
the points move from one model's layout to the next. Then, and with --frames only, how long the frames are while the map is moved and
zoomed, with the points alone and with names, faces, thumbnails and a colouring; see map_frames.py. With --app the same of the app
itself, which is told apart by what it answers with: the nearest in descriptor space, by exact search; and the memory of its process
(of itself, and with the pages of mapped files, which the system may take back) and of the browser's page. Needs Debian's Chromium and
Playwright: here the browser has no graphics card, and what it draws costs the processor.
"""

import math
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import map_frames
import million
import numpy as np
from app_process import held_memory, processor_seconds
from map_data import synthetic_layout
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # what the browser tests serve the app with
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from app_server import start_server

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

CLICKS = 20
HERE = Path(__file__).parent
CHROMIUM = ["--no-sandbox", "--disable-quic", "--no-first-run", "--use-gl=angle", "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader"]  # fmt: skip
WATCH = """() => {
  window.draws = [];
  const draw = WebGL2RenderingContext.prototype.drawElements;
  WebGL2RenderingContext.prototype.drawElements = function (...rest) { draws.push(performance.now()); return draw.apply(this, rest); };
  addEventListener("pointerup", () => { window.released = performance.now(); }, true);
  window.root = () => [...document.querySelectorAll("*")].map((one) => one.shadowRoot).find((one) => one?.querySelector(".stage"));
  const loaded = (pictures) => pictures.length >= 4 && pictures.every((one) => one.complete && one.naturalWidth);
  // What there is to see after a click, as text that changes with the clicked point; empty while it is not all there.
  window.seen = {
    lines: () => root().querySelector(".stage").dataset.drawn,
    gallery: () => loaded([...root().querySelectorAll(".cards img")]) ? root().querySelector(".head").dataset.chosen : "",
    plain: () => loaded([...document.querySelectorAll('[data-testid="stImage"] img')])
      ? document.querySelector("#chosen").textContent : "",
  };
  // Begin to look before the click; the time runs from the release of the mouse to the frame after the change.
  window.arm = (name) => {
    const before = seen[name](), late = performance.now() + 30000;
    window.armed ??= {};
    window.released = null;
    armed[name] = new Promise((done) => {
      const look = () => {
        const now = released && seen[name]();
        if (now && now !== before) requestAnimationFrame(() => done(performance.now() - released));
        else if (performance.now() > late) done(null);
        else setTimeout(look, 1);
      };
      look();
    });
  };
}"""
OURS = "() => root()?.querySelector('.stage[data-scene]')"
IN_TILES = "() => root()?.querySelector('.stage[data-scene][data-missing=\"0\"]')"
PLAIN = "() => document.querySelector('.js-plotly-plot .gl-canvas') && document.querySelector('.js-plotly-plot')._fullData?.length > 1"
PLACES = {
    "map": """(xy) => { const b = root().querySelector('.stage').getBoundingClientRect(), s = 0.94 * Math.min(b.width, b.height) / 2;
      return [b.left + b.width / 2 + xy[0] * s, b.top + b.height / 2 - xy[1] * s]; }""",
    "plain": """(xy) => { const g = document.querySelector('.js-plotly-plot'), b = g.getBoundingClientRect();
      const {xaxis, yaxis} = g._fullLayout;
      return [b.left + xaxis._offset + xaxis.l2p(xy[0]), b.top + yaxis._offset + yaxis.l2p(xy[1])]; }""",
}


@contextmanager
def serve(kind: str, count: int) -> Iterator[str]:
    """Run one of the two apps and yield its address."""
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
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def first_map(page: Page, address: str, drawn: str) -> float:
    """Seconds from the address to the drawn map, at the second visit."""
    for _ in range(2):
        begin = time.perf_counter()
        page.goto(address)
        page.wait_for_function(drawn, timeout=280_000, polling=20)
        seconds = time.perf_counter() - begin
        page.wait_for_timeout(4000)
    return seconds


def clicks(page: Page, kind: str, what: tuple[str, ...], targets) -> list[float]:
    """Median milliseconds from a click to what is to be seen of it; a click without an answer within 30 s counts as infinite."""
    times = {name: [] for name in what}
    for xy in targets:
        place = page.evaluate(PLACES[kind], list(xy))
        page.mouse.move(*place)
        page.wait_for_timeout(400)
        page.evaluate("(names) => names.forEach(arm)", list(what))
        page.mouse.down()
        page.mouse.up()
        for name in what:
            milliseconds = page.evaluate("(name) => armed[name]", name)
            times[name].append(math.inf if milliseconds is None else milliseconds)
    return [statistics.median(times[name]) for name in what]


def frames(page: Page) -> float:
    """Frames a second while the points move to the other model's layout and back."""
    page.mouse.move(5, 5)
    gaps = []
    for key in ("2", "1"):
        page.evaluate("() => { draws.length = 0; }")
        page.keyboard.press(key)
        page.wait_for_timeout(2600)
        moments = page.evaluate("() => draws")
        gaps += [after - before for before, after in pairwise(moments) if after - before < 500]
    return 1000 * len(gaps) / sum(gaps)


def moving(browser: Browser, counts: list[int]) -> None:
    """Print how long the frames are while the map is moved and zoomed."""
    print(f"{'points':>9} {'':26}{map_frames.HEAD}")
    for count in counts:
        os.environ["MAP_POINTS"] = str(count)
        with serve("map", count) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 720})
            page.set_default_timeout(180_000)
            for script in (WATCH, map_frames.WATCH):
                page.add_init_script(f"({script})()")
            first_map(page, address, OURS)
            layout = synthetic_layout(count)
            place = page.evaluate(PLACES["map"], layout[np.argmin(np.linalg.norm(layout, axis=1))].tolist())
            for name, look in map_frames.LOOKS.items():
                map_frames.choose(page, look)
                map_frames.moved(page, place)  # once before it counts: pictures are fetched and scripts compiled
                print(f"{count:>9,} {name:26}{map_frames.moved(page, place).words()}", flush=True)
            page.close()


def in_app(cache: Path) -> None:
    """Print the figures of the app with a large set of synthetic clusters, which is made first where it is not there."""
    million.prepare(cache, million.COUNT)
    results = open_results(Workspace(cache), million.NAME, IMPORTED_RUN, million.MODEL)
    xy = results.map(map_choice(million.METHOD, "all", None, 0)).xy
    low, high = xy.min(axis=0), xy.max(axis=0)
    places = (xy - (low + high) / 2) / ((high - low).max() / 2)
    targets = places[np.random.default_rng(2).choice(len(places), CLICKS, replace=False)].tolist()
    with sync_playwright() as playwright, start_server(cache, {}) as (address, process):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        page.set_default_timeout(280_000)
        for script in (WATCH, map_frames.WATCH):
            page.add_init_script(f"({script})()")
        first = first_map(page, f"{address}/map?dataset={million.NAME}&run={IMPORTED_RUN}&model={million.MODEL}", IN_TILES)
        before = processor_seconds(process)
        answered = every_click(page, "map", ("lines", "gallery"), targets)
        clicked = 1000 * (processor_seconds(process) - before) / len(targets)
        shown = page.evaluate("() => root().querySelector('.drawn').textContent")
        page.keyboard.press("Escape")
        print(f"{len(places):,} photographs. {shown}\nfirst map {first:.2f} s")
        for name, times in answered.items():
            print(f"a click to the {name}: median {statistics.median(times):.0f} ms, 95 % {np.quantile(times, 0.95):.0f} ms")
        print(f"the app's processor time of a click, with all that the page asks for: {clicked:.0f} ms")
        place = page.evaluate(PLACES["map"], targets[0])
        print(f"{'':9} {'':26}{map_frames.HEAD}")
        print(f"{'':9} {'moved and zoomed':26}{map_frames.moved(page, place).words()}")
        print("\n".join(held_memory(process)))
        browser.close()


def every_click(page: Page, kind: str, what: tuple[str, ...], targets) -> dict[str, list[float]]:
    """Milliseconds of every click, by what is to be seen of it."""
    single = [clicks(page, kind, what, [target]) for target in targets]
    return {name: [one[number] for one in single] for number, name in enumerate(what)}


def main(counts: list[int], frames_only: bool = False) -> None:
    """Measure and print."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        if not frames_only:
            beside_plotly(browser, counts)
        moving(browser, counts)
        browser.close()


def beside_plotly(browser: Browser, counts: list[int]) -> None:
    """Print the map's figures beside those of a `st.plotly_chart`."""
    print(f"{'points':>9} {'':8}{'first map s':>12}{'lines ms':>10}{'gallery ms':>12}{'frames/s':>10}")
    for count in counts:
        os.environ["MAP_POINTS"] = str(count)
        layout = synthetic_layout(count)
        targets = layout[np.random.default_rng(2).choice(count, CLICKS, replace=False)].tolist()
        results = {}
        for kind, drawn, what in (("map", OURS, ("lines", "gallery")), ("plain", PLAIN, ("plain",))):
            with serve(kind, count) as address:
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                page.add_init_script(f"({WATCH})()")
                first = first_map(page, address, drawn)
                results[kind] = [first, *clicks(page, kind, what, targets)]
                if kind == "map":
                    speed = frames(page)
                page.close()
        ours, plain = results["map"], results["plain"]
        print(f"{count:>9,} {'map':8}{ours[0]:>12.2f}{ours[1]:>10.0f}{ours[2]:>12.0f}{speed:>10.0f}")
        print(f"{'':>9} {'plotly':8}{plain[0]:>12.2f}{'':>10}{plain[1]:>12.0f}")
        print(f"{'':>9} {'ratio':8}{ours[0] / plain[0]:>12.2f}{'':>10}{ours[2] / plain[1]:>12.2f}", flush=True)


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--frames"]
    if words[:1] == ["--app"]:
        in_app(Path(words[1]))
        sys.exit()
    main([int(word) for word in words] or [5_000, 50_000], "--frames" in sys.argv)
