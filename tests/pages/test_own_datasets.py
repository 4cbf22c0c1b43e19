"""Datasets of one's own on every page: photographs without ground truth, and descriptors without photographs."""

import shutil

import pytest
import streamlit as st
from caches import linked_cache
from looking import PAGES, shared, stored, texts, views
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.web.routes import ROUTES
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.export import export_descriptors
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace


@pytest.fixture(scope="module")
def own_cache(town_cache, tmp_path_factory):
    """A cache with `flat`, the town's photographs without their ground truth, and `rows`, descriptors of them."""
    root = tmp_path_factory.mktemp("own")
    linked_cache(town_cache, root / "cache")
    workspace = Workspace(root / "cache")
    shutil.copytree(town_cache / "town" / "photographs" / "jpg", root / "flat")
    add_dataset(workspace, "flat", root / "flat")
    database, queries = stored(town_cache, "1h").descriptors
    export_descriptors(open_dataset(workspace, "town"), root / "rows", database.matrix, queries.matrix)
    add_dataset(workspace, "rows", root / "rows" / "descriptors.npy", model="1e", queries=root / "rows" / "queries.npy")
    for name in ("flat", "rows"):
        for _ in run(workspace, name, Settings(device="cpu", start="shapes", models=("1c", "1e"))):
            pass
    return root / "cache"


@pytest.mark.parametrize("page", PAGES)
def test_photographs_without_ground_truth_open_on_every_page(open_page, own_cache, page):
    app = open_page(page, own_cache, dataset="flat", model="1c")
    assert not app.error, texts(app.error)
    if page == "Map":
        assert shared(app)["scene"].startswith("files/scene/flat")
    if page in ("Query", "Compare"):
        assert "flat" in texts(app.info)


def test_where_there_is_no_query_photographs_are_offered_and_looked_at_from_all_sides(open_page, own_cache):
    images = [image.id for image in open_dataset(Workspace(own_cache), "flat").images]
    app = open_page("Query", own_cache, dataset="flat", model="1c")
    assert "click one below" in texts(app.info)
    assert [card["id"] for card in views(app)["strips"]["strips"][0]["cards"]] == images[:24]
    for show, kind in (("after", "strips"), ("why", "heat")):
        app = open_page("Query", own_cache, dataset="flat", model="1c", photo=images[3], show=show)
        assert not app.info, texts(app.info)
        assert kind in views(app)
    for show in ("machine", "flow"):
        app = open_page("Query", own_cache, dataset="flat", model="1c", photo=images[3], show=show)
        assert "Average precision needs a ground truth" in texts(app.info)


@pytest.mark.parametrize(("part", "said"), [("variants", "nothing says what a variant bought"), ("break", "The chart is of AP")])
def test_parts_of_the_laboratory_say_what_they_lack_without_ground_truth(open_page, own_cache, part, said):
    app = open_page("Laboratory", own_cache, dataset="flat", model="1c", part=part)
    assert said in texts(app.info)
    assert "--ground-truth" in texts(app.info)


@pytest.mark.parametrize("page", PAGES)
def test_descriptors_without_photographs_open_on_every_page(open_page, own_cache, page):
    app = open_page(page, own_cache, dataset="rows", model="1e")
    assert not app.error, texts(app.error)
    if page == "Start":
        assert list(app.dataframe[0].value["model"]) == ["1e"]
        assert "imported" in app.dataframe[0].value["start"][0]
    if page == "Compare":
        assert list(app.dataframe[0].value.columns) == ["1e"]
        assert "imported from `descriptors.npy`" in texts(app.markdown)


def test_what_is_served_of_a_dataset_without_photographs(own_cache, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(own_cache))
    st.cache_resource.clear()
    client = TestClient(Starlette(routes=ROUTES))
    scene = client.get("/files/scene/rows?run=imported&method=tsne&subset=all").json()
    assert scene["sheets"]["files"] == []
    assert {query["box"] for query in scene["queries"]} == {None}
    assert [model["key"] for model in scene["models"]] == ["1e"]
    pictures = [client.get(f"/files/photograph/rows/{image_id}") for image_id in client.get(f"/{scene['files']['ids']}").json()]
    assert {picture.status_code for picture in pictures} == {200}
    assert len({picture.content for picture in pictures}) == 1
    flat = client.get("/files/scene/flat?run=quick&method=tsne&subset=all").json()
    assert (flat["queries"], flat["landmarks"], len(flat["sheets"]["files"])) == ([], [], 1)
    st.cache_resource.clear()
