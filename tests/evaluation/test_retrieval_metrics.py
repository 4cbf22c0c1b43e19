"""Precision and recall at k, by hand and against counting."""

import numpy as np
import pytest
from rankings import random_query, ranking

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import positive_ranks
from retrieval_core.evaluation.retrieval_metrics import (
    metrics_table,
    precision_at,
    precision_at_revisited,
    query_metrics,
    recall_at,
)


def test_hand_values():
    ranks = [0, 2, 3]  # of four positives, one never found
    assert [precision_at(ranks, k) for k in (1, 2, 5, 10)] == [1, 1 / 2, 3 / 5, 3 / 10]
    assert [precision_at_revisited(ranks, k) for k in (1, 2, 5, 10)] == [1, 1 / 2, 3 / 4, 3 / 4]
    assert [recall_at(ranks, 4, k) for k in (1, 3, 10)] == [1 / 4, 1 / 2, 3 / 4]
    assert precision_at([], 5) == precision_at_revisited([], 5) == recall_at([], 2, 5) == 0
    assert precision_at_revisited([0, 1], 10) == 1
    with pytest.raises(ValueError, match="0 positives"):
        recall_at([], 0, 5)


@pytest.mark.parametrize("seed", range(50))
def test_they_agree_with_counting(seed):
    ranked, query = random_query(seed)
    kept = [image_id for image_id in ranked if image_id not in query.junk]
    right = [image_id in query.positives for image_id in kept]
    ranks = positive_ranks(ranked, query.positives, query.junk)
    for k in (1, 5, 10):
        assert precision_at(ranks, k) == sum(right[:k]) / k
        assert recall_at(ranks, len(query.positives), k) == sum(right[:k]) / len(query.positives)
        last = max((place for place, hit in enumerate(right, 1) if hit), default=0)
        if last:
            assert precision_at_revisited(ranks, k) == sum(right[: min(last, k)]) / min(last, k)


@pytest.fixture
def dataset():
    queries = (
        Query("keep_1", "a", "keep", None, good=("a",), ok=("b",), junk=("j",)),
        Query("keep_2", "c", "keep", None, good=("c",), ok=(), junk=()),
        Query("keep_3", "d", "keep", None, good=(), ok=(), junk=()),
    )
    return Dataset("small", (), queries, "")


def test_the_table_means_over_queries_with_positives(dataset):
    rankings = [ranking("keep_1", "jaxb"), ranking("keep_2", "xcab"), ranking("keep_3", "abc")]
    assert [row.query_id for row in query_metrics(dataset, rankings)] == ["keep_1", "keep_2"]
    table = metrics_table({"1a": rankings, "1b": rankings[2:]}, dataset, depths=(1, 5))
    assert list(table.columns) == ["mAP (Oxford)", "mAP (finite sum)", "mP@1", "mP@5", "mP@1 (ROxford)", "mP@5 (ROxford)",
                                   "recall@1", "recall@5"]  # fmt: skip
    expected = [(19 / 24 + 1 / 4) / 2, (5 / 6 + 1 / 2) / 2, 1 / 2, 3 / 10, 1 / 2, (2 / 3 + 1 / 2) / 2, 1 / 4, 1]
    np.testing.assert_allclose(table.loc["1a"], np.array(expected) * 100)
    assert table.loc["1b"].isna().all()
    assert metrics_table({}, dataset).shape == (0, 11)


def test_a_ranking_of_another_dataset_is_refused(dataset):
    with pytest.raises(RetrievalError, match="small has no query 'mill_1'"):
        query_metrics(dataset, [ranking("mill_1", "ab")])
