"""The page Unlabelled: a button judges what is missing, figures and table are the core's, a decision leads to the map."""

import numpy as np
import pytest
import streamlit as st
from looking import end_of_work, stored, texts
from own_photographs import write_photographs
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typed import problems

from pages.web.map.messages import ColouringValues
from pages.web.map_choice import MapChoice
from pages.web.map_scene import aligned
from pages.web.routes import ROUTES
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.feedback.unlabelled.choice import make_choice
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.feedback.unlabelled.table import unlabelled_table
from retrieval_core.projection.border import border
from retrieval_core.stored.unlabelled import found_apart, last_apart
from retrieval_core.workspace import Workspace


@pytest.fixture
def judged(cache):
    """A cache in which 1d was judged with 5 draws, and 1c is the second view."""
    words = ["unlabelled", "--models", "1d", "--second", "1c", "--draws", "5"]
    assert main(["--cache", str(cache), *words]) == 0
    return cache


def test_the_judgement_of_what_is_there_and_one_method_from_near(open_page, judged):
    app = open_page("Unlabelled", judged, model="1d", draws="5", second="1c", apart="nnpu", prior="0.2", measure="recall")
    expected = unlabelled_table(found_apart(
        [stored(judged, "1d")], [make_choice(name, draws=5, prior=0.2, second="1c") for name in METHODS]))  # fmt: skip
    [table] = [one.value for one in app.dataframe]
    assert table["method"].tolist() == expected["method"].tolist()
    assert table["recall"].tolist() == pytest.approx(expected["recall"].tolist())
    specs = [chart.proto.spec for chart in app.get("plotly_chart")]
    assert "recall of the hidden ones, percent" in specs[0]
    assert "the share of positives among the unlabelled that nnPU is given" in specs[1]
    assert "distance to the 10th neighbour" in specs[2]
    said = texts(app.markdown)
    assert METHODS["nnpu"].assumes in said
    assert "Does that hold here?" in said
    assert "precision is exact" in texts(app.caption)
    begin = next(one for one in app.button if one.label.startswith("Judge all methods under"))
    assert "1d" not in begin.label


def test_work_begins_from_the_page_and_is_shown_when_it_is_done(open_page, judged):
    app = open_page("Unlabelled", judged, model="1d", draws="5", second="1c")
    assert "unlabelled --dataset town --run quick --share 0.2 --draws 5 --prior 0.1 --second 1c --models" in texts(app.caption)
    next(one for one in app.button if one.label.startswith("Judge all methods under 1a, 1b")).click().run()
    assert "At work now:" in texts(app.caption)
    assert end_of_work(judged).state == "done"
    app.run()
    assert not [one for one in app.button if one.label.startswith("Judge all methods")]
    assert set(app.dataframe[0].value.index) == {"1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "2a", "2t"}


def test_a_method_that_was_not_tried_and_values_that_can_not_be(open_page, judged):
    app = open_page("Unlabelled", judged, model="1d", draws="5", second="1a", apart="co-training")
    assert "It was not tried under this model with these settings" in texts(app.info)
    app = open_page("Unlabelled", judged, model="1d", draws="5", second="1c", apart="kmeans")
    assert "asks for apart" in texts(app.warning)
    app = open_page("Unlabelled", judged, model="1d", draws="7", hidden="<b>", measure="f1", prior="2", second="1d")
    for name in ("draws", "hidden", "measure", "prior", "second"):
        assert f"asks for {name}" in texts(app.warning)


def test_the_map_is_served_the_decision_and_its_border(judged, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(judged))
    st.cache_resource.clear()
    address = "/files/colouring/town/1d?run=quick&method=tsne&subset={}&settings=&seed=0&colour=decision:svm"
    found = last_apart(stored(judged, "1d"), "svm")
    decisions = dict(zip(found.ids, found.decisions.tolist(), strict=True))
    for subset in ("all", "labelled"):
        served = TestClient(Starlette(routes=ROUTES)).get(address.format(subset)).json()
        assert problems(served, ColouringValues) == []
        choice = MapChoice("quick", "tsne", subset)
        made = aligned("town", choice)["1d"]
        assert served["values"] == pytest.approx([decisions[image_id] for image_id in made.ids], rel=1e-5)
        assert np.array(served["border"]).ravel() == pytest.approx(border(made.xy, np.array(served["values"])).ravel(), abs=1e-4)
    answer = TestClient(Starlette(routes=ROUTES)).get(address.format("all").replace("1d?", "1c?"))
    assert (answer.status_code, "page Unlabelled" in answer.text) == (404, True)
    st.cache_resource.clear()


def test_a_dataset_without_labels_says_so(open_page, cache, tmp_path):
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "run", "--dataset", "flat", "--models", "1c", "--device", "cpu"]) == 0
    app = open_page("Unlabelled", cache, dataset="flat", model="1c")
    assert "flat has no labelled photographs" in texts(app.info)
    assert not app.dataframe
