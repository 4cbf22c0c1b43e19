"""Figures of a lesson against what the library gives for the same, and what is said where there is none."""

import shlex

import numpy as np
import pytest
from lesson_runs import MODELS, RUN

from retrieval_core.cli.main import parser
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import average_precision
from retrieval_core.evaluation.ledger import compared, ledger
from retrieval_core.lessons import precision_figures
from retrieval_core.lessons.figures import FIGURES, figure
from retrieval_core.lessons.shown import Shown
from retrieval_core.stored.clusters import agreements, measured, read_clusters
from retrieval_core.workspace import Workspace

WORDS = {
    "MODEL": "2a", "QUERY": "mill_1", "K": "3", "LANDMARK|best|worst": "worst", "best|worst": "best", "KNOB": "dimension",
    "VALUE": "64", "CHANGE": "rotation", "METHOD": "svm",
}  # fmt: skip


def example(name):
    """A figure with all the words that it needs."""
    words = [word for word in FIGURES[name].words.split() if not word.startswith("[")]
    made = [WORDS[word] for word in words]
    if words == ["MODEL", "MODEL"]:
        made = ["2a", "2a-64px"] if name != "layers" else ["1a", "1b"]
    if name in ("feedback", "reported"):
        made = {"feedback": ["rocchio", "2a"], "reported": ["1d"]}[name]
    return shlex.join([name, *made])


@pytest.fixture
def shown(lesson_cache):
    return Shown(Workspace(lesson_cache), "few", RUN)


def ap(shown, model, query, protocol="oxford", left_out=False, junk_wrong=False):
    """AP by hand, from the whole ranking."""
    ranking = next(one for one in shown.results(model).rankings() if one.query_id == query.id)
    right = set(query.positives) - ({query.image_id} if left_out else set())
    gone = ({query.image_id} if left_out else set()) | (set() if junk_wrong else set(query.junk))
    ids = [one for one in ranking.ids if one not in gone]
    return average_precision([place for place, one in enumerate(ids) if one in right], len(right), protocol)


@pytest.mark.parametrize(("words", "arguments"), [
    ("", {}), (" finite_sum", {"protocol": "finite_sum"}), (" left-out", {"left_out": True}), (" junk-wrong", {"junk_wrong": True}),
    (" left-out finite_sum junk-wrong", {"protocol": "finite_sum", "left_out": True, "junk_wrong": True}),
])  # fmt: skip
def test_average_precision_is_that_of_the_whole_ranking(shown, words, arguments):
    every = [ap(shown, "2a-64px", query, **arguments) for query in shown.dataset.queries]
    for query, value in zip(shown.dataset.queries, every, strict=True):
        assert figure(shown, f"ap 2a-64px {query.id}{words}").value == pytest.approx(100 * value)
    found = figure(shown, f"map 2a-64px{words}")
    assert found.value == pytest.approx(100 * np.mean(every))
    assert found.low <= found.value <= found.high
    assert found.words == f"{found.value:.1f} % [{found.low:.1f}, {found.high:.1f}]"


def test_a_step_is_that_of_the_ledger(shown):
    scores = {key: shown.results(key).scores for key in MODELS}
    one = ledger(scores, shown.dataset, "finite_sum", steps=(compared("2a", "2a-mac"),))[0].difference
    found = figure(shown, "step 2a 2a-mac finite_sum")
    assert (found.value, found.low, found.high, found.unit) == (one.points, one.low, one.high, "points")
    assert one.words.startswith(found.words)
    assert figure(shown, "p 2a 2a-mac finite_sum").value == one.p
    assert figure(shown, "better 2a 2a-mac finite_sum").value == one.better


def test_heads_of_rankings(shown):
    query = shown.dataset.query("quay_2")
    ranking = next(one for one in shown.results("2a-mac").rankings() if one.query_id == query.id)
    left = [image_id in query.positives for image_id in ranking.ids if image_id not in query.junk]
    assert figure(shown, "first-wrong 2a-mac quay_2").value == 1 + left.index(False)
    assert figure(shown, "precision 2a-mac quay_2 4").value == 100 * sum(left[:4]) / 4
    assert figure(shown, "recall 2a-mac quay_2 4").value == 100 * sum(left[:4]) / 5


def test_clusters_are_those_of_compare(shown):
    results = shown.results("2a")
    found, density = measured(results, 12), agreements(results, read_clusters(results))
    assert figure(shown, "own 2a").value == pytest.approx(100 * np.nanmean(found.own_labelled))
    assert figure(shown, "own 2a all").value == pytest.approx(100 * np.nanmean(found.own))
    assert figure(shown, "outliers 2a").value == pytest.approx(100 * np.nanmean(found.outlying))
    assert figure(shown, "separation 2a").value == pytest.approx(np.nanmean(found.separation))
    assert figure(shown, "nmi 2a all").value == density["all"].information
    assert figure(shown, "dense 2a").value == density["labelled"].clusters
    own = {label: np.mean([value for value, one in zip(found.own_labelled, found.labels, strict=True) if one == label])
           for label in shown.dataset.labels}  # fmt: skip
    assert figure(shown, "landmark best 2a").words in [label for label, value in own.items() if value == max(own.values())]
    assert figure(shown, "share worst 2a").value == pytest.approx(100 * min(own.values()))
    assert figure(shown, "clustered 2a").value == sum(value >= 0.5 for value in own.values())


def test_maps_networks_and_counts(shown):
    results = shown.results("2a-mac")
    quality = next(one for one in results.maps() if (one.method, one.subset) == ("tsne", "all")).quality
    assert figure(shown, "overlap 2a-mac").value == pytest.approx(100 * quality["knn_overlap"])
    assert figure(shown, "trustworthiness 2a-mac").value == quality["trustworthiness"]
    assert [figure(shown, name).value for name in ("dimension 2a", "bytes 2a", "size 2a-64px")] == [1280, 5120, 64]
    names = ("photographs", "labelled", "unlabelled", "landmarks", "queries", "positives mill_1", "junk mill_1")
    assert [figure(shown, name).value for name in names] == [23, 15, 8, 3, 6, 5, 1]
    assert [figure(shown, name).words for name in ("query number:2", "picture number:2", "dataset", "run")] == [
        "old_gate_1", "p006", "few", RUN]  # fmt: skip


def test_rules_pick_queries(shown):
    scores = {key: {one.query_id: one.ap_oxford for one in shown.results(key).scores} for key in MODELS}
    gained = {one: scores["2a-mac"][one] - scores["2a"][one] for one in scores["2a"]}
    assert figure(shown, "ap 2a best:2a").value == pytest.approx(100 * max(scores["2a"].values()))
    assert figure(shown, "ap 2a worst:2a").value == pytest.approx(100 * min(scores["2a"].values()))
    assert gained[figure(shown, "query gained:2a:2a-mac").words] == max(gained.values())
    assert gained[figure(shown, "query lost:2a:2a-mac").words] == min(gained.values())
    assert "one" in figure(shown, "query differ").missing  # of the table there is 2a alone


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_command_that_is_one_or_says_what_is_missing(shown, name):
    found = figure(shown, example(name))
    assert bool(found.command) != bool(found.missing)
    command = found.command or found.missing.partition("Run: ")[2]
    if command:
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "retrieval_core"]
        parser().parse_args(words[3:])
    if not found.missing:
        assert found.words
        assert found.title


@pytest.mark.parametrize("name", FIGURES)
def test_without_ground_truth_every_figure_is_there_or_says_why_not(lesson_cache, name):
    found = figure(Shown(Workspace(lesson_cache), "flat", RUN), example(name))
    assert bool(found.words) != bool(found.missing)
    if "Run: " in found.missing:  # a command that would refuse for want of queries or labels is no remedy
        words = shlex.split(found.missing.partition("Run: ")[2])
        assert {"costs", "train", "project"} & set(words), found.missing


@pytest.mark.parametrize(("text", "said"), [
    ("maps 2a", "names no figure. There are: map, ap"), ("step 2a", "It is written {step MODEL MODEL"), ("", "names no figure"),
    ("map 9z", "{map 9z}: Unknown model '9z'"), ("map 2a official", "{map 2a official}: Unknown word 'official'"),
    ("map 2a oxford finite_sum", "Two protocols"), ("ap 2a 'mill_1", "a quote is not closed"), ("own 2a some", "Unknown word 'some'"),
    ("separation 2a all", "Leave the word all out"), ("step 2a 2a", "both are 2a"), ("precision 2a mill_1 0", "whole number from 1"),
    ("layers 2a 2a-mac", "is not trained here"), ("auc magic 2a", "Unknown method 'magic'"), ("knob p 2a much", "Write a number"),
    ("reported 2a", "Unknown model of the report"), ("feedback rocchio 2a 2a-mac", "learns from 1"),
])  # fmt: skip
def test_what_names_nothing_is_an_error_that_names_it(shown, text, said):
    with pytest.raises(RetrievalError) as error:
        figure(shown, text)
    assert said in str(error.value)


@pytest.mark.parametrize(("text", "said"), [
    ("map 1d", "Run: python"), ("ap 2a nobody", "no query 'nobody'"), ("query number:99", "has 6 queries"), ("own 1d", "Run: python"),
    ("milliseconds 2a", "costs --dataset few --run quick --models 2a"), ("overlap 2a umap", "project"), ("gem 1a", "not pooled by GeM"),
    ("gem 2a", "has learnt no p"),
    ("auc svm 2a", "unlabelled --dataset few"), ("layers 1a 1b", "Run: python"), ("share nowhere 2a", "no landmark 'nowhere'"),
])  # fmt: skip
def test_what_is_not_here_yet_says_what_to_do(shown, text, said):
    found = figure(shown, text)
    assert said in found.missing
    assert (found.words, found.value, found.command) == ("", None, "")


def test_a_dataset_that_is_not_there_is_missing_and_no_wrong_text(lesson_cache):
    found = figure(Shown(Workspace(lesson_cache), "nowhere", RUN), "map 2a")
    assert "nowhere" in found.missing


def test_a_figure_is_computed_once_as_long_as_nothing_changes(shown, lesson_cache, monkeypatch):
    first = figure(shown, "map 2a-mac")

    def again(*_):
        raise AssertionError("drawn again")

    monkeypatch.setattr(precision_figures, "interval_of_mean", again)
    assert figure(Shown(Workspace(lesson_cache), "few", RUN), "map 2a-mac") == first
    with pytest.raises(AssertionError):
        figure(shown, "map 2a-mac left-out junk-wrong finite_sum")
