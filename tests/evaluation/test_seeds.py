"""The spread over seeds, and what a step is worth over seeds and queries, against loops and against simulated runs."""

import json
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.ledger import STEPS, ledger
from retrieval_core.evaluation.seeds import SeededDifference, compare_over_seeds, seed_table, seeded_ledger
from retrieval_core.evaluation.significance import Difference, compare

IDS = ("gate_1", "gate_2", "keep_1", "keep_2")


def scores(*values):
    return [Score(name, ap, ap, 0 if ap is None else 4) for name, ap in zip(IDS, values, strict=True)]


def simulated(random, shape, seed, query, pair, mean=2.0):
    """Steps (S, Q) in points with these standard deviations, as a pair of AP arrays."""
    change = mean + random.normal(0, seed, (shape[0], 1)) + random.normal(0, query, (1, shape[1])) + random.normal(0, pair, shape)
    return np.zeros(shape), change / 100


def naive_shares(change):
    """The same decomposition, sum by sum, of steps (S, Q)."""
    seeds, queries = len(change), len(change[0])
    mean = sum(map(sum, change)) / (seeds * queries)
    by_seed = [sum(row) / queries for row in change]
    by_query = [sum(row[q] for row in change) / seeds for q in range(queries)]
    of_seeds = queries * sum((value - mean) ** 2 for value in by_seed) / (seeds - 1)
    of_queries = seeds * sum((value - mean) ** 2 for value in by_query) / (queries - 1)
    rest = 0
    for s in range(seeds):
        for q in range(queries):
            rest += (change[s][q] - by_seed[s] - by_query[q] + mean) ** 2
    rest /= (seeds - 1) * (queries - 1)
    parts = [max(0, (of_seeds - rest) / queries) / seeds, max(0, (of_queries - rest) / seeds) / queries, rest / (seeds * queries)]
    return [part / sum(parts) for part in parts]


@pytest.mark.parametrize("seed", range(5))
def test_the_figures_agree_with_loops(seed):
    random = np.random.default_rng(seed)
    before, after = random.random((3, 8)), random.random((3, 8)) + 0.1 * random.random((3, 1))
    found = compare_over_seeds(before, after)
    change = [[100 * (after[s][q] - before[s][q]) for q in range(8)] for s in range(3)]
    steps = [sum(row) / 8 for row in change]
    assert found.points == pytest.approx(sum(steps) / 3)
    assert found.between_seeds == pytest.approx((sum((step - sum(steps) / 3) ** 2 for step in steps) / 2) ** 0.5)
    assert [found.seed_share, found.query_share, found.pair_share] == pytest.approx(naive_shares(change))
    assert found.over_queries == compare(before.mean(axis=0), after.mean(axis=0), np.arange(8))
    assert (found.seeds, found.over_queries.queries) == (3, 8)


def test_the_interval_agrees_with_every_draw_of_seeds_and_of_landmarks():
    before = np.zeros((2, 4))
    after = np.array([[0.0, 0.3, 0.1, -0.2], [0.2, 0.1, 0.5, 0.2]])
    groups = ["a", "a", "b", "c"]
    members = {"a": (0, 1), "b": (2,), "c": (3,)}
    means = []
    for rows in product(range(2), repeat=2):
        for drawn in product("abc", repeat=3):
            means.append(np.mean([100 * after[s, q] for s in rows for group in drawn for q in members[group]]))
    found = compare_over_seeds(before, after, groups, resamples=100_000)
    np.testing.assert_allclose([found.low, found.high], np.quantile(means, [0.025, 0.975]), atol=0.6)
    alone = compare(before.mean(axis=0), after.mean(axis=0), groups, resamples=100_000)
    assert (found.over_queries.low, found.over_queries.high) == (alone.low, alone.high)


@pytest.mark.parametrize("deviations", [(3.0, 3.0, 2.0), (0.5, 6.0, 2.0), (2.0, 3.0, 6.0)])
def test_simulated_runs_give_their_shares_back(deviations):
    random = np.random.default_rng(0)
    found = [compare_over_seeds(*simulated(random, (30, 60), *deviations), resamples=10) for _ in range(300)]
    shares = np.mean([(entry.seed_share, entry.query_share, entry.pair_share) for entry in found], axis=0)
    true = np.array([deviations[0] ** 2 / 30, deviations[1] ** 2 / 60, deviations[2] ** 2 / 1800])
    np.testing.assert_allclose(shares, true / true.sum(), atol=0.03)
    assert np.mean([entry.between_seeds**2 for entry in found]) == pytest.approx(deviations[0] ** 2 + deviations[2] ** 2 / 60, rel=0.1)


def test_the_interval_covers_the_truth_where_that_over_queries_alone_does_not():
    random = np.random.default_rng(1)
    found = [compare_over_seeds(*simulated(random, (8, 20), 3.0, 3.0, 2.0), resamples=500) for _ in range(200)]
    assert 0.88 <= np.mean([entry.low <= 2 <= entry.high for entry in found]) <= 0.98
    assert np.mean([entry.over_queries.low <= 2 <= entry.over_queries.high for entry in found]) < 0.8


def test_queries_that_repeat_their_landmark_add_no_evidence():
    before, after = simulated(np.random.default_rng(2), (3, 11), 1.0, 3.0, 1.0)
    single = compare_over_seeds(before, after)
    repeated = compare_over_seeds(np.repeat(before, 5, axis=1), np.repeat(after, 5, axis=1), np.repeat(np.arange(11), 5))
    for name in ("low", "high", "between_seeds", "seed_share", "query_share", "pair_share"):
        assert getattr(repeated, name) == pytest.approx(getattr(single, name)), name
    assert (repeated.over_queries.queries, repeated.over_queries.units) == (55, 11)


def test_the_same_seed_gives_the_same_figures_and_they_survive_json():
    both = simulated(np.random.default_rng(3), (3, 11), 1.0, 3.0, 1.0)
    found = compare_over_seeds(*both, seed=5)
    assert compare_over_seeds(*both, seed=5) == found
    assert compare_over_seeds(*both, seed=6).low != found.low
    back = json.loads(json.dumps(asdict(found), allow_nan=False))
    assert SeededDifference(**back | {"over_queries": Difference(**back["over_queries"])}) == found


def test_one_seed_says_so():
    before, after = simulated(np.random.default_rng(4), (1, 11), 1.0, 3.0, 1.0)
    found = compare_over_seeds(before, after)
    unknown = (found.low, found.high, found.between_seeds, found.seed_share, found.query_share, found.pair_share)
    assert unknown == (None,) * 6
    assert found.over_queries == compare(before[0], after[0], np.arange(11))
    low, high = found.over_queries.low, found.over_queries.high
    assert found.words == (
        f"{found.points:+.1f} points [{low:.1f}, {high:.1f}] over 11 queries under one seed; "
        "how much the seed does shows with a second one"
    )
    json.dumps(asdict(found), allow_nan=False)


def test_seeds_that_agree_leave_all_to_the_queries():
    after = np.tile([0.1, 0.2, 0.4], (3, 1))
    found = compare_over_seeds(np.zeros((3, 3)), after)
    assert (found.between_seeds, found.seed_share, found.query_share, found.pair_share) == pytest.approx((0, 0, 1, 0))
    assert (found.low, found.high) == pytest.approx((found.over_queries.low, found.over_queries.high), abs=0.1)


def test_a_step_that_is_the_same_everywhere_has_nothing_to_share():
    found = compare_over_seeds(np.zeros((3, 4)), np.full((3, 4), 0.05))
    assert (found.low, found.high, found.seed_share) == pytest.approx((5, 5, None))
    assert found.words == "+5.0 points [5.0, 5.0] over 3 seeds × 4 queries"


@pytest.mark.parametrize(("count", "queries"), [(1, "1 query"), (2, "2 queries")])
def test_one_landmark_gives_no_interval(count, queries):
    after = np.array([[0.1, 0.3], [0.3, 0.1]])[:, :count]
    found = compare_over_seeds(np.zeros((2, count)), after, ["gate"] * count)
    assert (found.low, found.high, found.seed_share) == (None, None, None)
    assert found.words == f"+20.0 points over 2 seeds × {queries}, all of one landmark: that gives no interval"


def test_words():
    over = Difference(3.1, 1.2, 5.0, 0.002, better=40, worse=10, equal=5, units=11, resamples=10, seed=0)
    found = SeededDifference(3.14, -0.01, 5.91, over, 1.0, 0.4, 0.55, 0.05, 3)
    assert found.words == (
        "+3.1 points [0.0, 5.9] over 3 seeds × 55 queries; "
        "the seed explains 40 % of the uncertainty, the queries 55 %, the two together 5 %"
    )


def test_queries_without_positives_are_dropped_under_every_seed():
    before = [[0.1, None, 0.5, 0.2], [0.2, None, 0.4, np.nan]]
    after = [[0.3, None, 0.6, 0.9], [0.3, None, 0.6, 0.9]]
    found = compare_over_seeds(before, after, list("abcd"))
    assert found == compare_over_seeds([[0.1, 0.5], [0.2, 0.4]], [[0.3, 0.6], [0.3, 0.6]], list("ac"))
    assert (found.over_queries.queries, found.points) == (2, pytest.approx(15))


def test_faults_are_named():
    with pytest.raises(RetrievalError, match=r"\(2, 3\) values before, \(1, 3\) after"):
        compare_over_seeds(np.zeros((2, 3)), np.zeros((1, 3)))
    with pytest.raises(RetrievalError, match="same seeds and queries"):
        compare_over_seeds(np.zeros((0, 3)), np.zeros((0, 3)))
    with pytest.raises(RetrievalError, match="2 groups"):
        compare_over_seeds(np.zeros((2, 3)), np.zeros((2, 3)), ["a", "b"])
    with pytest.raises(RetrievalError, match="no query with positives"):
        compare_over_seeds([[None], [0.2]], [[0.1], [0.3]])


@pytest.fixture
def runs():
    """Three runs; the second lacks 1c, and 1d is in one only."""
    return {
        "quick": {"1a": scores(0.1, 0.2, 0.3, None), "1b": scores(0.2, 0.2, 0.5, None), "1c": scores(0.4, 0.4, 0.4, None)},
        "quick-seed1": {"1a": scores(0.1, 0.3, 0.2, None), "1b": scores(0.3, 0.3, 0.6, None)},
        "quick-seed2": {"1b": scores(0.1, 0.4, 0.4, None), "1c": scores(0.6, 0.6, 0.6, None), "1d": scores(0.5, 0.5, 0.5, None)},
    }


def test_seed_table(runs):
    table = seed_table(runs, "oxford")
    assert list(table.index) == ["1a", "1b", "1c", "1d"]
    assert list(table.columns) == ["mAP", "standard deviation", "lowest", "highest", "seeds"]
    np.testing.assert_allclose(table.loc["1a"], [20, 0, 20, 20, 2], atol=1e-9)
    np.testing.assert_allclose(table.loc["1b"], [100 / 3, np.std([30, 40, 30], ddof=1), 30, 40, 3])
    np.testing.assert_allclose(table.loc["1c"], [50, 200**0.5, 40, 60, 2])
    np.testing.assert_allclose(table.loc["1d"], [50, np.nan, 50, 50, 1])
    assert table["seeds"].dtype == int


def test_seed_table_of_nothing():
    assert seed_table({}, "oxford").shape == seed_table({"quick": {}}, "oxford").shape == (0, 5)
    empty = seed_table({"quick": {"1a": scores(None, None, None, None)}}, "oxford").loc["1a"]
    assert empty["seeds"] == 0
    assert empty.drop("seeds").isna().all()
    with pytest.raises(RetrievalError, match="oxford, finite_sum"):
        seed_table({"quick": {"1a": scores(0.1, 0.2, 0.3, None)}}, "official")


@pytest.fixture
def dataset():
    return Dataset("small", (), tuple(Query(name, "a", name[:4], None, ("a",), (), ()) for name in IDS), "")


def test_seeded_ledger_of_the_steps_that_two_runs_have(runs, dataset):
    first, second = seeded_ledger(runs, dataset, "oxford")
    assert (first.step, first.runs) == (STEPS[0], ("quick", "quick-seed1"))
    assert (second.step, second.runs) == (STEPS[1], ("quick", "quick-seed2"))
    assert (first.map_before, first.map_after) == pytest.approx((20, 35))
    assert first.difference.points == pytest.approx(15)
    assert first.difference.between_seeds == pytest.approx(np.std([10, 20], ddof=1))
    assert (first.difference.over_queries.queries, first.difference.over_queries.units) == (3, 2)
    singles = [ledger(runs[run], dataset, "oxford")[0].difference.points for run in first.runs]
    assert np.mean(singles) == pytest.approx(first.difference.points)
    json.dumps([asdict(entry) for entry in (first, second)], allow_nan=False)
    assert seeded_ledger({"quick": runs["quick"]}, dataset, "oxford") == []


def test_a_missing_score_is_named(runs, dataset):
    runs["quick"]["1a"] = runs["quick"]["1a"][1:]
    with pytest.raises(RetrievalError, match="model 1a lack the query 'gate_1'"):
        seeded_ledger(runs, dataset, "oxford")
