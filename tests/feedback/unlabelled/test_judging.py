"""How methods are judged: what is hidden, what counts, what an interval means, and of which photographs."""

import numpy as np
import pytest
from scipy.stats import t

from retrieval_core.errors import RetrievalError
from retrieval_core.feedback.unlabelled.at_random import random_draw_test
from retrieval_core.feedback.unlabelled.choice import Choice, make_choice, second_model, with_priors
from retrieval_core.feedback.unlabelled.judging import draw_sample, in_words, interval, judge_once, view_of
from retrieval_core.feedback.unlabelled.method import Method
from retrieval_core.feedback.unlabelled.methods import METHODS, PRIORS

LABELS = np.array([0, 0, 1, 1, -1, 2, -1, -1, -1, 0, -1, 2])
NONE = np.zeros(12, bool)


def told(values) -> Method:
    """A method that knows: it gives rows of one number back, shifted as asked."""
    return Method("told", lambda groups: values(groups.rows[:, 0]), "", "", "")


def test_a_method_that_knows_all_finds_all_and_one_that_knows_nothing_none():
    sample = draw_sample(LABELS, NONE, 0, 99)
    truth = np.repeat([1.0, 0.0], [7, 5])[:, None]
    assert judge_once(told(lambda row: row - 0.5), [truth], sample, 0.3, 0.1, 0).tolist() == [1, 1, 1]
    auc, precision, recall = judge_once(told(lambda row: 0 * row - 1), [truth], sample, 0.3, 0.1, 0)
    assert (auc, recall, np.isnan(precision)) == (0.5, 0, True)
    _, precision, recall = judge_once(told(lambda row: 0 * row + 1), [truth], sample, 0.3, 0.1, 0)
    assert (precision, recall) == (2 / 7, 1)  # two of seven are hidden among five


def test_junk_does_not_count_and_what_was_hidden_is_learnt_from_as_unlabelled():
    junk = NONE.copy()
    junk[4] = True
    sample = draw_sample(LABELS, junk, 0, 99)
    assert sample.counted.tolist() == [False, True, True, True, True]
    seen = []
    method = Method("spy", lambda groups: seen.append(groups) or np.ones(12), "", "", "")
    _, precision, _ = judge_once(method, [np.arange(12.0)[:, None]], sample, 0.3, 0.1, 0)
    assert precision == 2 / 6
    [groups] = seen
    assert len(groups.labelled) == len(groups.landmarks) == 5
    assert len(groups.unlabelled) == 7
    assert {*groups.labelled.ravel(), *groups.unlabelled.ravel()} == set(range(12))


def test_decisions_come_back_in_the_order_of_the_rows():
    sample = draw_sample(LABELS, NONE, 0, 99)
    rows = np.random.default_rng(0).normal(size=(12, 1))
    kept = []
    method = Method("own", lambda groups: groups.rows[:, 0], "", "", "")
    for seed in range(3):
        judge_once(method, [rows], sample, 0.3, 0.1, seed)
        kept.append(judge_once(method, [rows], sample, 0.3, 0.1, seed).tolist())
    assert len({tuple(one) for one in kept}) > 1  # other draws hide others


def test_of_many_photographs_some_are_drawn_and_that_is_said():
    labels = np.where(np.arange(1000) < 100, np.arange(1000) % 7, -1)
    whole, some = draw_sample(labels, np.zeros(1000, bool), 0, most=2000), draw_sample(labels, np.zeros(1000, bool), 0, most=300)
    assert (len(whole.labelled), len(whole.unlabelled)) == (100, 900)
    assert (len(some.labelled), len(some.unlabelled)) == (100, 200)
    assert set(some.unlabelled) < set(whole.unlabelled)
    assert in_words(100, 900, 1000) == "100 labelled and 900 unlabelled photographs"
    assert "drawn at random from 1,000: the others have no decision value" in in_words(100, 200, 1000)
    mostly = draw_sample(np.where(np.arange(1000) < 900, 0, -1), np.zeros(1000, bool), 0, most=300)
    assert (len(mostly.labelled), len(mostly.unlabelled)) == (200, 100)
    assert not np.array_equal(some.unlabelled, draw_sample(labels, np.zeros(1000, bool), 1, most=300).unlabelled)


@pytest.mark.parametrize(
    ("labels", "what"), [([-1] * 12, "0 labelled"), ([0] * 12, "0 unlabelled"), ([0] * 9 + [-1] * 3, "3 unlabelled")]
)
def test_too_few_of_either_kind_is_said(labels, what):
    with pytest.raises(RetrievalError, match=f"The dataset has {what} photographs"):
        draw_sample(np.array(labels), NONE, 0, 99)


@pytest.mark.parametrize("shape", [(50, 8), (20, 300), (400, 300)])
def test_a_view_keeps_distances_as_far_as_it_has_dimensions(shape):
    rows = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    view = view_of(rows)
    assert view.shape == (shape[0], min(256, *shape))
    assert view.mean(axis=0) == pytest.approx(0, abs=1e-6)
    singular = np.linalg.svd(rows - rows.mean(axis=0, dtype=float), compute_uv=False)
    assert np.sort(np.linalg.norm(view, axis=0))[::-1] == pytest.approx(singular[: view.shape[1]], abs=1e-4)
    if view.shape[1] == min(shape):
        gaps = [np.linalg.norm(one[:10, None] - one[:10], axis=2) for one in (view, rows.astype(float))]
        assert gaps[0] == pytest.approx(gaps[1], abs=1e-3)


def test_an_interval_is_wider_than_that_of_independent_draws():
    values = np.array([0.7, 0.8, 0.75, np.nan, 0.72])
    mean, low, high = interval(values, 0.2)
    known = values[[0, 1, 2, 4]]
    far = t.ppf(0.975, 3) * known.std(ddof=1) * np.sqrt(1 / 4 + 0.25)
    assert (mean, low, high) == pytest.approx((known.mean(), known.mean() - far, known.mean() + far))
    assert interval(np.array([0.0, 1.0, 0.5]), 0.5)[1:] == (0.0, 1.0)
    assert np.isnan(interval(np.array([0.4]), 0.2)[1])
    assert np.isnan(interval(np.array([np.nan]), 0.2)[0])


def test_groups_of_one_kind_are_a_random_draw_and_of_two_are_not():
    random = np.random.default_rng(0)
    rows = random.normal(size=(200, 5))
    ps = [random_draw_test(rows[order[:150]], rows[order[150:]], 0).p for order in (random.permutation(200) for _ in range(20))]
    assert np.mean(np.array(ps) < 0.05) <= 0.15
    found = random_draw_test(rows, random.normal(size=(30, 5)) + 1.5, 0)
    assert found.p < 0.001
    assert found.same > found.by_chance == pytest.approx(0.5, abs=0.01)
    assert "can be told from these 30" in found.words
    assert "too few for a test" in random_draw_test(rows, rows[:3], 0).words


def test_the_statistic_is_that_of_brute_force():
    random = np.random.default_rng(1)
    first, second = random.normal(size=(18, 3)), random.normal(size=(12, 3)) + 1
    rows, groups = np.vstack([first, second]), [0] * 18 + [1] * 12
    shares = {0: [], 1: []}
    for number, row in enumerate(rows):
        near = sorted((np.linalg.norm(row - other), place) for place, other in enumerate(rows) if place != number)[:5]
        shares[groups[number]].append(np.mean([groups[place] == groups[number] for _, place in near]))
    assert random_draw_test(first, second, 0).same == pytest.approx((np.mean(shares[0]) + np.mean(shares[1])) / 2)


@pytest.mark.parametrize(("choice", "message"), [
    ({"method": "kmeans"}, "Choose one of: other, svm"), ({"method": "svm", "share": 0.9}, "Choose one from 0.05 to 0.5"),
    ({"method": "svm", "draws": 1}, "Choose one from 2 to 100"), ({"method": "nnpu", "prior": 1.5}, "between 0 and 1"),
    ({"method": "co-training"}, "takes two models"), ({"method": "svm", "seed": -1}, "whole number"),
    ({"method": "svm", "share": float("nan")}, "Choose one from"),
])  # fmt: skip
def test_a_choice_that_can_not_be_is_refused(choice, message):
    with pytest.raises(RetrievalError, match=message):
        Choice(**choice)


def test_what_a_method_does_not_ask_for_makes_no_other_choice():
    assert make_choice("svm", prior=0.3, second="1d") == make_choice("svm")
    assert make_choice("nnpu", prior=0.3).title == "nnPU, π = 0.3"
    assert make_choice("co-training", second="1d").title == "co-training with 1d"
    several = with_priors([make_choice("svm"), make_choice("nnpu", prior=0.15)])
    assert [one.prior for one in several] == [0, *sorted([0.15, *PRIORS])]
    assert len(METHODS) == 8
    assert second_model("1d", ["1a", "1d", "2a"]) == "2a"
    assert second_model("1d", ["1a", "1d"], "1a") == second_model("1d", ["1a", "1d"], "1d") == "1a"
    assert second_model("1d", ["1d"]) == ""
