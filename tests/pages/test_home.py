"""The page Start as a home: what the browser is given of finished and half finished runs, of small datasets, of one that goes on."""

import json
import shutil
import time

import pytest
import streamlit as st
from looking import stored
from starlette.applications import Starlette
from starlette.testclient import TestClient

from pages.state import link
from pages.web.routes import ROUTES
from pages.widgets import home
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.evaluation.ledger import ledger
from retrieval_core.runs import jobs
from retrieval_core.runs.plan import run
from retrieval_core.runs.settings import Settings
from retrieval_core.workspace import Workspace

MODELS = ["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h", "2a", "2t"]
ONLY_2A = Settings(device="cpu", start="shapes", models=("2a",))


def drawn(app) -> dict:
    """What the browser is given of the home; empty where there is none."""
    found = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return next((view for view in found if "maps" in view), {})


def served(cache, monkeypatch):
    monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
    st.cache_resource.clear()
    return TestClient(Starlette(routes=ROUTES))


@pytest.fixture(scope="module")
def own_cache(town_cache, tmp_path_factory):
    """A cache with datasets that 2a alone has described: `flat` without queries, `gate` of one landmark, `single` of one photograph."""
    root = tmp_path_factory.mktemp("own")
    (root / "cache").mkdir()
    photographs = sorted((town_cache / "town" / "photographs" / "jpg").iterdir())
    folders = {
        "flat": photographs, "single": photographs[:1],
        "gate": [path for path in photographs if path.name.startswith("castle_gate")],
    }  # fmt: skip
    workspace = Workspace(root / "cache")
    for name, paths in folders.items():
        (root / name / "jpg").mkdir(parents=True)
        for path in paths:
            shutil.copy(path, root / name / "jpg")
    (root / "gate" / "lab").mkdir()
    for path in (town_cache / "town" / "photographs" / "lab").glob("castle_gate_*"):
        shutil.copy(path, root / "gate" / "lab")
    for name in folders:
        add_dataset(workspace, name, root / name if name == "gate" else root / name / "jpg")
        for _ in run(workspace, name, ONLY_2A):
            pass
    return root / "cache"


def test_every_model_has_a_map_that_is_served_with_its_map_in_percent(open_page, town_cache, monkeypatch):
    view = drawn(open_page("Start", town_cache))
    models = view["maps"]["models"]
    assert [model["key"] for model in models] == MODELS
    client = served(town_cache, monkeypatch)
    for model in models:
        answer = client.get(f"/{model['places']}")
        assert len(answer.content) == 29 * 3 * 4
        assert "immutable" in answer.headers["cache-control"]
        assert model["map"] == pytest.approx(stored(town_cache, model["key"]).score_file["map_oxford"])
    assert len(client.get(f"/{view['maps']['labels']}").content) == 29 * 2
    assert len(view["maps"]["hues"]) == 3


def test_the_queries_that_gain_most_are_shown_under_the_weakest_and_the_best_model(open_page, town_cache):
    view = drawn(open_page("Start", town_cache))
    means = {model["key"]: model["map"] for model in view["maps"]["models"]}
    ends = [min(means, key=means.get), max(means, key=means.get)]
    first, second = ({one.query_id: one.ap_oxford for one in stored(town_cache, key).scores} for key in ends)
    dataset = stored(town_cache, "1a").dataset
    shown = [query["id"] for query in view["queries"]]
    assert len({dataset.query(name).label for name in shown}) == len(shown) == 3
    assert shown[0] == max(first, key=lambda name: second[name] - first[name])
    for query in view["queries"]:
        assert [strip["model"] for strip in query["strips"]] == ends
        for strip in query["strips"]:
            assert len(strip["cards"]) == home.ANSWERS
            assert dataset.query(query["id"]).image_id not in [card["id"] for card in strip["cards"]]
        ranked = next(one for one in stored(town_cache, ends[0]).rankings() if one.query_id == query["id"])
        expected = [name for name in ranked.ids if name != dataset.query(query["id"]).image_id][: home.ANSWERS]
        assert [card["id"] for card in query["strips"][0]["cards"]] == expected
    assert f"from {ends[0]}, the weakest model, to {ends[1]}, the best; one of each landmark" in view["said"]["queries"]


def test_the_small_ledger_is_the_ledger_in_the_protocol_of_the_link(open_page, town_cache):
    dataset = stored(town_cache, "1a").dataset
    for protocol in ("oxford", "finite_sum"):
        entries = ledger({key: stored(town_cache, key).scores for key in MODELS}, dataset, protocol)
        view = drawn(open_page("Start", town_cache, protocol=protocol))
        assert [step["points"] for step in view["steps"]] == pytest.approx([entry.difference.points for entry in entries])
        assert view["steps"][0]["name"] == "1a-1b"


def test_nothing_is_drawn_of_an_empty_cache(open_page, tmp_path):
    assert drawn(open_page("Start", tmp_path / "cache")) == {}


def test_a_dataset_without_queries_has_maps_alone(open_page, own_cache):
    view = drawn(open_page("Start", own_cache, dataset="flat"))
    shown = {model["key"]: model for model in view["maps"]["models"]}
    assert shown["2a"]["places"]
    assert shown["2a"]["map"] is None
    assert shown["1d"]["places"] is None
    assert not {"queries", "steps", "wall"} & set(view)


def test_one_model_shows_its_best_a_middle_and_its_worst_query(open_page, own_cache):
    view = drawn(open_page("Start", own_cache, dataset="gate"))
    aps = {one.query_id: one.ap_oxford for one in stored(own_cache, "2a", "gate").scores}
    shown = [query["id"] for query in view["queries"]]
    assert aps[shown[0]] == max(aps.values())
    assert aps[shown[-1]] == min(aps.values())
    assert {strip["model"] for query in view["queries"] for strip in query["strips"]} == {"2a"}
    assert "steps" not in view


def test_one_photograph_has_no_map_and_the_page_opens(open_page, own_cache):
    view = drawn(open_page("Start", own_cache, dataset="single"))
    assert all(model["places"] is None for model in view["maps"]["models"])


def test_clicks_lead_to_the_other_pages(open_page, town_cache, monkeypatch):
    open_page("Start", town_cache)
    gone = {}
    monkeypatch.setattr(link, "put", lambda **changes: gone.update(changes))
    monkeypatch.setattr(link, "go", lambda page: gone.update(page=page))
    home.follow({"map": "1d"}, ("1a", "2t"))
    assert (gone["page"], gone["model"], gone["method"], gone["subset"]) == ("map.py", "1d", "tsne", "all")
    home.follow({"query": "castle_gate_2"}, ("1a", "2t"))
    assert (gone["page"], gone["query"], gone["strips"]) == ("query.py", "castle_gate_2", "two")
    assert (gone["model"], gone["versus"]) == ("2t", "1a")
    home.follow({"step": "1a-1b"}, ("1a", "2t"))
    assert (gone["page"], gone["step"]) == ("ledger.py", "1a-1b")


@pytest.fixture
def going_on(monkeypatch):
    """A run that goes on, at a stage."""

    def at(stage, arguments=("run", "--dataset", "town")):
        now = time.time()
        job = jobs.JobState("running", tuple(arguments), 1, now, now, stage=stage, done=7, total=29, overall=0.1)
        monkeypatch.setattr(jobs, "current", lambda workspace, place="run": job)

    return at


def test_a_run_shows_the_photographs_as_they_are_rendered(open_page, town_cache, tmp_path, going_on, monkeypatch):
    cache = tmp_path / "cache"
    shutil.copytree(town_cache / "town" / "photographs" / "jpg", cache / "town" / "photographs" / "jpg")
    going_on("build town")
    view = drawn(open_page("Start", cache))
    assert (view["wall"]["name"], view["wall"]["done"], view["wall"]["total"]) == ("town", 7, 29)
    assert len(view["wall"]["newest"]) == 29
    client = served(cache, monkeypatch)
    picture = view["wall"]["newest"][0]
    assert client.get(f"/{picture['src']}").content == (cache / "town" / "photographs" / picture["id"]).read_bytes()
    assert "cache-control" not in client.get(f"/{picture['src']}").headers
    for other in ("town/jpg/none.jpg", "town/../dataset.json", "town//etc/passwd", "nowhere/jpg/a.jpg", f"town/{cache}/x.jpg"):
        assert client.get(f"/files/rendered/{other}").status_code == 404
    assert {model["doing"] for model in view["maps"]["models"] if model["key"] == "2a"} == {"build town …"}


def test_a_run_shows_each_model_as_it_comes(open_page, cache, going_on):
    for key in ("1g", "1h"):
        shutil.rmtree(cache / "town" / "quick" / key)
    going_on("train 1g")
    view = drawn(open_page("Start", cache))
    assert "wall" not in view
    assert "queries" not in view
    shown = {model["key"]: model for model in view["maps"]["models"]}
    assert shown["1f"]["places"]
    assert shown["1g"]["doing"] == "train 1g …"
    assert [key for key, model in shown.items() if model["doing"]] == ["1g"]


def test_a_run_of_another_dataset_is_not_taken_for_one_of_this(open_page, cache, going_on):
    shutil.rmtree(cache / "town" / "quick" / "1h")
    going_on("train 1h", ("run", "--dataset", "photos"))
    assert not [model for model in drawn(open_page("Start", cache))["maps"]["models"] if model["doing"]]
