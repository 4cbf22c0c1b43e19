"""A simulated user over all queries: an artefact of the descriptors, the truth and what was chosen; what is done is not done again."""

import json

import pytest
from caches import files

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.feedback.methods import METHODS, as_round, learn
from retrieval_core.feedback.residual import masks
from retrieval_core.feedback.simulated_user import simulate
from retrieval_core.progress import finished
from retrieval_core.runs import feedback_steps
from retrieval_core.runs.feedback_steps import simulate_feedback
from retrieval_core.stored.feedback import read_simulation, read_simulations, simulation_choice, simulation_path, walked
from retrieval_core.stored.ranking import rank_queries
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace, write_json


def results(cache, model):
    return open_results(Workspace(cache), "town", "quick", model)


def simulated(cache, *models, **chosen):
    return list(simulate_feedback(Workspace(cache), "town", "quick", models, **({"marks": 3, "rounds": 2} | chosen)))


def without_jobs(cache):
    return {name: entry for name, entry in files(cache).items() if not name.startswith("jobs/")}


def test_each_query_is_simulated_as_by_itself_and_stored_once(cache):
    before = without_jobs(cache)
    reports = simulated(cache, "1d", methods=("rocchio", "spreading"))
    assert reports[-1].overall == 1.0
    assert [one.overall for one in reports] == sorted(one.overall for one in reports)
    one = results(cache, "1d")
    photographs, queries = one.descriptors
    for method in ("rocchio", "spreading"):
        found = read_simulation(one, simulation_choice(method, marks=3, rounds=2))
        assert len(found.pairs) == len(queries.ids)
        for row, query_id in enumerate(queries.ids):
            first = as_round([(queries.matrix[row], photographs)], [], [], walked(one, METHODS[method]))
            positives, junk = masks(one.dataset.query(query_id), photographs.ids)
            assert found.pairs[row] == tuple(
                simulate(METHODS[method], METHODS[method].fill_in({}), first, query_id, positives, junk, 3, 2)
            )
    added = set(without_jobs(cache)) - set(before)
    assert {name.rpartition("-")[0] for name in added if "manifest" not in name} == {
        "town/quick/1d/feedback/rocchio", "town/quick/1d/feedback/spreading"}  # fmt: skip
    again = without_jobs(cache)
    simulated(cache, "1d", methods=("rocchio", "spreading"))
    assert without_jobs(cache) == again


def test_without_marks_the_values_are_the_search(town_cache):
    one = results(town_cache, "1d")
    photographs, queries = one.descriptors
    for row, ranking in enumerate(finished(rank_queries(one))):
        got = learn("rocchio", [(queries.matrix[row], photographs)], [], [])
        assert got.max() == pytest.approx(ranking.scores[0], abs=1e-6)
    assert score_rankings(one.dataset, finished(rank_queries(one))) == one.scores


def test_work_that_was_stopped_goes_on_and_another_truth_is_another_simulation(cache, monkeypatch):
    calls = []
    real = feedback_steps.simulate

    def counted(*arguments):
        calls.append(arguments[3])
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(feedback_steps, "simulate", counted)
    with pytest.raises(KeyboardInterrupt):
        simulated(cache, "1a", methods=("rocchio",))
    assert read_simulations(results(cache, "1a"), marks=3, rounds=2) == []
    simulated(cache, "1a", methods=("rocchio",))
    queries = results(cache, "1a").descriptors[1].ids
    assert calls == [*queries[:4], *queries[3:]]
    [found] = read_simulations(results(cache, "1a"), marks=3, rounds=2)
    choice = simulation_choice("rocchio", marks=3, rounds=2)
    path = simulation_path(results(cache, "1a"), choice)
    assert json.loads(path.read_text())["method"] == found.method
    manifest = json.loads((path.parent / "manifest.json").read_text())
    manifest["artefacts"][path.name]["inputs"]["truth"] = "another"
    write_json(path.parent / "manifest.json", manifest)
    assert read_simulation(results(cache, "1a"), choice) is None


def test_two_models_and_a_model_with_something_after_the_search(cache):
    simulated(cache, "1d-alphaqe", methods=("cotraining", "ssaira2"), beside="1a")
    found = read_simulations(results(cache, "1d"), beside="1a", marks=3, rounds=2)
    assert [(one.method, one.beside) for one in found] == [("cotraining", "1a"), ("ssaira2", "1a")]
    assert read_simulations(results(cache, "1d"), beside="1b", marks=3, rounds=2) == []
    simulated(cache, "1d", beside="1a", rounds=1)
    assert len(read_simulations(results(cache, "1d"), beside="1a", marks=3, rounds=1)) == len(METHODS)


def test_what_can_not_be_is_said_before_anything_is_done(cache):
    before = without_jobs(cache)
    for chosen, words in (
        ({"methods": ("magic",)}, "rocchio, logistic"), ({"methods": ("cotraining",)}, "Name another with --beside"),
        ({"methods": ("ssaira2",), "beside": "1d"}, "Name another with --beside"), ({"marks": 0}, "--marks must be"),
        ({"rounds": 1001}, "--rounds must be"), ({"beside": "2b"}, "2b"),
    ):  # fmt: skip
        with pytest.raises(RetrievalError, match=words):
            simulated(cache, "1d", **chosen)
    assert without_jobs(cache) == before
    assert open_dataset(Workspace(cache), "town").queries
