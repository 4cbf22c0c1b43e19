"""Failures on rankings short enough to read."""

from dataclasses import replace

import numpy as np
import pytest
from rankings import ranking

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.evaluation.failures import (
    FalsePositive,
    HardQuery,
    Hub,
    StuckPositive,
    confusion_matrix,
    false_positives,
    hard_queries,
    hubs,
    stuck_positives,
)
from retrieval_core.evaluation.judged_rankings import without_query_images


@pytest.fixture
def dataset():
    """Gate shows a and b, keep shows c; mill d is asked for by none, x and y have no label; j is junk for gate."""
    labels = {"a": "gate", "b": "gate", "c": "keep", "d": "mill", "j": "gate"}
    queries = (
        Query("gate_1", "a", "gate", None, good=("a",), ok=("b",), junk=("j",)),
        Query("keep_1", "c", "keep", None, good=("c",), ok=(), junk=()),
        Query("moat_1", "x", "moat", None, good=(), ok=(), junk=()),
    )
    return Dataset("small", tuple(Image(name, name, labels.get(name)) for name in "abcdjxy"), queries, "")


@pytest.fixture
def rankings():
    return {
        "1a": [ranking("gate_1", "xjcba"), ranking("keep_1", "xabdc"), ranking("moat_1", "")],
        "1b": [ranking("gate_1", "axj"), ranking("keep_1", "xbc"), ranking("moat_1", "")],
    }


def test_hard_queries_are_hard_for_the_best_model(rankings, dataset):
    # gate_1: 5/12 under 1a (1/3 and 2/4, halved), 1/2 under 1b. keep_1: 1/5 and 1/3.
    gate, keep = HardQuery("gate_1", "a", "1b", 1, 0.5), HardQuery("keep_1", "c", "1b", 3, pytest.approx(1 / 3))
    assert hard_queries(rankings, dataset, "finite_sum", 0.6) == [keep, gate]
    assert hard_queries(rankings, dataset, "finite_sum") == [keep]
    nothing_found = hard_queries({"1a": [ranking("keep_1", "ab")]}, dataset, "oxford")
    assert nothing_found == [HardQuery("keep_1", "c", "1a", None, 0.0)]


def test_false_positives_above_the_first_right_image(rankings, dataset):
    assert false_positives(rankings, dataset) == [
        FalsePositive("gate_1", "x", "1a", 1), FalsePositive("gate_1", "c", "1a", 2),
        *[FalsePositive("keep_1", image_id, "1a", rank) for rank, image_id in enumerate("xabd", 1)],
        FalsePositive("keep_1", "x", "1b", 1), FalsePositive("keep_1", "b", "1b", 2),
    ]  # fmt: skip
    assert len(false_positives(rankings, dataset, limit=1)) == 3
    behind_its_own = false_positives({"1b": rankings["1b"][:1]}, without_query_images(dataset))
    assert behind_its_own == [FalsePositive("gate_1", "x", "1b", 1)]


def test_positives_stuck_far_down_or_never_found(rankings, dataset):
    assert stuck_positives(rankings, dataset, below=3) == [
        StuckPositive("gate_1", "b", "1b", None), StuckPositive("keep_1", "c", "1a", 5), StuckPositive("gate_1", "a", "1a", 4),
    ]  # fmt: skip


def test_hubs_are_wrong_at_the_head_of_many(rankings, dataset):
    assert hubs(rankings, dataset, k=2, least=2) == [Hub(("gate_1", "keep_1"), "x", "1a", 1), Hub(("gate_1", "keep_1"), "x", "1b", 1)]
    assert hubs(rankings, dataset, k=1, least=2) == [Hub(("gate_1", "keep_1"), "x", "1a", 1)]
    assert hubs(rankings, dataset, k=10) == []
    assert Hub(("gate_1", "keep_1"), "x", "1a", 1).occurrences == 2


def test_confusion_matrix_holds_shares_of_the_first_k(rankings, dataset):
    table = confusion_matrix(rankings["1a"], dataset, k=4)
    assert list(table.index) == ["gate", "keep", "moat"]
    assert list(table.columns) == ["gate", "keep", "moat", "mill", "unlabelled"]
    np.testing.assert_allclose(table.loc["gate"], [1 / 2, 1 / 4, 0, 0, 1 / 4])
    np.testing.assert_allclose(table.loc["keep"], [1 / 2, 0, 0, 1 / 4, 1 / 4])
    assert table.loc["moat"].isna().all()
    np.testing.assert_allclose(table.sum(axis=1)[:2], 1)


def test_a_landmark_that_is_called_unlabelled_is_one_of_its_own(rankings, dataset):
    named = replace(dataset, images=tuple(replace(image, label="unlabelled") if image.label else image for image in dataset.images))
    queries = tuple(replace(query, label="unlabelled") for query in dataset.queries)
    table = confusion_matrix(rankings["1a"], replace(named, queries=queries), k=4)
    assert list(table.columns) == ["unlabelled", "(unlabelled)"]
    usual = confusion_matrix(rankings["1a"], dataset, k=4)
    assert list(usual.columns)[-1] == "unlabelled"
