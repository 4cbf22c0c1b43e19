"""The size of a bundle, and the time from opening its file to the first map, with the network switched off.

    python tests/benchmarks/bench_bundle.py CACHE [--dataset NAME] [--run NAME] [--lesson NAME,…]

Prints what it holds and how many bytes each part takes, what each further model adds, and the median of five openings in Chromium:
until the frame is there, and until the map is drawn; and the processor time of the page's process, which other work on the machine
does not change. Goals for the town with ten models: 20 MB and 2 s. A browser without a graphics card draws more slowly than most
laptops.
"""

import argparse
import base64
import gzip
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))

from chromium import CHROMIUM, QUIET
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
PART = re.compile(r'<script type="text/plain" id="(\w+)">([^<]*)</script>')


def main() -> None:
    """Write a bundle and measure it."""
    options = argparse.ArgumentParser()
    options.add_argument("cache")
    for name in ("--dataset", "--run", "--lesson", "--models"):
        options.add_argument(name)
    options.add_argument("--file", help="a bundle that was written already")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(asked.file) if asked.file else Path(folder) / "bundle.html"
        if not asked.file:
            words = [
                word
                for name in ("dataset", "run", "lesson", "models")
                if (value := getattr(asked, name))
                for word in (f"--{name}", value)
            ]
            began = time.monotonic()
            subprocess.run(
                [sys.executable, "-m", "retrieval_core", "--cache", asked.cache, "bundle", str(file), *words], cwd=ROOT, check=True
            )
            print(f"written in {time.monotonic() - began:.0f} s")
        sizes(file.read_text(encoding="utf-8"))
        opened(file)


def sizes(text: str) -> None:
    """Print the bytes of the file and of its parts."""
    parts = dict(PART.findall(text))
    content = json.loads(gzip.decompress(base64.b64decode(parts["content"])))
    models = len(content["models"])
    print(f"{len(text.encode()) / 1e6:.2f} MB: {models} models, {len(content['ids'])} photographs, {len(content['queries'])} queries, "
          f"{len(content['scenes'])} projections, {len(content['lessons'])} lessons")  # fmt: skip
    for name, packed in parts.items():
        print(f"  {name:9} {len(packed) / 1e6:6.2f} MB")
    for name in ("queries", "values", "scenes", "precision", "moved", "lessons", "components"):
        print(f"    {name:10} {len(gzip.compress(json.dumps(content[name]).encode(), 9)) * 4 / 3 / 1e6:6.2f} MB packed by itself")
    heads = sum(one["count"] for name, one in content["arrays"].items() if name.startswith("heads")) // max(1, models)
    print(f"  a model more: about {(len(parts['arrays']) + len(parts['content'])) / models / 1e6:.2f} MB ({heads:,} ranked places)")


def opened(file: Path) -> None:
    """Print how long the file takes until its frame, and until its map, is there."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        frames, maps, worked = [], [], []
        session = browser.new_browser_cdp_session()
        processes = lambda: session.send("SystemInfo.getProcessInfo")["processInfo"]  # noqa: E731
        for _ in range(ROUNDS):
            page = browser.new_context(offline=True).new_page()
            page.set_default_timeout(120_000)
            began = time.monotonic()
            page.goto(file.as_uri())
            page.locator(".opening").wait_for(state="detached")
            frames.append(time.monotonic() - began)
            page.locator(".stage[data-scene]").wait_for()
            maps.append(time.monotonic() - began)
            worked.append(max(one["cpuTime"] for one in processes() if one["type"] == "renderer"))
            page.context.close()
        browser.close()
    print(f"until the frame is there {statistics.median(frames):.2f} s ({min(frames):.2f} to {max(frames):.2f}), "
          f"until the map is drawn {statistics.median(maps):.2f} s ({min(maps):.2f} to {max(maps):.2f}); processor "
          f"time of the page's own process {statistics.median(worked):.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
