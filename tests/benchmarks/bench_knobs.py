"""How soon the knob p answers in a browser: from the input of the slider to the frame with the new photographs, and to rest.

    python tests/benchmarks/bench_knobs.py

Prints, for as many photographs as the town and Oxford5k have, the median and the slowest of all steps there and back. The answer is
wanted within 150 ms at the town's size.
"""

import base64
import statistics
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from modules_page import WEB, open_modules

CHROMIUM = "/usr/bin/chromium"
COUNTS = (1146, 5063)
EXPONENTS, FIRST, LANDMARKS = 14, 12, 11
PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
STEPS = """async (count) => {
  const slider = document.querySelector("input[type=range]");
  const canvas = document.querySelector("canvas");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const found = [];
  for (const at of [...Array(count).keys(), ...[...Array(count).keys()].reverse()]) {
    if (at === Number(slider.value)) continue;
    const begin = performance.now();
    slider.value = at;
    slider.dispatchEvent(new Event("input"));
    await frame();
    const answered = performance.now() - begin;
    while (canvas.dataset.at !== String(at)) await frame();
    found.push([answered, performance.now() - begin]);
  }
  return found;
}"""


def view(count: int) -> dict:
    """A view of so many photographs, drawn by chance."""
    random = np.random.default_rng(0)
    found = random.integers(0, count, (EXPONENTS, FIRST))
    text = lambda array: base64.b64encode(array.tobytes()).decode()  # noqa: E731
    return {
        "kind": "gem", "model": "1d", "powers": [str(number) for number in range(EXPONENTS)], "own": 4, "at": 4, "asked": 0,
        "ids": [f"photograph {number}" for number in range(count)], "colours": ["#9678f0"] * LANDMARKS,
        "places": text(random.normal(size=(EXPONENTS, count, 2)).astype("<f4")),
        "labels": text(random.integers(0, LANDMARKS, count).astype("<u2")), "found": found.tolist(),
        "similarities": np.full(found.shape, 0.5).tolist(), "ap": [50.0] * EXPONENTS, "map": [50.0] * EXPONENTS,
        "cards": {str(one): {"id": str(one), "name": "mill", "src": PICTURE, "word": "good", "own": False} for one in np.unique(found)},
    }  # fmt: skip


def main() -> None:
    """Print the table."""
    css = (WEB / "gem" / "gem.css").read_text(encoding="utf-8")
    print("photographs   answer, ms (slowest)   at rest, ms (slowest)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for count in COUNTS:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            open_modules(page)
            page.evaluate("""async ([css, data]) => {
              document.body.innerHTML = `<style>${css}</style><div class="gem"></div>`;
              (await import("/web/gem/main.js")).show({ parentElement: document.body, data, setTriggerValue: () => null });
            }""", [css, view(count)])  # fmt: skip
            page.locator(".card").first.wait_for()
            answers, rests = zip(*page.evaluate(STEPS, EXPONENTS), strict=True)
            first, last = (f"{statistics.median(one):10.1f} ({max(one):.1f})" for one in (answers, rests))
            print(f"{count:11,}   {first}   {last}")
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
