"""The pictures of the README, from a cache that holds the town: `python tests/browser/readme_pictures.py CACHE`.

A map with a selection, the AP machine and the Ledger, each light and dark, as PNG files in pictures/. Needs Debian's Chromium.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from app_server import start_app
from chromium import CHROMIUM, QUIET

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run_list import default_run
from retrieval_core.workspace import Workspace

ROOT = Path(__file__).parents[2]
SIZE = {"width": 1440, "height": 900}
DATASET = "town"
LEAST_MODELS = 7  # that the Ledger should show


def telling_query(workspace: Workspace, run: str, model: str) -> str:
    """The query whose AP under a model lies in the middle: neither a success nor a failure."""
    scores = [score for score in open_results(workspace, DATASET, run, model).scores if score.ap_oxford is not None]
    return sorted(scores, key=lambda score: score.ap_oxford)[len(scores) // 2].query_id


def links(workspace: Workspace) -> dict[str, tuple[str, str]]:
    """By the name of a picture: the address of its page, and what is there once it is drawn."""
    run = default_run(workspace, DATASET)  # what the pages open with
    ready = [state.key for state in model_states(workspace, DATASET, run) if state.explorable]
    if len(ready) < LEAST_MODELS:
        raise SystemExit(f"{workspace.root} holds {len(ready)} models of {DATASET}; the Ledger needs {LEAST_MODELS}: build the town.")
    model = "1d" if "1d" in ready else ready[-1]
    query = telling_query(workspace, run, model)
    image = open_dataset(workspace, DATASET).query(query).image_id
    return {
        "map": (f"map?model={model}&selection={image}", ".cards .card"),
        "machine": (f"query?model={model}&query={query}&show=machine", ".machine[data-place]"),
        "ledger": ("ledger", ".js-plotly-plot .point path"),
    }


def take(cache: Path, folder: Path, browser, tiny: bool = False) -> Iterator[Path]:
    """Take all pictures into a folder and yield each; `tiny` for a cache of the tiny town."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = links(Workspace(cache))
    with start_app(cache, tiny) as address:
        for scheme in ("light", "dark"):
            context = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce")
            page = context.new_page()
            page.set_default_timeout(60_000)
            for name, (link, drawn) in wanted.items():
                page.goto(f"{address}/{link}")
                page.locator(drawn).first.wait_for()
                if name == "machine":
                    for _ in range(4):
                        page.get_by_role("button", name="Next positive").click()
                page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
                page.wait_for_load_state("networkidle")
                page.wait_for_timeout(1500)  # the last photographs are decoded
                path = folder / f"{name}-{scheme}.png"
                page.screenshot(path=str(path))
                yield path
            context.close()


def main() -> None:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cache", type=Path, help="a cache folder with the town, all models ready")
    parser.add_argument("--into", type=Path, default=ROOT / "pictures", help="where the pictures go")
    arguments = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        for path in take(arguments.cache, arguments.into, browser):
            print(path)


if __name__ == "__main__":
    main()
