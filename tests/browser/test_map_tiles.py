"""A map in tiles, in the app: what is shown, a click, a lasso, a query, a link, and what it says that it does not do."""

import re
from contextlib import closing

import numpy as np
import pytest
from app_server import start_server
from tiled_cache import COUNT, IDS, MODEL, NAME, build

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.progress import finished
from retrieval_core.ranking.search import nearest
from retrieval_core.runs.engine_steps import measure_engines
from retrieval_core.runs.map_steps import list_neighbours
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.engines import chosen_engine, open_index, read_measured
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return build(tmp_path_factory.mktemp("tiled"))


@pytest.fixture(scope="module")
def served(cache):
    with start_server(cache, {}, script="tests/browser/tiled_app.py") as (address, _):
        yield address


@pytest.fixture
def results(cache):
    return open_results(Workspace(cache), NAME, IMPORTED_RUN, MODEL)


def open_map(page, served, **parameters):
    page.set_default_timeout(120_000)
    extra = "".join(f"&{name}={value}" for name, value in parameters.items())
    page.goto(f"{served}/map?dataset={NAME}&run={IMPORTED_RUN}&model={MODEL}&method=pca{extra}")
    page.locator(".stage[data-scene]:is([data-missing='0'], :not([data-missing]))").wait_for(state="attached")


def place(page, results, point: int) -> tuple[float, float]:
    """Where a point lies on the screen in the usual view."""
    xy = results.map(map_choice("pca", "all", None, 0)).xy
    low, high = xy.min(axis=0), xy.max(axis=0)
    half = (high - low).max() / 2
    (x, y), (wide, tall) = ((xy - (low + high) / 2) / half)[point].tolist(), ((high - low) / 2 / half).tolist()
    box = page.locator(".stage").bounding_box()
    scale = 0.94 * min(box["width"] / (2 * wide), box["height"] / (2 * tall))
    return box["x"] + box["width"] / 2 + x * scale, box["y"] + box["height"] / 2 - y * scale


def lonely(results) -> int:
    """A point that nobody lies near to."""
    xy = results.map(map_choice("pca", "all", None, 0)).xy
    return int(np.argmax(np.sort(np.linalg.norm(xy[:, None] - xy[None, :400], axis=2), axis=0)[1]))


def test_a_map_in_tiles_from_the_first_picture_to_a_link(page, served, results):
    open_map(page, served)
    page.locator(f".stage[data-count='{COUNT}']").wait_for(state="attached")
    standing = page.locator(".standing")
    assert f"All photographs of this view are shown, {COUNT:,} of {COUNT:,}." in standing.inner_text()
    assert f"400 of {COUNT:,} laid out, the rest placed by their nearest." in standing.inner_text()
    assert "(5,940)" in page.locator(".legend").inner_text()

    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/files/around/" in request.url else None)
    point = lonely(results)
    where = place(page, results, point)
    with page.expect_response(lambda response: "/files/around/" in response.url):  # who rests on a point is likely to click it
        page.mouse.move(*where)
    page.mouse.click(*where)
    page.locator(f'.head[data-chosen="{IDS[point]}"]').wait_for()
    page.locator(".cards [data-image]").first.wait_for()
    shown = page.locator(".cards [data-image]").evaluate_all("(cards) => cards.map((card) => card.dataset.image)")
    expected = [IDS[point] for point in nearest(results.descriptors[0].matrix, point, 12)[0]]
    assert shown == expected[: len(shown)]
    assert shown
    assert len(asked) == 1

    box = page.locator(".stage").bounding_box()
    page.locator('[data-do="box"]').click()
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3, steps=4)
    page.mouse.up()
    page.locator(".head", has_text=re.compile(f"{COUNT:,} of {COUNT:,} selected")).wait_for()
    page.keyboard.press("Escape")

    page.locator(".stage canvas[role]").focus()
    page.keyboard.press("j")
    page.locator(".head", has_text="AP (Oxford) 100.00").filter(has_text="12 right, 0 wrong").wait_for()
    page.keyboard.press("f")
    page.locator(".wrong", has_text="there is no film strip").wait_for()


def test_a_link_to_a_selection_and_to_what_tiles_lack(page, served):
    open_map(page, served, selection=f"{IDS[5000]},{IDS[17]}", colour="hubness", film="open")
    page.locator(".head", has_text=f"2 of {COUNT:,} selected").wait_for()
    assert page.locator(".film").is_hidden()
    assert page.get_by_text("The link asks for colour").count() == 1
    page.locator(".wrong", has_text="there is no film strip").wait_for()


@pytest.mark.parametrize("script", ["tests/browser/tiled_app.py", "app.py"], ids=["in tiles", "whole"])
def test_a_click_is_answered_by_the_engine_that_the_link_names(page, cache, results, script):
    finished(measure_engines(Workspace(cache), NAME, IMPORTED_RUN, {MODEL: ["faiss-hnsw"]}))
    finished(list_neighbours(Workspace(cache), IMPORTED_RUN, NAME, MODEL))  # which a whole map shows unless an engine is chosen
    recall = read_measured(results, chosen_engine(results, "faiss-hnsw")).recall
    with start_server(cache, {}, script=script) as (address, _):
        open_map(page, address, engine="faiss-hnsw")
        point = lonely(results)
        page.mouse.click(*place(page, results, point))
        page.locator(f'.head[data-chosen="{IDS[point]}"]').wait_for()
        page.locator(".approximate").wait_for()
        assert f"found by faiss-hnsw, recall@10 {100 * recall:.1f} %" in page.locator(".head").inner_text()
        assert "engine=faiss-hnsw" in page.url
        shown = page.locator(".cards [data-image]").evaluate_all("(cards) => cards.map((card) => card.dataset.image)")
        with closing(open_index(results, "faiss-hnsw")) as index:
            positions = index.search(results.descriptors[0].matrix[[point]], 13)[0][0]
        assert shown
        assert shown == [IDS[one] for one in positions if one != point][: len(shown)]
        page.goto("about:blank")  # nothing asks for pictures any more when the app ends
