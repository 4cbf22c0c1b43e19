"""Neighbours of a photograph that is clicked, found by the search engine that the link names: what is told of them beside them."""

import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typed import problems

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))

from tiled_cache import MEMBERS, MODEL, MOST_WHOLE, NAME, build

from pages.web.map.messages import FoundNear
from pages.web.map.tile_messages import Around
from pages.web.routes import ROUTES
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.progress import finished
from retrieval_core.projection import pivots
from retrieval_core.ranking.search import nearest
from retrieval_core.runs.engine_steps import build_indexes, measure_engines
from retrieval_core.stored.engines import chosen_engine, index_path, open_index, read_measured
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

HNSW, POINT, WIDTH = "faiss-hnsw:ef=1", 1234, 96  # one candidate: it misses some
OF = f"/files/neighbours-of/{NAME}/{MODEL}?run={IMPORTED_RUN}&subset="


@pytest.fixture
def cache(tmp_path):
    return build(tmp_path)


@pytest.fixture
def client(cache, monkeypatch):
    monkeypatch.setattr(pivots, "MOST_WHOLE", MOST_WHOLE)
    monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
    st.cache_resource.clear()
    yield TestClient(Starlette(routes=ROUTES), base_url="http://localhost", client=("127.0.0.1", 1))
    st.cache_resource.clear()


def results_of(cache):
    return open_results(Workspace(cache), NAME, IMPORTED_RUN, MODEL)


def around(client, engine, caller=None):
    scene = client.get(f"/files/scene/{NAME}?run={IMPORTED_RUN}&method=pca&subset=all").json()
    answer = client.get(f"/{scene['models'][0]['tiles']['around']}&point={POINT}&engine={engine}", headers=caller)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_approximate_engine_finds_what_it_finds_and_says_its_recall(client, cache):
    finished(build_indexes(Workspace(cache), NAME, IMPORTED_RUN, [MODEL], HNSW))
    answer = client.get(f"{OF}all&point={POINT}&engine={HNSW}")
    assert "cache-control" not in answer.headers  # it may be measured at any time
    found = answer.json()
    assert problems(found, FoundNear) == []
    assert found["approximate"]
    assert found["found_by"] == f"Approximate: found by {HNSW}, recall not measured, so some of the nearest may be missing."
    with closing(open_index(results_of(cache), HNSW)) as index:
        positions, _ = index.search(results_of(cache).descriptors[0].matrix[[POINT]], WIDTH + 1)
    assert POINT not in found["points"]
    assert found["points"] == [one for one in positions[0] if one != POINT][:WIDTH]
    assert found["similarities"] == sorted(found["similarities"], reverse=True)
    finished(measure_engines(Workspace(cache), NAME, IMPORTED_RUN, {MODEL: [HNSW]}))
    recall = read_measured(results_of(cache), chosen_engine(results_of(cache), HNSW)).recall
    assert f"recall@10 {100 * recall:.1f} %" in client.get(f"{OF}all&point={POINT}&engine={HNSW}").json()["found_by"]
    told = around(client, HNSW)
    assert problems(told, Around) == []
    assert (told["points"], told["approximate"]) == (found["points"], True)
    assert f"recall@10 {100 * recall:.1f} %" in told["found_by"]


@pytest.mark.parametrize("engine", ["exact", "faiss-flat"])
def test_an_exact_engine_finds_the_nearest_and_is_not_called_approximate(client, cache, engine):
    points, similarities = nearest(results_of(cache).descriptors[0].matrix, POINT, WIDTH)
    for found in (client.get(f"{OF}all&point={POINT}&engine={engine}").json(), around(client, engine)):
        assert found["points"] == points.tolist()
        np.testing.assert_allclose(found["similarities"], similarities, atol=1e-4)
        assert not found["approximate"]
        assert found["found_by"] == ("" if engine == "exact" else "Found by faiss-flat, recall not measured.")


def test_among_few_an_engine_compares_all_and_numbers_are_those_of_the_subset(client, cache):
    """The labelled are the first MEMBERS of three clusters: the fifth of the second is point MEMBERS + 4 in either numbering."""
    finished(build_indexes(Workspace(cache), NAME, IMPORTED_RUN, [MODEL], HNSW))
    found = client.get(f"{OF}labelled&point={MEMBERS + 4}&engine={HNSW}").json()
    exactly = client.get(f"{OF}labelled&point={MEMBERS + 4}").json()
    assert (found["points"], found["approximate"], found["found_by"]) == (exactly["points"], False, "")
    assert len(found["points"]) == 3 * MEMBERS - 1


def test_what_does_not_hold_the_descriptors_is_not_opened_and_the_answer_is_exact(client, cache, monkeypatch):
    from retrieval_core.ranking import milvus

    monkeypatch.setattr(milvus, "_connect", lambda address: pytest.fail(f"{address} was called"))
    expected = nearest(results_of(cache).descriptors[0].matrix, POINT, WIDTH)[0].tolist()
    finished(build_indexes(Workspace(cache), NAME, IMPORTED_RUN, [MODEL], "faiss-ivfpq"))
    results = results_of(cache)
    path = index_path(results, chosen_engine(results, "faiss-ivfpq"))
    record = results.workspace.record(path)
    with results.workspace.writing(path, dict(record.inputs) | {"descriptors": "0" * 64}, notes=record.notes) as temporary:
        temporary.write_bytes(path.read_bytes())
    for engine, why in (
        (HNSW, "the index is not built yet"), ("milvus:http://elsewhere:19530", "the index is not built yet"),
        ("faiss-ivfpq", "the index is of other descriptors than these"),
    ):  # fmt: skip
        for found in (client.get(f"{OF}all&point={POINT}&engine={engine}").json(), around(client, engine)):
            assert (found["points"], found["approximate"]) == (expected, False)
            assert found["found_by"] == f"{engine} does not hold its descriptors: {why}, so they are found by exact search."


def test_an_engine_that_is_none_is_refused_and_a_visitor_sees_no_path(client):
    answer = client.get(f"{OF}all&point=0&engine=fast")
    assert (answer.status_code, "Unknown search engine" in answer.text) == (404, True)
    visitor = {"x-forwarded-for": "10.1.2.3"}
    for found in (client.get(f"{OF}all&point=0&engine=milvus:/home/me/a.db", headers=visitor).json(),
                  around(client, "milvus:/home/me/a.db", visitor)):  # fmt: skip
        assert "/home/me" not in found["found_by"]
        assert "does not hold" in found["found_by"]
