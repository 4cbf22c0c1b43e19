"""Every method of feedback equals another way to the same: scikit-learn, a minimiser that knows no more than the loss, or loops."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading

from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.errors import RetrievalError
from retrieval_core.feedback.label_spreading import joined
from retrieval_core.feedback.logistic import fit
from retrieval_core.feedback.method import Round, View
from retrieval_core.feedback.methods import METHODS, as_round, learn, least_sure, order, values

COUNT, WIDTH = 30, 8
RIGHT, WRONG = [2, 5, 11], [0, 7, 19, 23]


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def views(count=2, seed=0):
    random = np.random.default_rng(seed)
    return tuple(View(unit(random.normal(size=WIDTH)), unit(random.normal(size=(COUNT, WIDTH)))) for _ in range(count))


def a_round(method, right=RIGHT, wrong=WRONG, neighbours=None):
    return Round(views()[: METHODS[method].views], np.array(right, np.int64), np.array(wrong, np.int64), neighbours)


def found(method, right=RIGHT, wrong=WRONG, neighbours=None, **parameters):
    one = METHODS[method]
    return values(one, a_round(method, right, wrong, neighbours), one.fill_in(parameters))


def test_rocchio_is_the_moved_query():
    [view] = views(1)
    moved = [2 * view.query[place] + sum(view.database[row, place] for row in RIGHT) / 3
             - 0.5 * sum(view.database[row, place] for row in WRONG) / 4 for place in range(WIDTH)]  # fmt: skip
    length = sum(one * one for one in moved) ** 0.5
    expected = [sum(a * b for a, b in zip(moved, row, strict=True)) / length for row in view.database]
    np.testing.assert_allclose(found("rocchio", alpha=2.0, beta=1.0, gamma=0.5), expected, atol=1e-6)
    np.testing.assert_allclose(found("rocchio", right=[], alpha=1.0, gamma=0.0), view.similarities, atol=1e-6)


@pytest.mark.parametrize("pull", [0.001, 0.1, 1.0, 50.0])
def test_logistic_regression_is_the_minimum_of_its_loss(pull):
    [view] = views(1)
    rows, signs = view.database[RIGHT + WRONG].astype(np.float64), np.repeat([1.0, -1.0], [3, 4])

    def loss(point):
        away = point[:-1] - view.query
        return np.log(1 + np.exp(-signs * (rows @ point[:-1] + point[-1]))).sum() + pull * (away**2).sum()

    best = minimize(loss, np.zeros(WIDTH + 1), method="BFGS", options={"gtol": 1e-8}).x
    np.testing.assert_allclose(found("logistic", pull=pull), view.database @ best[:-1] + best[-1], atol=2e-4)


def test_logistic_regression_without_a_query_is_that_of_scikit_learn():
    [view] = views(1)
    rows, signs = view.database[RIGHT + WRONG], np.repeat([1.0, -1.0], [3, 4])
    weights, threshold = fit(np.zeros(WIDTH, np.float32), rows, signs, 0.25)
    expected = LogisticRegression(C=2.0, tol=1e-10, max_iter=1000).fit(rows.astype(np.float64), signs)
    np.testing.assert_allclose(weights, expected.coef_[0], atol=1e-4)
    assert threshold == pytest.approx(expected.intercept_[0], abs=1e-4)


def test_the_machine_is_the_minimum_of_the_hinge_loss():
    [view] = views(1)
    rows = np.vstack([view.query, view.database[RIGHT + WRONG]]).astype(np.float64)
    signs, balanced = np.repeat([1.0, -1.0], 4), 2.0  # four of each: all weigh alike

    def hinge(point):
        return 0.5 * (point[:-1] ** 2).sum() + balanced * np.maximum(0, 1 - signs * (rows @ point[:-1] + point[-1])).sum()

    got = found("svm", c=balanced)
    weights, *_ = np.linalg.lstsq(np.column_stack([view.database, np.ones(COUNT)]).astype(np.float64), got, rcond=None)
    random, least = np.random.default_rng(1), hinge(weights)
    for size in (1e-3, 1e-2, 0.1, 1.0):
        for _ in range(200):
            assert hinge(weights + size * random.normal(size=WIDTH + 1)) >= least - 1e-3


def nearest_others(matrix, k):
    similarities = matrix @ matrix.T
    np.fill_diagonal(similarities, -np.inf)
    return np.argsort(-similarities, axis=1)[:, :k]


@pytest.mark.parametrize("listed", [True, False])
def test_label_spreading_is_that_of_scikit_learn_on_the_same_graph(listed):
    [view] = views(1)
    lists = nearest_others(view.database, 4)
    graph = np.zeros((COUNT, COUNT))
    for row, others in enumerate(lists):
        graph[row, others] = graph[others, row] = 1
    labels = np.full(COUNT, -1)
    labels[RIGHT], labels[WRONG] = 1, 0
    theirs = LabelSpreading(kernel=lambda first, second: graph, alpha=0.3, max_iter=500, tol=1e-12).fit(view.database, labels)
    mine = found("spreading", neighbours=lists if listed else None, k=4, alpha=0.3)
    degrees = graph.sum(axis=0)
    both = {}
    for sign, rows in ((1, RIGHT), (-1, WRONG)):
        start = np.zeros(COUNT)
        start[rows] = 1
        both[sign] = np.linalg.solve(np.eye(COUNT) - 0.3 * graph / np.sqrt(np.outer(degrees, degrees)), 0.7 * start)
    np.testing.assert_allclose(mine, both[1] - both[-1], atol=1e-5)
    share = both[1] / (both[1] + both[-1])
    np.testing.assert_allclose(theirs.label_distributions_[:, 1], share, atol=1e-5)
    assert joined(lists).toarray()[0] == pytest.approx(graph[0] / np.sqrt(degrees[0] * degrees))


def test_what_is_no_candidate_follows_by_its_similarity():
    [view] = views(1)
    for method in ("spreading", "ssaira"):
        got = found(method, candidates=10)
        first = set(np.argsort(-view.similarities)[:10]) | set(RIGHT) | set(WRONG)
        rest = [row for row in range(COUNT) if row not in first]
        assert got[rest].max() < got[sorted(first)].min()
        assert sorted(rest, key=lambda row: -got[row]) == sorted(rest, key=lambda row: -view.similarities[row])


def test_co_training_without_rounds_is_two_regressions():
    first, second = views()
    signs = np.repeat([1.0, -1.0], [3, 4])
    expected = 0
    for view in (first, second):
        weights, threshold = fit(view.query, view.database[RIGHT + WRONG], signs, 0.5)
        expected = expected + view.database @ weights + threshold
    np.testing.assert_allclose(found("cotraining", rounds=0, pull=0.5), expected, atol=1e-5)


def test_co_training_is_that_of_loops():
    parameters = METHODS["cotraining"].fill_in({"rounds": 2, "pool": 8, "candidates": 25, "right": 1, "wrong": 2, "seed": 4})
    both, random = views(), np.random.default_rng(4)
    total = both[0].similarities + both[1].similarities
    candidates = sorted(set(np.argsort(-total)[:25].tolist()) | set(RIGHT) | set(WRONG))
    labels = dict.fromkeys(RIGHT, 1.0) | dict.fromkeys(WRONG, -1.0)
    for _ in range(2):
        pool = random.choice([row for row in candidates if row not in labels], 8, replace=False).tolist()
        rows, signs = list(labels), np.array(list(labels.values()))
        learners = [fit(view.query, view.database[rows], signs, parameters["pull"]) for view in both]
        for view, (weights, threshold) in zip(both, learners, strict=True):
            value = {row: float(view.database[row] @ weights + threshold) for row in pool}
            ordered = sorted(pool, key=lambda row: -value[row])
            labels |= {ordered[0]: 1.0, ordered[-1]: -1.0, ordered[-2]: -1.0}
            pool = sorted(row for row in pool if row not in labels)
    rows, signs = list(labels), np.array(list(labels.values()))
    expected = 0
    for view in both:
        weights, threshold = fit(view.query, view.database[rows], signs, parameters["pull"])
        expected = expected + view.database @ weights + threshold
    assert len(labels) == 7 + 2 * 6
    np.testing.assert_allclose(values(METHODS["cotraining"], a_round("cotraining"), parameters), expected, atol=1e-4)


def naive_ssaira(both, powers, k, xi):
    """By loops over all 30, in double precision."""

    def distance(a, b, power):
        return sum(abs(float(x) - float(y)) ** power for x, y in zip(a, b, strict=True)) ** (1 / power)

    def mean_of_nearest(view, row):
        near = sorted(range(COUNT), key=lambda other: -float(view.database[row] @ view.database[other]))[:k]
        return [sum(float(view.database[other][place]) for other in near) / k for place in range(WIDTH)]

    def ranks(view, power, right, wrong):
        examples = [view.query] + [view.database[row] for row in right]
        stand_in = [mean_of_nearest(view, row) for row in wrong]
        raw = [sum(1 / (distance(row, one, power) + xi) for one in examples) / len(examples)
               - (sum(1 / (distance(row, one, power) + xi) for one in stand_in) / len(stand_in) if stand_in else 0)
               for row in view.database]  # fmt: skip
        largest = max(abs(one) for one in raw)
        return [one / (largest + xi) for one in raw]

    def trained(right, wrong):
        return [ranks(view, power, right[place], wrong[place]) for place, (view, power) in enumerate(zip(both, powers, strict=True))]

    first = trained([RIGHT, RIGHT], [WRONG, WRONG])
    left = [row for row in range(COUNT) if row not in RIGHT + WRONG]
    right, wrong = [list(RIGHT), list(RIGHT)], [list(WRONG), list(WRONG)]
    for place in (0, 1):
        other = first[1 - place]
        right[place].append(max(left, key=lambda row: other[row]))
        wrong[place].append(min(left, key=lambda row: other[row]))
    assert all(first[place][right[1 - place][-1]] > 0 > first[place][wrong[1 - place][-1]] for place in (0, 1))
    return np.sum(trained(right, wrong), axis=0)


@pytest.mark.parametrize("method", ["ssaira", "ssaira2"])
def test_ssaira_is_that_of_loops(method):
    both = views() if method == "ssaira2" else (views(1)[0],) * 2
    expected = naive_ssaira(both, (2, 3), 3, 0.2)
    got = found(method, k=3, xi=0.2, p=2, p_other=3)
    np.testing.assert_allclose(got, expected, atol=1e-5)
    assert np.abs(got).max() < 2


@pytest.mark.parametrize("method", METHODS)
def test_without_marks_it_is_the_search_and_with_some_there_is_a_value_for_each(method):
    total = sum(view.similarities for view in views()[: METHODS[method].views])
    np.testing.assert_allclose(found(method, [], []), total, atol=1e-6)
    for right, wrong in (([3], []), ([], [4]), ([3], [4]), (range(15), range(15, 30))):
        got = found(method, list(right), list(wrong))
        assert got.shape == (COUNT,)
        assert np.isfinite(got).all()


def test_equal_values_keep_the_order_of_the_search():
    [view] = views(1)
    one = a_round("rocchio")
    assert order(one, np.zeros(COUNT)).tolist() == np.argsort(-view.similarities, kind="stable").tolist()


def test_least_sure_is_what_lies_nearest_to_the_turn():
    one, got = a_round("logistic"), found("logistic")
    left = [row for row in range(COUNT) if row not in RIGHT + WRONG]
    assert least_sure(METHODS["logistic"], one, got, 4).tolist() == sorted(left, key=lambda row: abs(got[row]))[:4]
    got = found("rocchio")
    turn = (got[RIGHT].mean() + got[WRONG].mean()) / 2
    assert least_sure(METHODS["rocchio"], a_round("rocchio"), got, 4).tolist() == sorted(left, key=lambda row: abs(got[row] - turn))[:4]
    assert not len(least_sure(METHODS["rocchio"], a_round("rocchio", wrong=[]), got, 4))


def test_marks_are_named_by_id_and_what_can_not_be_is_said():
    [view, other] = views()
    ids = tuple(f"mill_{number:02}" for number in range(COUNT))
    one, two = (Descriptors(ids, each.database) for each in (view, other))
    got = learn("rocchio", [(view.query, one)], [ids[row] for row in RIGHT], [ids[row] for row in WRONG])
    np.testing.assert_array_equal(got, found("rocchio"))
    with pytest.raises(RetrievalError, match="'nobody' is marked"):
        learn("rocchio", [(view.query, one)], ["nobody"], [])
    with pytest.raises(RetrievalError, match="'mill_03' is marked as right and as wrong"):
        learn("rocchio", [(view.query, one)], ["mill_03"], ["mill_03"])
    with pytest.raises(RetrievalError, match="rocchio, logistic"):
        learn("magic", [(view.query, one)], [], [])
    with pytest.raises(RetrievalError, match="descriptors of 2 models, not of 1"):
        learn("cotraining", [(view.query, one)], ["mill_03"], [])
    with pytest.raises(RetrievalError, match="gamma of Rocchio must be"):
        learn("rocchio", [(view.query, one)], ["mill_03"], [], {"gamma": -1})
    with pytest.raises(RetrievalError, match="described different photographs"):
        as_round([(view.query, one), (other.query, Descriptors(ids[::-1], two.matrix))], [], [])
    with pytest.raises(RetrievalError, match="sets of visual words"):
        as_round([(view.query, Descriptors(ids, np.zeros((COUNT, 4), np.int32)))], [], [])
