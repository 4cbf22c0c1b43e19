import io
import shutil

import numpy as np
import pytest
import streamlit as st
from looking import stored
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.web.routes import ROUTES
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.ranking.search import nearest
from retrieval_core.workspace import Workspace


@pytest.fixture
def serve(monkeypatch):
    """What the app serves beside its pages, from a cache."""

    def serve_it(cache):
        monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
        st.cache_resource.clear()
        return TestClient(Starlette(routes=ROUTES))

    yield serve_it
    st.cache_resource.clear()


def scene(client, subset="all"):
    answer = client.get(f"/files/scene/town?run=quick&method=tsne&subset={subset}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def one(description, key):
    return next(model for model in description["models"] if model["key"] == key)


def test_a_scene_says_what_it_is_and_names_every_file(serve, town_cache):
    client = serve(town_cache)
    description = scene(client)
    model = one(description, "1c")
    for expected in ("t-SNE of 29 photographs", "model 1c", "seed 0", "perplexity", "Trustworthiness", "kNN overlap"):
        assert expected in model["caption"]
    for address in (*description["sheets"]["files"], description["files"]["ids"], description["files"]["labels"],
                    *(model[name] for name in ("places", "neighbours", "queries"))):  # fmt: skip
        answer = client.get(f"/{address}")
        assert answer.status_code == 200, answer.text
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("subset", ["all", "labelled"])
def test_ids_landmarks_places_and_neighbours_are_row_for_row_the_same_photographs(serve, town_cache, subset):
    client, dataset = serve(town_cache), open_dataset(Workspace(town_cache), "town")
    description = scene(client, subset)
    ids = client.get(f"/{description['files']['ids']}").json()
    labels = np.frombuffer(client.get(f"/{description['files']['labels']}").content, np.uint16)
    names = [landmark["name"] for landmark in description["landmarks"]]
    assert [names[label] if label < 65535 else None for label in labels] == [dataset.image(image_id).label for image_id in ids]
    model = one(description, "1d")
    places = np.frombuffer(client.get(f"/{model['places']}").content, np.float32)
    assert len(places) == 3 * len(ids)
    assert np.abs(places[: 2 * len(ids)]).max() <= 1 + 1e-6
    content = client.get(f"/{model['neighbours']}").content
    found = np.frombuffer(content[: len(content) // 2], np.int32).reshape(len(ids), -1)
    database, _ = stored(town_cache, "1d").descriptors
    matrix = database.matrix[[database.row(image_id) for image_id in ids]]
    for row in (0, 7, len(ids) - 1):
        assert found[row].tolist() == nearest(matrix, row, len(ids))[0].tolist()
        one_by_one = client.get(f"/{model['search']}&point={row}").json()
        assert one_by_one["points"] == found[row].tolist()
    for query in description["queries"]:
        assert ids[query["point"]] == dataset.query(query["id"]).image_id
        assert {ids[point] for point in query["good"]} == set(dataset.query(query["id"]).good) & set(ids)


def test_query_rankings_come_with_their_ap(serve, town_cache):
    client = serve(town_cache)
    rankings = client.get(f"/{one(scene(client), '1f')['queries']}").json()
    for score in stored(town_cache, "1f").scores:
        assert rankings[score.query_id]["ap"] == [score.ap_oxford, score.ap_finite_sum]
        assert sorted(rankings[score.query_id]["similarities"], reverse=True) == rankings[score.query_id]["similarities"]


def test_photographs_are_small_jpegs(serve, town_cache):
    answer = serve(town_cache).get("/files/photograph/town/brock_tower_000001")
    assert max(Image.open(io.BytesIO(answer.content)).size) <= 360


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/files/photograph/town/no_such_photograph", "no_such_photograph"),
        ("/files/scene/nowhere?run=quick&method=tsne&subset=all", "nowhere"),
        ("/files/scene/town?run=quick&method=tsne&subset=most", "most"),
        ("/files/scene/town", "not complete"),
        ("/files/sheet/town/77", "no sheet 77"),
        ("/files/places/town/9z?run=quick&method=tsne&subset=all", "9z"),
    ],
)
def test_what_is_not_there_is_said_in_words(serve, town_cache, address, words):
    answer = serve(town_cache).get(address)
    assert answer.status_code in (400, 404)
    assert words in answer.text


def test_a_photograph_that_broke_is_named(serve, town_cache, tmp_path):
    cache = tmp_path / "cache"
    shutil.copytree(town_cache / "town", cache / "town")
    (cache / "town" / "photographs" / "jpg" / "castle_gate_000001.jpg").write_bytes(b"not a picture")
    answer = serve(cache).get("/files/photograph/town/castle_gate_000001")
    assert answer.status_code == 404
    assert "castle_gate_000001.jpg" in answer.text
