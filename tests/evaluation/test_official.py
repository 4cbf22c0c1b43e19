"""Average precision against its definition, on a thousand random rankings with junk."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from retrieval_core.evaluation.average_precision import average_precision, positive_ranks

GOOD, JUNK, WRONG = "good", "junk", "wrong"
kinds = st.lists(st.sampled_from((GOOD, JUNK, WRONG)), max_size=120)
thousand = settings(max_examples=1000, deadline=None, derandomize=True)


def area_by_definition(kinds, positives):
    """Trapezoids between neighbouring points of the precision-recall curve, which begins at recall 0, precision 1."""
    counted = [kind == GOOD for kind in kinds if kind != JUNK]
    points = [(0.0, 1.0)]
    for place in range(1, len(counted) + 1):
        right = sum(counted[:place])
        points.append((right / positives, right / place))
    return sum((r1 - r0) * (p0 + p1) / 2 for (r0, p0), (r1, p1) in pairwise(points))


def by_program(kinds, positives, protocol):
    ids = [f"image {number}" for number in range(len(kinds))]
    named = {kind: {name for name, own in zip(ids, kinds, strict=True) if own == kind} for kind in (GOOD, JUNK)}
    return average_precision(positive_ranks(ids, named[GOOD], named[JUNK]), positives, protocol)


@thousand
@given(kinds, st.integers(0, 20))
def test_oxford_is_the_area_under_the_curve(kinds, missing):
    positives = kinds.count(GOOD) + missing
    if positives:
        expected = area_by_definition(kinds, positives)
        assert by_program(kinds, positives, "oxford") == pytest.approx(expected, abs=1e-9)


@thousand
@given(kinds.filter(lambda kinds: GOOD in kinds))
def test_finite_sum_is_that_of_scikit_learn(kinds):
    truth = np.array([kind == GOOD for kind in kinds if kind != JUNK])
    expected = average_precision_score(truth, -np.arange(len(truth)))
    assert by_program(kinds, truth.sum(), "finite_sum") == pytest.approx(expected, abs=1e-9)


@thousand
@given(kinds.filter(lambda kinds: GOOD in kinds), st.integers(0, 20))
def test_the_finite_sum_is_never_below_oxford_and_both_lie_between_0_and_1(kinds, missing):
    positives = kinds.count(GOOD) + missing
    oxford, finite = (by_program(kinds, positives, protocol) for protocol in ("oxford", "finite_sum"))
    assert 0 <= oxford <= finite <= 1 + 1e-12


@pytest.mark.parametrize(
    ("ranks", "oxford", "finite_sum"),
    [([0], 1, 1), ([1], 0.25, 0.5), ([0, 1, 4, 9], 0.72917, 0.75), ([9, 19, 29], 0.07027, 0.1)],
)
def test_hand_values_by_definition_and_by_program(ranks, oxford, finite_sum):
    kinds = [GOOD if place in ranks else WRONG for place in range(ranks[-1] + 1)]
    assert area_by_definition(kinds, len(ranks)) == pytest.approx(oxford, abs=5e-6)
    assert average_precision(ranks, len(ranks), "oxford") == pytest.approx(oxford, abs=5e-6)
    assert average_precision(ranks, len(ranks), "finite_sum") == pytest.approx(finite_sum, abs=5e-6)
