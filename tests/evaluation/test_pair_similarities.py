"""Right and wrong pairs of thirty points: counts, rates and thresholds against a loop over all pairs."""

from itertools import combinations

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation import pair_similarities as module
from retrieval_core.evaluation.pair_similarities import (
    BINS,
    EQUAL,
    Pairs,
    at_similarity,
    check_similarity,
    pair_similarities,
    remaining,
    summary,
    threshold,
    threshold_table,
)
from retrieval_core.progress import finished
from retrieval_core.ranking.search import Ranking


@pytest.fixture(params=range(3))
def pairs(request, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 8)  # several blocks
    random = np.random.default_rng(request.param)
    codes = random.permutation([0] * 9 + [1] * 8 + [2] * 6 + [-1] * 7)
    rows = random.normal(size=(4, 10))[codes] * 0.5 + random.normal(size=(30, 10))
    matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    right, wrong = [], []
    for one, other in combinations(np.flatnonzero(codes >= 0), 2):
        (right if codes[one] == codes[other] else wrong).append(float(matrix[one].astype(float) @ matrix[other].astype(float)))
    return finished(pair_similarities(matrix, codes)), np.array(right), np.array(wrong)


def test_all_pairs_of_labelled_photographs_are_counted_once(pairs):
    found, right, wrong = pairs
    edges = np.linspace(-1, 1, BINS + 1)
    assert found.right.tolist() == np.histogram(right, edges)[0].tolist()
    assert found.wrong.tolist() == np.histogram(wrong, edges)[0].tolist()


def test_rates_are_shares_of_the_pairs(pairs):
    found, right, wrong = pairs
    for similarity in (-1, -0.25, 0, 0.123, 0.5, 1):
        one = at_similarity(found, similarity)
        assert one.similarity == similarity
        assert one.false_match == pytest.approx((wrong >= similarity).mean())
        assert one.false_non_match == pytest.approx((right < similarity).mean())


def test_thresholds_are_those_of_trying_all(pairs):
    found, right, wrong = pairs
    tried = np.round(np.linspace(-1, 1, BINS + 1), 3)
    rates = [((wrong >= one).mean(), (right < one).mean()) for one in tried]
    for rate in ("0.1", "0.01", "0.001"):
        lowest = next(one for one, (false, _) in zip(tried, rates, strict=True) if false <= float(rate))
        assert threshold(found, rate).similarity == pytest.approx(lowest)
    equal = threshold(found, EQUAL)
    assert abs(equal.false_match - equal.false_non_match) == pytest.approx(min(abs(one - other) for one, other in rates))


QUERIES = (Query("q1", "a", "x", None, ("a",), ("b",), ("j",)), Query("q2", "c", "y", None, ("c",), (), ()),
           Query("none", "d", "z", None, (), (), ()))  # fmt: skip
DATASET = Dataset("made", tuple(Image(name, "", "x") for name in "abcdj"), QUERIES)
RANKINGS = [Ranking("q1", tuple("ajcbd"), np.array([0.9, 0.8, 0.6, 0.5, 0.1], np.float32)),
            Ranking("q2", tuple("cabdj"), np.array([0.7, 0.3, 0.2, 0.1, 0.0], np.float32)),
            Ranking("none", tuple("dabcj"), np.array([0.9, 0.8, 0.7, 0.6, 0.5], np.float32))]  # fmt: skip


def test_a_threshold_cuts_a_list_and_junk_is_not_counted():
    first, second, third = remaining(DATASET, RANKINGS, 0.5)
    assert (first.answers, first.right, first.positives) == (3, 2, 2)  # a, c, b
    assert (second.answers, second.right, second.positives) == (1, 1, 1)
    assert (third.answers, third.right, third.positives) == (5, 0, 0)
    assert summary([first, second, third]) == {"answers": 2.0, "right, %": 75.0, "found, %": 100.0}
    assert summary([third]) == {}
    assert np.isnan(summary(remaining(DATASET, RANKINGS, 1.0))["right, %"])


def test_the_table_has_a_row_for_each_rate_and_the_one_that_was_asked_for(pairs):
    found = pairs[0]
    table = threshold_table(DATASET, {"1a": found, "1b": found}, {"1a": RANKINGS}, 0.5)
    assert list(table.index) == ["1a"] * 5 + ["1b"] * 5
    assert list(table["false matches at"])[:5] == ["equal rates", "10 %", "1 %", "0.1 %", "as asked"]
    last = table.iloc[4]
    assert last["similarity"] == 0.5
    assert last["false matches, %"] == pytest.approx(100 * at_similarity(found, 0.5).false_match)
    assert (last["answers"], last["right, %"]) == (2.0, 75.0)
    assert table.loc["1b", "answers"].isna().all()
    assert "answers" not in threshold_table(DATASET, {"1a": found}, {})


def test_without_right_or_wrong_pairs_there_is_no_threshold():
    nothing, some = np.zeros(BINS, np.int64), np.ones(BINS, np.int64)
    for empty in (Pairs(nothing, some), Pairs(some, nothing)):
        with pytest.raises(RetrievalError, match="takes right and wrong pairs"):
            threshold(empty, EQUAL)
    with pytest.raises(RetrievalError, match="from -1 to 1"):
        check_similarity(1.5)
