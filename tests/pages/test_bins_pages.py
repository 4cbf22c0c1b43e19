"""Bins and colourings on the pages: kept, listed, selected, removed; what the map is told and served."""

import numpy as np
import pytest
from caches import copy_cache
from looking import button, shared, stored, texts, views
from own_photographs import write_photographs
from tiny_runs import add_seed
from typed import problems

import retrieval_core as rc
from pages.state import door
from pages.web.map.messages import ColouringValues, SelectionMeasures
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.artefacts import subset_ids
from retrieval_core.stored.bins import Bin, read_bins, save_bin
from retrieval_core.stored.colourings import colour
from retrieval_core.workspace import Workspace

IDS = ("alder_court_000001", "alder_court_000002")


@pytest.fixture
def binned(cache):
    save_bin(Workspace(cache), "town", Bin("courts", (*IDS, "long gone"), "by hand"))
    return cache


def test_without_bins_the_map_says_how_to_make_one(open_page, town_cache):
    assert "No bins yet" in texts(open_page("Map", town_cache, model="1d").markdown)


def test_a_bin_is_selected_and_removed_and_what_is_gone_is_named(open_page, binned):
    app = open_page("Map", binned, model="1d", bin="courts")
    assert "1 of its photographs are no longer in town: long gone." in texts(app.warning)
    before = shared(app)["bins"]
    button(app, "Colour by bins").click().run()
    button(app, "Select").click().run()
    assert shared(app)["shared"]["selection"] == list(IDS)
    assert shared(app)["shared"]["colour"] == "bin"
    button(app, "Remove").click().run()
    assert not app.exception
    assert read_bins(Workspace(binned), "town") == []
    assert shared(app)["bins"] != before


def test_the_head_of_a_ranking_is_kept(open_page, cache):
    app = open_page("Query", cache, model="1d", k="6")
    app.text_input(key="name of the bin ranking").set_value("head").run()
    button(app, "Keep").click().run()
    [kept] = read_bins(Workspace(cache), "town")
    ranking = stored(cache, "1d").rankings()[0]
    assert kept.ids == tuple(ranking.ids[:6])
    assert kept.made_by == f"first 6 of the ranking of {ranking.query_id} under 1d"


RANKED = {"page": "Query", "model": "1d", "query": "castle_gate_2", "k": "6"}
MARKS = "castle_gate_000001,!brock_tower_000001"
GALLERIES = {  # by the key of the menu: the page that shows photographs, and what the bin is said to be
    "ranking": (RANKED | {"strips": "two", "versus": "1c"}, "first 6 of the ranking of castle_gate_2 under 1c"),
    "after": (RANKED | {"show": "after", "rerank": "diffusion"}, "right answers that diffusion moved farthest in the ranking of "),
    "feedback": (RANKED | {"show": "feedback", "learn": "rocchio", "marks": MARKS}, "what Rocchio under 1d is least sure of"),
    "changed": ({"page": "Laboratory", "part": "break", "query": "castle_gate_2", "model": "1d", "changes": "blur=0.5"}, "changed: "),
    "hard": ({"page": "Failures", "atlas": "hard", "model": "1a"}, "Queries whose best AP (Oxford) over "),
    "first": ({"page": "Failures", "atlas": "first", "own": "left_out", "model": "1a"}, "What model 1a ranks above every right answer"),
    "moved": ({"page": "Ledger", "before": "1a", "after": "2a"}, "right answers to "),
    "outliers": ({"page": "Compare", "comparing": "clusters", "model": "1a", "k": "6"}, "outliers under 1a, 6 nearest"),
    "threshold": ({"page": "Compare", "comparing": "pairs", "model": "1a"}, "first 8 answers to alder_court_1 under 1a below 0."),
    "suspects": ({"page": "Unlabelled", "guess": "detective", "jury": "1a,1d,2a", "votes": "1", "among": "3"}, "suspects with 1 votes"),
    "apart": ({"page": "Unlabelled", "model": "1d", "draws": "5", "apart": "svm", "second": "1c"}, "the 24 unlabelled ones with "),
}


@pytest.fixture(scope="module")
def measured(town_cache, tmp_path_factory):
    """A cache in which clusters were looked for, and labelled told from unlabelled, under a model each."""
    cache = copy_cache(town_cache, tmp_path_factory.mktemp("measured") / "cache")
    assert main(["--cache", str(cache), "clusters", "--models", "1a"]) == 0
    assert main(["--cache", str(cache), "unlabelled", "--models", "1d", "--second", "1c", "--draws", "5"]) == 0
    return cache


@pytest.mark.parametrize("key", GALLERIES)
def test_photographs_that_a_page_shows_are_kept_under_a_name(open_page, measured, key):
    parameters, words = GALLERIES[key]
    app = open_page(parameters["page"], measured, **{name: value for name, value in parameters.items() if name != "page"})
    which = [one for one in app.selectbox if one.key == f"what the bin holds {key}"]
    if which:
        which[0].select(next(one for one in which[0].options if words in one)).run()
    shown = [card["id"] for view in views(app).values() for strip in view.get("strips", []) for card in strip["cards"]]
    app.text_input(key=f"name of the bin {key}").set_value(f"kept of {key}").run()
    app.button(key=f"keep the bin {key}").click().run()
    assert not app.exception
    [kept] = [bin for bin in read_bins(Workspace(measured), "town") if bin.name == f"kept of {key}"]
    assert words in kept.made_by
    assert kept.ids
    if key != "suspects":  # of which one is shown at a time
        assert len(set(kept.ids) & set(shown)) == min(len(set(kept.ids)), len(set(shown)), 24) or key == "threshold"


def test_a_name_that_cannot_be_one_is_said(open_page, cache):
    app = open_page("Query", cache, model="1d")
    app.text_input(key="name of the bin ranking").set_value("a/b").run()
    button(app, "Keep").click().run()
    assert "can't be the name of a bin" in texts(app.error)
    assert read_bins(Workspace(cache), "town") == []


def test_every_run_has_the_bins_and_the_page_says_of_a_bin_that_nothing_is_left(open_page, binned):
    run = add_seed(binned, 1, 1.0)
    save_bin(Workspace(binned), "town", Bin("lost", ("a", "b"), "by hand"))
    app = open_page("Map", binned, model="1d", run=run, bin="courts")
    button(app, "Select").click().run()
    assert shared(app)["shared"]["selection"] == list(IDS)
    app = open_page("Map", binned, model="1d", run=run, bin="lost")
    assert "2 of its photographs are no longer in town: a, b." in texts(app.warning)
    assert button(app, "Select").disabled
    assert "Nothing of it is left" in texts(app.caption)


def test_a_folder_that_is_added_under_another_name_has_the_bins(open_page, cache, tmp_path):
    folder, workspace = write_photographs(tmp_path / "own")[0], Workspace(cache)
    first = add_dataset(workspace, "first", folder)
    save_bin(workspace, "first", Bin("mine", (first.images[0].id,), "by hand"))
    app = open_page("Start", cache)
    next(one for one in app.text_input if one.label == "Name").set_value("second")
    next(one for one in app.text_input if one.label == "Folder or CSV file").set_value(str(folder))
    button(app, "Add").click().run()
    assert not app.exception
    assert read_bins(workspace, "second") == read_bins(workspace, "first")
    from_python = rc.add("third", folder, cache)
    assert read_bins(workspace, from_python.name) == read_bins(workspace, "first")


def test_a_visitor_keeps_and_removes_nothing(open_page, binned, monkeypatch):
    app = open_page("Map", binned, model="1d", bin="courts")
    monkeypatch.setattr(door, "caller", lambda: door.Caller("10.0.0.9", ()))
    app.run()
    assert button(app, "Remove").disabled
    from pages.state import actions

    with pytest.raises(RetrievalError, match="from another machine"):
        actions.keep_bin("town", Bin("mine", IDS, "by hand"))
    assert len(read_bins(Workspace(binned), "town")) == 1


@pytest.mark.parametrize(("parameters", "said"), [
    ({"colour": "column:year"}, "colour 'column:year', which is not here"),
    ({"colour": "jet"}, "Unknown colour 'jet'"),
    ({"brush": "hubness:3"}, "The brush 'hubness:3' is not written as in"),
    ({"bin": "nobody"}, "bin 'nobody', which is not kept here"),
])  # fmt: skip
def test_what_a_link_asks_for_and_is_not_here_is_said(open_page, binned, parameters, said):
    app = open_page("Map", binned, model="1d", **parameters)
    assert said in texts(app.warning).replace("\\", "")
    assert shared(app)["shared"]["colour"] == "landmark"


@pytest.mark.parametrize("subset", ["all", "labelled"])
@pytest.mark.parametrize("key", ["hubness", "ap", "rank"])
def test_a_colouring_is_served_point_for_point(client, town_cache, subset, key):
    asked = f"run=quick&method=tsne&subset={subset}&colour={key}&query=brock_tower_1&k=3"
    served = client.get(f"/files/colouring/town/1c?{asked}").json()
    assert problems(served, ColouringValues) == []
    results = stored(town_cache, "1c")
    values = colour(results, key, subset, "brock_tower_1", 3).values
    expected = [values.get(image_id) for image_id in subset_ids(results.dataset, subset)]
    assert [value is None for value in served["values"]] == [value is None for value in expected]
    assert [value for value in served["values"] if value] == pytest.approx([value for value in expected if value], rel=1e-5)


def test_what_cannot_be_coloured_is_one_sentence(client):
    asked = "/files/colouring/town/1c?run=quick&method=tsne&subset=all"
    assert (client.get(asked).status_code, client.get(f"{asked}&colour=jet").status_code) == (400, 404)
    assert "no bins yet" in client.get(f"{asked}&colour=bin").text
    assert client.get(f"{asked}&colour=hubness&k=x").status_code == 400


def test_a_selection_is_measured(client, town_cache):
    results, address = stored(town_cache, "1c"), "/files/selection/town/1c?run=quick&subset=labelled"
    database, queries = results.descriptors
    matrix = database.rows(subset_ids(results.dataset, "labelled"))
    found = client.post(address, content=np.uint32([0, 3, 4]).tobytes()).json()
    assert problems(found, SelectionMeasures) == []
    chosen = matrix[[0, 3, 4]]
    assert found["within"] == pytest.approx(np.mean([chosen[0] @ chosen[1], chosen[0] @ chosen[2], chosen[1] @ chosen[2]]), abs=1e-5)
    np.testing.assert_allclose(found["similarities"], (matrix @ chosen.T).mean(axis=1), atol=1e-4)
    found = client.post(f"{address}&query=brock_tower_1").json()
    assert found["within"] is None
    np.testing.assert_allclose(found["similarities"], matrix @ queries.matrix[queries.row("brock_tower_1")], atol=1e-4)
    assert "names a point" in client.post(address, content=np.uint32([9999]).tobytes()).text
    assert "no query ''" in client.post(address).text
