"""What the app sends of a map in tiles, against the map itself and brute force."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typed import problems

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from tiled_cache import COUNT, IDS, MEMBERS, MODEL, MOST_WHOLE, NAME, PIVOTS, build

from pages.web import scene_points, tiles
from pages.web.map.messages import Scene
from pages.web.map.tile_messages import Around, Inside, PointRows, Tree
from pages.web.routes import ROUTES
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError
from retrieval_core.projection import pivots
from retrieval_core.ranking.search import nearest
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

CHOICE = f"run={IMPORTED_RUN}&method=pca&subset=all"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return build(tmp_path_factory.mktemp("tiled"))


@pytest.fixture
def client(cache, monkeypatch):
    monkeypatch.setattr(pivots, "MOST_WHOLE", MOST_WHOLE)
    monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
    st.cache_resource.clear()
    yield TestClient(Starlette(routes=ROUTES))
    st.cache_resource.clear()


@pytest.fixture
def scene(client):
    return client.get(f"/files/scene/{NAME}?{CHOICE}").json()


@pytest.fixture
def addresses(scene):
    return {kind: f"/{address}" for kind, address in scene["models"][0]["tiles"].items()}


@pytest.fixture
def results(cache):
    return open_results(Workspace(cache), NAME, IMPORTED_RUN, MODEL)


def places(results) -> np.ndarray:
    """As a scene has them: moved and scaled to lie within -1 … 1."""
    xy = results.map(map_choice("pca", "all", None, 0)).xy
    low, high = xy.min(axis=0), xy.max(axis=0)
    return (xy - (low + high) / 2) / ((high - low).max() / 2)


def test_a_scene_in_tiles_says_what_it_is(scene):
    assert problems(scene, Scene) == []
    model = scene["models"][0]
    assert scene["tiled"]["counts"] == [MEMBERS] * 3 + [COUNT - 3 * MEMBERS]
    assert (model["pivots"], model["neighbours"], model["central"], scene["colourings"]) == (PIVOTS, None, None, [])
    assert "PCA of 6,000 photographs (400 of them laid out, the rest placed by their nearest)" in model["caption"]
    assert "film strip" in scene["tiled"]["off"]


def test_up_to_the_limit_nothing_is_in_tiles(client, monkeypatch):
    monkeypatch.setattr(pivots, "MOST_WHOLE", COUNT)
    scene = client.get(f"/files/scene/{NAME}?{CHOICE}").json()
    assert (scene["tiled"], scene["models"][0]["tiles"]) == (None, None)
    assert scene["colourings"] != []


def test_the_tiles_hold_every_point_once_with_its_place_landmark_and_id(client, addresses, results):
    answer = client.get(addresses["tree"])
    assert "immutable" in answer.headers["cache-control"]
    assert problems(answer.json(), Tree) == []
    seen, ranks, xy = [], [], places(results)
    for depth, column, row, count, first in answer.json()["tiles"]:
        answer = client.get(f"{addresses['tile']}&tile={depth}-{column}-{row}")
        assert "immutable" in answer.headers["cache-control"]
        content = answer.content
        points = np.frombuffer(content, np.int32, count)
        assert np.frombuffer(content, np.int32, count, 4 * count)[0] == first
        np.testing.assert_allclose(np.frombuffer(content, np.float32, 2 * count, 8 * count).reshape(-1, 2), xy[points], atol=1e-6)
        labels = np.frombuffer(content, np.uint16, count, 20 * count)
        assert labels.tolist() == [point // MEMBERS if point < 3 * MEMBERS else 65535 for point in points]
        assert json.loads(content[22 * count :]) == [IDS[point] for point in points]
        seen += points.tolist()
        ranks += np.frombuffer(content, np.int32, count, 4 * count).tolist()
    assert sorted(seen) == sorted(ranks) == list(range(COUNT))


def test_an_address_without_a_version_is_answered_and_not_kept(client, addresses):
    answer = client.get(addresses["tree"].partition("&v=")[0])
    assert answer.status_code == 200
    assert "cache-control" not in answer.headers


@pytest.mark.parametrize(("kind", "more", "question"), [
    ("tree", "", None), ("tile", "&tile=0-0-0", None), ("around", "&point=1", None), ("rows", "", {"points": [1]}),
    ("inside", "", {"outline": [[0, 0], [0, 1], [1, 0]], "unlabelled": True}),
])  # fmt: skip
def test_who_holds_an_earlier_map_is_told_so_and_given_no_points_of_the_present_one(client, addresses, kind, more, question):
    ask = lambda address: client.post(address, json=question) if question else client.get(address)  # noqa: E731
    assert ask(addresses[kind] + more).status_code == 200
    answer = ask(addresses[kind].partition("&v=")[0] + "&v=earlier" + more)
    assert (answer.status_code, "made anew" in answer.text) == (404, True)


@pytest.mark.parametrize(("name", "words"), [("x", "depth-column-row"), ("9-0", "depth-column-row"), ("0-7-7", "no tile 0-7-7")])
def test_a_tile_that_is_none_says_so(client, addresses, name, words):
    answer = client.get(f"{addresses['tile']}&tile={name}")
    assert (answer.status_code, words in answer.text) == (404, True)
    assert client.get(addresses["tile"]).status_code == 400


def test_a_click_is_answered_with_the_exact_neighbours_and_the_nearest_on_the_map(client, addresses, results):
    answer = client.get(f"{addresses['around']}&point=1234").json()
    assert problems(answer, Around) == []
    found, similarities = nearest(results.descriptors[0].matrix, 1234, 96)
    assert (answer["point"], answer["points"]) == (1234, found.tolist())
    np.testing.assert_allclose(answer["similarities"], similarities, atol=1e-4)
    xy = places(results).astype(np.float32).astype(float)
    apart = ((xy - xy[1234]) ** 2).sum(axis=1)
    apart[1234] = np.inf
    np.testing.assert_allclose(apart[answer["near"]], np.sort(apart)[: len(found)], rtol=1e-3)
    assert set(answer["rows"]["points"]) == {1234, *answer["points"], *answer["near"]}
    assert answer["rows"]["ids"] == [IDS[point] for point in answer["rows"]["points"]]
    np.testing.assert_allclose(answer["rows"]["xy"], xy[answer["rows"]["points"]], atol=1e-6)


def test_a_query_is_answered_with_its_ranking_and_its_average_precision(client, addresses, results):
    answer = client.get(f"{addresses['around']}&query=tower1_1").json()
    assert problems(answer, Around) == []
    assert answer["point"] == MEMBERS
    assert set(answer["points"][: MEMBERS // 2]) <= set(range(MEMBERS, 2 * MEMBERS))
    score = next(one for one in results.scores if one.query_id == "tower1_1")
    assert answer["ap"] == [score.ap_oxford, score.ap_finite_sum]
    assert client.get(f"{addresses['around']}&query=nobody").status_code == 404
    assert client.get(f"{addresses['around']}&point={COUNT}").status_code == 404


def test_a_query_whose_photograph_is_not_on_the_map_says_so(client, addresses, monkeypatch):
    without = scene_points.Members([f"other{number}" for number in range(COUNT)], np.zeros(COUNT, np.uint16))
    monkeypatch.setattr(tiles, "members", lambda *_: without)
    answer = client.get(f"{addresses['around']}&query=tower1_1")
    assert (answer.status_code, "is not among the photographs of this map" in answer.text) == (404, True)


def test_more_landmarks_than_there_are_numbers_are_refused_in_words():
    images = tuple(Image(f"{number:05d}", "", f"landmark {number:05d}") for number in range(scene_points.UNLABELLED + 1))
    with pytest.raises(RetrievalError, match=r"many has 65,536 landmarks, and a map has numbers for 65,535\."):
        scene_points.label_numbers(Dataset("many", images, ()), "all")
    assert scene_points.label_numbers(Dataset("many", images[1:], ()), "all").max() == scene_points.UNLABELLED - 1


def test_single_points_are_told_by_number_and_by_id(client, addresses):
    rows = client.post(addresses["rows"], content=json.dumps({"points": [7, 3]})).json()
    assert problems(rows, PointRows) == []
    assert (rows["points"], rows["ids"], rows["labels"]) == ([7, 3], [IDS[7], IDS[3]], [0, 0])
    by_id = client.post(addresses["rows"], content=json.dumps({"ids": [IDS[7], "nobody", IDS[3]]})).json()
    assert by_id == rows


@pytest.mark.parametrize(
    "question",
    ["", "{", "[]", '{"points": [1.5]}', '{"points": [true]}', '{"points": [-1]}', '{"points": [6000]}', '{"ids": [1]}', "NaN"],
)
def test_a_question_that_cannot_be_read_says_so(client, addresses, question):
    answer = client.post(addresses["rows"], content=question)
    assert answer.status_code in (400, 404)
    assert answer.text.endswith(".")


def test_more_points_than_a_selection_holds_are_not_told(client, addresses, monkeypatch):
    monkeypatch.setattr(tiles, "MOST_SELECTED", 5)
    answer = client.post(addresses["rows"], content=json.dumps({"points": list(range(6))}))
    assert (answer.status_code, "at most 5" in answer.text) == (404, True)


@pytest.mark.parametrize("unlabelled", [True, False])
def test_a_lasso_holds_what_lies_inside(client, addresses, results, monkeypatch, unlabelled):
    xy, outline = places(results), [[-0.4, -0.4], [0.5, -0.3], [0.2, 0.6]]
    (x1, y1), (x2, y2), (x3, y3) = outline
    area = (x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)
    two = ((xy[:, 0] - x1) * (y3 - y1) - (x3 - x1) * (xy[:, 1] - y1)) / area
    three = ((x2 - x1) * (xy[:, 1] - y1) - (xy[:, 0] - x1) * (y2 - y1)) / area
    expected = np.flatnonzero((two >= 0) & (three >= 0) & (two + three <= 1))
    expected = expected if unlabelled else expected[expected < 3 * MEMBERS]
    ask = lambda: client.post(addresses["inside"], content=json.dumps({"outline": outline, "unlabelled": unlabelled})).json()  # noqa: E731
    found = ask()
    assert problems(found, Inside) == []
    assert (found["count"], found["rows"]["points"]) == (len(expected), expected.tolist())
    monkeypatch.setattr(tiles, "MOST_SELECTED", len(outline))
    assert ask() == {"count": len(expected), "rows": None} if len(expected) > 3 else True


@pytest.mark.parametrize("outline", ["x", [], [[1]], [["a", "b"]], [[0, 1], [2]]])
def test_a_lasso_that_is_none_says_so(client, addresses, outline):
    answer = client.post(addresses["inside"], content=json.dumps({"outline": outline, "unlabelled": True}))
    assert (answer.status_code, answer.text.endswith(".")) == (404, True)
