"""The interval and the p value, against every exchange written out and against repeated experiments."""

import json
from dataclasses import asdict
from itertools import product

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.significance import Difference, compare


def every_exchange(change, groups):
    """The p value of all 2^G exchanges."""
    names = sorted(set(groups))
    seen = abs(sum(change))
    sums = [
        abs(sum(value * signs[names.index(group)] for value, group in zip(change, groups, strict=True)))
        for signs in product((1, -1), repeat=len(names))
    ]
    return np.mean(np.array(sums) >= seen - 1e-9)


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_p_agrees_with_every_exchange(seed, grouped):
    random = np.random.default_rng(seed)
    before, after = random.random(9), random.random(9) * 0.7 + 0.3
    groups = list("aabbccdef") if grouped else list("abcdefghi")
    exact = every_exchange(after - before, groups)
    found = compare(before, after, groups if grouped else None)
    assert found.p == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 10_000) + 2e-4)
    assert found.units == (6 if grouped else 9)
    assert found.points == pytest.approx((after - before).mean() * 100)
    assert found.low <= found.points <= found.high


def test_the_interval_agrees_with_every_draw():
    change = np.array([0.0, 0.1, 0.25, -0.05])
    means = [np.mean(draw) * 100 for draw in product(change, repeat=4)]
    found = compare(np.zeros(4), change, resamples=100_000)
    np.testing.assert_allclose([found.low, found.high], np.quantile(means, [0.025, 0.975]), atol=0.3)


def test_the_interval_covers_the_truth_and_p_is_level():
    random = np.random.default_rng(0)
    changes = random.normal(0.02, 0.1, (200, 40))
    found = [compare(np.zeros(40), change, resamples=500) for change in changes]
    assert 0.89 <= np.mean([entry.low <= 2 <= entry.high for entry in found]) <= 0.99
    level = [compare(np.zeros(40), change - 0.02, resamples=500).significant for change in changes]
    assert np.mean(level) <= 0.1


def test_whole_landmarks_are_drawn():
    """Queries that only repeat their landmark add no evidence: as wide an interval as with one query each."""
    change = np.random.default_rng(1).normal(0.03, 0.1, 11)
    single = compare(np.zeros(11), change)
    repeated = compare(np.zeros(55), np.repeat(change, 5), groups=np.repeat(np.arange(11), 5))
    assert (repeated.low, repeated.high, repeated.p) == pytest.approx((single.low, single.high, single.p))
    naive = compare(np.zeros(55), np.repeat(change, 5))
    assert naive.high - naive.low < 0.6 * (repeated.high - repeated.low)


def test_pairs_without_positives_are_dropped_and_the_rest_counted():
    found = compare([0.1, None, 0.5, 0.2, 0.3], [0.2, 0.9, 0.5, np.nan, 0.1], groups=["a", "b", "c", "d", "e"])
    assert (found.better, found.worse, found.equal, found.queries, found.units) == (1, 1, 1, 3, 3)


def test_the_same_seed_gives_the_same_figures_and_they_survive_json():
    random = np.random.default_rng(2)
    before, after = random.random(20), random.random(20)
    found = compare(before, after, seed=5)
    assert compare(before, after, seed=5) == found
    assert compare(before, after, seed=6).p != found.p
    assert Difference(**json.loads(json.dumps(asdict(found)))) == found


def test_no_change_is_not_significant():
    found = compare([0.2, 0.3], [0.2, 0.3])
    assert (found.points, found.low, found.high, found.p) == (0, 0, 0, 1)
    assert found.words == "+0.0 points [0.0, 0.0], not significant (p = 1.00)"


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ((3.14, 1.2, 5.04, 0.002), "+3.1 points [1.2, 5.0], significant at 5 % (p = 0.002)"),
        ((-0.01, -4.0, 3.0, 0.314), "+0.0 points [-4.0, 3.0], not significant (p = 0.31)"),
        ((-9.0, -11.0, -7.0, 0.0001), "-9.0 points [-11.0, -7.0], significant at 5 % (p < 0.001)"),
    ],
)
def test_words(figures, words):
    assert Difference(*figures, better=1, worse=1, equal=0, units=2, resamples=10, seed=0).words == words


def test_faults_are_named():
    with pytest.raises(RetrievalError, match="2 values before, 3 after"):
        compare([0.1, 0.2], [0.1, 0.2, 0.3])
    with pytest.raises(RetrievalError, match="1 groups"):
        compare([0.1, 0.2], [0.1, 0.2], groups=["a"])
    for empty in ([], [None]):
        with pytest.raises(RetrievalError, match="no query with positives"):
            compare(empty, empty)
