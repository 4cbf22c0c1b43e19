"""The simulated user marks what it is shown, never junk, and what is marked is scored on neither side."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.significance import compare
from retrieval_core.feedback.method import Round, View
from retrieval_core.feedback.methods import METHODS, order, values
from retrieval_core.feedback.residual import masks, residual_score, residual_scores
from retrieval_core.feedback.simulated_user import simulate
from retrieval_core.feedback.simulations import (
    AFTER,
    BEFORE,
    BETTER,
    CHANGE,
    HIGH,
    LOW,
    QUERIES,
    WORSE,
    Simulation,
    gain_table,
    offered,
)

COUNT, WIDTH = 40, 6
RANDOM = np.random.default_rng(3)
DATABASE = RANDOM.normal(size=(COUNT, WIDTH)).astype(np.float32)
DATABASE /= np.linalg.norm(DATABASE, axis=1, keepdims=True)
FIRST = Round((View(DATABASE[0], DATABASE),), np.empty(0, np.int64), np.empty(0, np.int64))
POSITIVES, JUNK = np.isin(np.arange(COUNT), [0, 3, 8, 9, 20, 21, 22, 30]), np.isin(np.arange(COUNT), [1, 5, 25])


def by_loops(marks, rounds):
    """The same, with lists: which rows are marked, and AP (finite sum) by scikit-learn before and after each round."""
    method, right, wrong, found = METHODS["rocchio"], [], [], []
    plain = DATABASE @ DATABASE[0]
    value = plain
    for _ in range(rounds):
        ranked = [row for row in sorted(range(COUNT), key=lambda row: -value[row]) if not JUNK[row] and row not in right + wrong]
        for row in ranked[:marks]:
            (right if POSITIVES[row] else wrong).append(row)
        value = values(method, Round(FIRST.views, np.array(right, int), np.array(wrong, int)), method.fill_in({}))
        left = [row for row in range(COUNT) if not JUNK[row] and row not in right + wrong]
        found.append([average_precision_score(POSITIVES[left], one[left]) for one in (plain, value)])
    return found


@pytest.mark.parametrize(("marks", "rounds"), [(1, 4), (5, 3)])
def test_it_is_that_of_loops(marks, rounds):
    pairs = simulate(METHODS["rocchio"], METHODS["rocchio"].fill_in({}), FIRST, "q", POSITIVES, JUNK, marks, rounds)
    got = [[score.ap_finite_sum for score in pair] for pair in pairs]
    np.testing.assert_allclose(got, by_loops(marks, rounds), atol=1e-9)
    assert [pair[0].positives for pair in pairs] == [pair[1].positives for pair in pairs]
    assert all(pair[0].query_id == "q" for pair in pairs)


def test_a_query_whose_positives_are_all_marked_has_no_ap_and_all_photographs_may_be_marked():
    pairs = simulate(METHODS["svm"], METHODS["svm"].fill_in({}), FIRST, "q", POSITIVES, JUNK, 30, 3)
    assert list(pairs[-1]) == [Score("q", None, None, 0)] * 2


def test_two_models_begin_with_the_sum_of_their_similarities():
    other = View(DATABASE[0][::-1].copy(), DATABASE)
    both = Round((FIRST.views[0], other), *(np.empty(0, np.int64),) * 2)
    [(before, _)] = simulate(METHODS["ssaira2"], METHODS["ssaira2"].fill_in({}), both, "q", POSITIVES, JUNK, 1, 1)
    total = FIRST.views[0].similarities + other.similarities
    shown = next(row for row in np.argsort(-total) if not JUNK[row])
    left = ~JUNK & (np.arange(COUNT) != shown)
    assert before.ap_finite_sum == pytest.approx(average_precision_score(POSITIVES[left], total[left]))


def test_the_residual_leaves_out_marks_and_junk():
    query = Query("q", "p0", "mill", None, ("p0", "p3"), ("p4",), ("p1",))
    ids = [f"p{number}" for number in range(8)]
    positives, junk = masks(query, ids)
    assert (positives.nonzero()[0].tolist(), junk.nonzero()[0].tolist()) == ([0, 3, 4], [1])
    [score] = residual_scores(query, ids, [np.array([0, 1, 2, 5, 3, 6, 4, 7])], np.array([0, 2]))
    # What is left: 5, 3, 6, 4, 7, of which 3 and 4 are right.
    assert score == Score("q", pytest.approx(((0 + 1 / 2) / 2 + (1 / 3 + 2 / 4) / 2) / 2), pytest.approx((1 / 2 + 2 / 4) / 2), 2)
    assert residual_score("q", np.arange(8), positives, np.ones(8, bool)).positives == 0


def dataset():
    images = tuple(Image(f"p{number}", "", None) for number in range(3))
    queries = tuple(Query(f"q{number}", "p0", f"mill {number // 2}", None, ("p0",), (), ()) for number in range(6))
    return Dataset("made", images, queries)


def simulation(method, changes):
    pairs = tuple(((Score(f"q{number}", 0.5, 0.5, 2), Score(f"q{number}", 0.5 + change, 0.5, 2)),) if change is not None
                  else ((Score(f"q{number}", None, None, 0),) * 2,) for number, change in enumerate(changes))  # fmt: skip
    return Simulation(method, "", pairs)


def test_the_table_and_what_is_offered_first():
    safe = simulation("rocchio", [0.1, 0.1, 0.1, 0.1, 0.1, None])
    larger = simulation("svm", [0.2, 0.2, 0.3, 0.3, 0.1, 0.1])
    unsafe = simulation("logistic", [0.5, 0.5, 0.5, 0.5, -0.2, -0.2])
    table = gain_table({"1d": [safe, larger, unsafe]}, dataset(), "oxford")
    assert table.index.tolist() == ["1d"] * 3
    names = [BEFORE, AFTER, CHANGE, LOW, HIGH, BETTER, WORSE, QUERIES]
    assert table.iloc[0][names].tolist() == pytest.approx([50, 60, 10, 10, 10, 5, 0, 5])
    expected = compare([0.5] * 6, [1.0, 1.0, 1.0, 1.0, 0.3, 0.3], ["a", "a", "b", "b", "c", "c"])
    assert table.iloc[2][[CHANGE, LOW, HIGH]].tolist() == pytest.approx([expected.points, expected.low, expected.high])
    assert table.iloc[2][[BETTER, WORSE]].tolist() == [4, 2]
    assert offered([safe, larger, unsafe], dataset(), "oxford") == "svm"
    assert offered([unsafe], dataset(), "oxford") is None
    nothing = simulation("rocchio", [None] * 6)
    assert offered([nothing], dataset(), "oxford") is None
    assert gain_table({"1d": [nothing]}, dataset(), "oxford").iloc[0][QUERIES] == 0


def test_the_order_of_a_round_is_that_of_its_values():
    found = Round(FIRST.views, np.array([3, 8]), np.array([1]))
    got = values(METHODS["rocchio"], found, METHODS["rocchio"].fill_in({}))
    assert np.all(np.diff(got[order(found, got)]) <= 0)
