"""Queries are changed, described and scored on demand; what is found is an artefact of the descriptors, the truth and the strengths."""

from dataclasses import replace

import numpy as np
import pytest
from caches import files

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.descriptors import changes
from retrieval_core.descriptors.changed_picture import change_picture
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.precision_recall import ap_steps
from retrieval_core.progress import finished
from retrieval_core.runs import robustness_steps
from retrieval_core.runs.describer import open_describer
from retrieval_core.runs.robustness_steps import break_queries
from retrieval_core.stored.ranking import rank_queries
from retrieval_core.stored.results import open_results
from retrieval_core.stored.robustness import read_robustness, robustness_path
from retrieval_core.workspace import Workspace


@pytest.fixture(autouse=True)
def few_strengths(monkeypatch):
    """Two strengths of a rotation: what is tried is how they are described, not how many."""
    monkeypatch.setitem(changes.CHANGES, "rotation", replace(changes.CHANGES["rotation"], strengths=(0, 90)))


def results(cache, model, dataset="town"):
    return open_results(Workspace(cache), dataset, "quick", model)


def broken(cache, *models, changes=("rotation",)):
    return list(break_queries(Workspace(cache), "town", "quick", models, changes, "cpu"))


def without_jobs(cache):
    return {name: entry for name, entry in files(cache).items() if not name.startswith("jobs/")}


def test_changed_queries_are_described_ranked_and_scored_as_one_by_one(cache):
    before = without_jobs(cache)
    assert read_robustness(results(cache, "1e"), "rotation") is None
    reports = broken(cache, "1a", "1e")
    assert reports[-1].overall == 1.0
    assert [one.overall for one in reports] == sorted(one.overall for one in reports)
    for key in ("1a", "1e"):
        stored, found = results(cache, key), read_robustness(results(cache, key), "rotation")
        assert found.strengths == (0, 90)
        assert list(found.scores[0]) == stored.scores
        describer, database = open_describer(stored, "cpu"), stored.descriptors[0]
        for score in found.scores[1][::4]:
            query = stored.dataset.query(score.query_id)
            photograph = read_image(stored.dataset.image(query.image_id).path)
            row = describer.describe_changed(change_picture(photograph, query.box, {"rotation": 90}, query.id))
            similarities = (database.matrix @ row.T).ravel()
            ids = [database.ids[place] for place in np.argsort(-similarities, kind="stable")]
            assert score.ap_oxford == pytest.approx(ap_steps(ids, query).ap("oxford"), abs=1e-9)
    assert found.scores[1] != found.scores[0]
    added = set(without_jobs(cache)) - set(before)
    assert added == {f"town/quick/{key}/robustness-rotation.json" for key in ("1a", "1e")}


def test_what_is_there_loads_no_network_and_what_is_after_the_search_counts(cache, monkeypatch):
    broken(cache, "1c")
    before = without_jobs(cache)
    with monkeypatch.context() as patch:
        patch.setattr(robustness_steps, "open_describer", lambda *arguments: pytest.fail("a network was loaded"))
        broken(cache, "1c")
    assert without_jobs(cache) == before
    broken(cache, "1c-alphaqe")
    found, ranked = read_robustness(results(cache, "1c-alphaqe"), "rotation"), finished(rank_queries(results(cache, "1c-alphaqe")))
    dataset = results(cache, "1c").dataset
    for score, ranking in zip(found.scores[0], ranked, strict=True):
        assert score.ap_oxford == pytest.approx(ap_steps(ranking.ids, dataset.query(score.query_id)).ap("oxford"))
    assert found.scores != read_robustness(results(cache, "1c"), "rotation").scores


def test_work_that_was_stopped_goes_on_with_the_strengths_that_are_done(cache, monkeypatch):
    monkeypatch.setitem(changes.CHANGES, "rotation", replace(changes.CHANGES["rotation"], strengths=(0, 90, 180)))
    count = len(results(cache, "1c").dataset.queries)
    work = break_queries(Workspace(cache), "town", "quick", ("1c",), ("rotation",), "cpu")
    next(step for step in work if step.done == 2 * count + 1)
    work.close()
    path = robustness_path(results(cache, "1c"), "rotation")
    assert not path.exists()
    assert read_robustness(results(cache, "1c"), "rotation") is None
    described = []
    real = robustness_steps.change_picture
    monkeypatch.setattr(robustness_steps, "change_picture", lambda *given: described.append(given[2]["rotation"]) or real(*given))
    broken(cache, "1c")
    assert described == [180] * count
    assert path.exists()
    assert not list(path.parent.glob(".robustness*"))


def test_other_strengths_descriptors_or_truths_make_it_stale(cache, monkeypatch):
    broken(cache, "1c")
    assert read_robustness(results(cache, "1c"), "rotation") is not None
    with monkeypatch.context() as patch:
        patch.setitem(changes.CHANGES, "rotation", replace(changes.CHANGES["rotation"], strengths=(0, 45)))
        assert read_robustness(results(cache, "1c"), "rotation") is None
    stored = results(cache, "1c")
    other = replace(stored, dataset=replace(stored.dataset, queries=tuple(
        replace(query, ok=(), good=query.positives[:1]) for query in stored.dataset.queries)))  # fmt: skip
    assert read_robustness(other, "rotation") is None


def test_what_can_not_be_tried_says_why(cache, tmp_path):
    with pytest.raises(RetrievalError, match="perspective, rotation, scale"):
        broken(cache, "1c", changes=("tilt",))
    with pytest.raises(RetrievalError, match="Model 1d-96px of run quick on town is missing"):
        broken(cache, "1c", "1d-96px")
    np.save(tmp_path / "rows.npy", np.eye(4, 8, dtype=np.float32))
    (tmp_path / "ids.txt").write_text("a\nb\nc\nd\n")
    add_dataset(Workspace(cache), "theirs", tmp_path / "rows.npy", model="1h")
    with pytest.raises(RetrievalError, match="were imported: there is no network to describe"):
        list(break_queries(Workspace(cache), "theirs", "imported", ("1h",)))
