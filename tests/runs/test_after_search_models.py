"""What is done after the search is a model of its own everywhere, and shares descriptors and maps with the model without it."""

import numpy as np
import pytest
from caches import files

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.progress import finished
from retrieval_core.ranking.order import order
from retrieval_core.ranking.search import named
from retrieval_core.runs.plan import run
from retrieval_core.runs.recompute import recompute
from retrieval_core.runs.settings import Settings
from retrieval_core.stored.costs import costs_path
from retrieval_core.stored.matches import matches_path, read_matches
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.ranking import picture_count, query_pictures
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace

MODELS = ("1d-alphaqe", "1d-dba", "1d-verified", "1d-vqe", "1e-diffusion")


@pytest.fixture(scope="module")
def made(town_cache, tmp_path_factory):
    """A cache in which some models with a method after the search were made, and what was there before."""
    from caches import copy_cache

    root = copy_cache(town_cache, tmp_path_factory.mktemp("after") / "cache")
    before = files(root)
    for _ in run(Workspace(root), "town", Settings(device="cpu", run="quick", models=MODELS)):
        pass
    return root, before


def opened(root, model, dataset="town", run_name="quick"):
    return open_results(Workspace(root), dataset, run_name, model)


def test_nothing_is_described_or_stored_twice(made):
    root, before = made
    new = {name for name, entry in files(root).items() if entry != before.get(name)}
    new = {name for name in new if not name.startswith(("jobs/", ".locks/"))}
    scores = {f"town/quick/{model}/{file}" for model in MODELS for file in ("scores.json", "manifest.json")}
    assert new == scores | {"town/quick/1d/matches.safetensors", "town/quick/1d/manifest.json"}
    plain, after = opened(root, "1d"), opened(root, "1d-alphaqe")
    assert after.descriptors[0] is plain.descriptors[0]
    assert [one.method for one in after.maps()] == [one.method for one in plain.maps()]
    np.testing.assert_array_equal(after.neighbours("all")[0], plain.neighbours("all")[0])
    assert costs_path(after) == costs_path(plain)
    assert opened(root, "1e-diffusion").state == ("ready", "")


@pytest.mark.parametrize("model", MODELS)
def test_rankings_and_scores_are_those_of_the_method(made, model):
    root, _ = made
    results = opened(root, model)
    database, queries = results.descriptors
    count = picture_count(results.dataset, query_pictures(results.dataset, queries.ids))
    found = finished(order(queries.matrix, database.matrix, model.split("-")[1], None, count))
    expected = named(queries.ids, database.ids, *found)
    assert [one.ids for one in results.rankings()] == [one.ids for one in expected]
    assert results.scores == score_rankings(results.dataset, expected)
    assert results.scores != opened(root, model.split("-")[0]).scores


def test_matches_are_counted_once_for_both_models_that_use_them(made):
    root, _ = made
    results = opened(root, "1d-verified")
    assert matches_path(results) == matches_path(opened(root, "1d-vqe"))
    known = read_matches(results)
    assert set(known) == {query.id for query in results.dataset.queries}
    for query in results.dataset.queries:
        own = results.descriptors[0].row(query.image_id)
        assert known[query.id].get(own, 99) >= 8  # the photograph that the box was cut from
        assert len(known[query.id]) == min(50, len(results.dataset.images))


def test_states_list_them_behind_their_model(made):
    states = model_states(Workspace(made[0]), "town", "quick")
    keys = [state.key for state in states]
    place = keys.index("1d")
    assert keys[place : place + 7] == ["1d", "1d-alphaqe", "1d-dba", "1d-verified", "1d-vqe", "1e", "1e-diffusion"]
    new = {state.key: state for state in states}["1d-alphaqe"]
    assert (new.state, new.bytes, new.title) == ("ready", 0, "1d + α query expansion")
    assert new.map_oxford is not None


@pytest.mark.parametrize("model", ["1d-dba", "1d-vqe"])
def test_a_check_computes_it_anew_and_agrees(made, model):
    found = finished(recompute(Workspace(made[0]), "town", "quick", model, "cpu"))
    assert found.agrees, found.words


def test_the_commands_know_it(made, capsys):
    root, _ = made

    def said(*arguments):
        assert main(["--cache", str(root), *arguments]) == 0
        return capsys.readouterr().out

    score = next(one for one in opened(root, "1d-verified").scores if one.query_id == "alder_court_2")
    table = said("evaluate", "--models", "1d,1d-verified", "--format", "csv")
    assert [line.split(",")[0] for line in table.splitlines()[1:]] == ["1d", "1d-verified"]
    out = said("search", "alder_court_2", "--models", "1d-verified", "--k", "5")
    assert f"AP (Oxford) {100 * score.ap_oxford:.2f}" in out
    ranking = next(one for one in opened(root, "1d-verified").rankings() if one.query_id == "alder_court_2")
    assert [line.split()[-2] for line in out.splitlines()[1:]] == list(ranking.ids[:5])
    assert "1d-verified" in said("status")
    assert "1d → 1d-alphaqe" in said("ledger", "--compare", "1d,1d-alphaqe")
    image = opened(root, "1d").dataset.images[3]
    for asked in (image.id, image.path):
        out = said("search", asked, "--models", "1d-vqe,1d-dba", "--k", "1")
        assert [line.split()[-2] for line in out.splitlines() if line.startswith("  ")] == [image.id, image.id]
    assert said("search", image.id, "--models", "1d-verified", "--box", "0,0,40,30", "--k", "2")
    assert said("search", image.id, "--models", "1c-aqe", "--k", "2")  # never made, and there is nothing to make


def test_a_second_run_finds_everything_there(made):
    root, _ = made
    before = files(root)
    for _ in run(Workspace(root), "town", Settings(device="cpu", run="quick", models=MODELS)):
        pass
    changed = {name for name, entry in files(root).items() if entry != before.get(name)}
    assert not {name for name in changed if not name.startswith(("jobs/", ".locks/"))}


def test_imported_descriptors_can_be_expanded_and_not_looked_at(tmp_path):
    workspace = Workspace(tmp_path / "cache")
    (tmp_path / "rows").mkdir()
    rows = np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)
    np.save(tmp_path / "rows" / "rows.npy", rows)
    (tmp_path / "rows" / "ids.txt").write_text("".join(f"p{number}\n" for number in range(9)))
    add_dataset(workspace, "mine", tmp_path / "rows" / "rows.npy", model="1e")
    for _ in run(workspace, "mine", Settings(device="cpu", models=("1e-dba",))):
        pass
    assert [state.key for state in model_states(workspace, "mine", "imported")] == ["1e", "1e-dba"]
    with pytest.raises(RetrievalError, match="there are only descriptors"):
        for _ in run(workspace, "mine", Settings(device="cpu", models=("1e-verified",))):
            pass
    with pytest.raises(RetrievalError, match="imported descriptors only of 1e"):
        for _ in run(workspace, "mine", Settings(device="cpu", models=("1d-dba",))):
            pass
