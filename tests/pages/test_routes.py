import hashlib
import io
import json
import shutil

import numpy as np
import pytest
import streamlit as st
from looking import stored
from PIL import Image
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.web import map_scene
from pages.web.map_choice import MapChoice
from pages.web.routes import ROUTES
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.ranking.search import nearest
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.artefacts import map_choice
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
                    *(model[name] for name in ("places", "neighbours", "central", "queries"))):  # fmt: skip
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
    ranks = np.frombuffer(client.get(f"/{model['central']}").content, np.float32)
    assert [ranks[labels == label].sum() for label in set(labels.tolist())] == pytest.approx([1] * len(set(labels.tolist())))
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
        ("/files/scene/town", "it has no run"),
        ("/files/sheet/town/77", "no sheet 77"),
        ("/files/places/town/9z?run=quick&method=tsne&subset=all", "9z"),
        ("/files/places/town/1d?run=no-such-run&method=tsne&subset=all", "no such map"),
        ("/files/queries/town/1d?run=no-such-run&subset=all", "no-such-run"),
        ("/files/scene/town?run=quick&method=tsne&subset=all&seed=x", "seed 'x'"),
        ("/files/neighbours-of/town/1d?run=quick&subset=all&point=29", "has 29, from 0"),
        ("/files/central/town/1d?run=no-such-run&subset=all", "follows from neighbour lists, and there are none"),
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


def addresses(client):
    """An address of every kind that the map asks for, with the `v` that it is given."""
    description = scene(client)
    model, photograph = one(description, "1d"), description["files"]["photograph"]
    version = description["files"]["version"]
    return [f"{photograph}brock_tower_000001?v={version}", f"files/crop/town/brock_tower_1?v={version}",
            *description["sheets"]["files"], description["files"]["ids"], description["files"]["labels"], model["places"],
            model["neighbours"], f"{model['search']}&point=0", model["queries"]]  # fmt: skip


def is_kept(answer):
    assert answer.status_code == 200, answer.text
    return "immutable" in answer.headers.get("cache-control", "")


def test_only_what_an_address_names_exactly_is_kept(serve, town_cache):
    client = serve(town_cache)
    for address in addresses(client):
        right, version = client.get(f"/{address}"), address.split("v=")[1].split("&")[0]
        wrong = client.get("/" + address.replace(f"v={version}", "v=00000000"))
        without = client.get("/" + address.replace(f"v={version}", ""))
        assert is_kept(right), address
        assert not is_kept(wrong), address
        assert not is_kept(without), address
        assert right.content == wrong.content == without.content, address


def test_a_scene_is_kept_under_its_own_version_only(serve, town_cache):
    client = serve(town_cache)
    choice = MapChoice("quick", "tsne")
    address = f"/files/scene/town?{choice.address()}&v="
    assert is_kept(client.get(address + map_scene.version("town", choice)))
    assert not is_kept(client.get(f"{address}00000000"))
    assert not is_kept(client.get(address))


def test_another_ground_truth_gives_rankings_another_address_and_photographs_the_same(serve, cache):
    client = serve(cache)
    before = one(scene(client), "1d")
    photograph = scene(client)["files"]["version"]
    rankings = client.get(f"/{before['queries']}").json()
    good = cache / "town" / "photographs" / "lab" / "castle_gate_1_good.txt"
    lines = good.read_text().splitlines()
    good.write_text("\n".join(lines[:-1]) + "\n")
    after = one(scene(client), "1d")
    assert after["queries"] != before["queries"]
    assert not is_kept(client.get(f"/{before['queries']}"))
    assert is_kept(client.get(f"/{after['queries']}"))
    # The APs of the old ground truth are not shown for the new one; descriptors, photographs and maps stay what they are.
    assert {tuple(entry["ap"]) for entry in client.get(f"/{after['queries']}").json().values()} == {(None, None)}
    assert (scene(client)["files"]["version"], after["places"]) == (photograph, before["places"])
    for _ in run(Workspace(cache), "town", Settings(run="quick", device="cpu", models=("1d",)), ("describe", "score")):
        pass
    scored = one(scene(client), "1d")
    assert scored["queries"] not in (before["queries"], after["queries"])
    now = client.get(f"/{scored['queries']}").json()
    assert now["castle_gate_1"]["ap"] != rankings["castle_gate_1"]["ap"]
    assert now["brock_tower_1"] == rankings["brock_tower_1"]
    assert not is_kept(client.get(f"/{after['queries']}"))


def test_places_of_all_models_have_another_address_when_one_map_is_another(serve, cache):
    client = serve(cache)
    before = scene(client)
    made = stored(cache, "1a").map_record(map_choice("tsne", "all", None, 0)).file
    folder = cache / "town" / "quick"
    # The map of 1c in place of that of 1a, on which all others are laid.
    data = (folder / "1c" / "maps" / made).read_bytes()
    (folder / "1a" / "maps" / made).write_bytes(data)
    manifest = folder / "1a" / "maps" / "manifest.json"
    content = json.loads(manifest.read_text())
    content["artefacts"][made] |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    manifest.write_text(json.dumps(content))
    after = scene(client)
    for key in ("1a", "1d", "1h"):
        assert one(after, key)["places"] != one(before, key)["places"]
        assert not is_kept(client.get(f"/{one(before, key)['places']}"))
        assert is_kept(client.get(f"/{one(after, key)['places']}"))
        assert one(after, key)["queries"] == one(before, key)["queries"]
