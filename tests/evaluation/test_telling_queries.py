"""Queries that are shown as examples: chosen by rule, one of each landmark."""

import pytest

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.telling_queries import best_to_worst, most_gained

IDS = ("gate_1", "gate_2", "keep_1", "keep_2", "mill_1")


@pytest.fixture
def dataset():
    return Dataset("small", (), tuple(Query(name, "a", name[:4], None, ("a",), (), ()) for name in IDS))


def scores(*values):
    """AP (Oxford), and AP (finite sum) the other way round."""
    return [Score(name, ap, None if ap is None else 1 - ap, 4) for name, ap in zip(IDS, values, strict=True)]


def ids(queries):
    return [query.id for query in queries]


def test_the_largest_gains_come_first_one_of_each_landmark(dataset):
    before, after = scores(0.1, 0.2, 0.3, 0.3, 0.9), scores(0.5, 0.9, 0.3, 0.8, 0.1)
    assert ids(most_gained(before, after, dataset, "oxford", 3)) == ["gate_2", "keep_2", "mill_1"]
    assert ids(most_gained(before, after, dataset, "oxford", 1)) == ["gate_2"]
    assert ids(most_gained(before, after, dataset, "finite_sum", 2)) == ["mill_1", "keep_1"]


def test_equal_gains_keep_the_order_of_the_dataset_and_queries_without_positives_are_left_out(dataset):
    before, after = scores(0.5, 0.5, None, 0.5, 0.5), scores(0.5, 0.5, 0.9, 0.5, None)
    assert ids(most_gained(before, after, dataset, "oxford", 9)) == ["gate_1", "keep_2"]


def test_of_one_model_the_best_a_middle_one_and_the_worst(dataset):
    assert ids(best_to_worst(scores(0.4, 0.1, 0.9, None, 0.2), dataset, "oxford")) == ["keep_1", "mill_1", "gate_2"]
    assert ids(best_to_worst(scores(None, None, 0.9, None, 0.2), dataset, "oxford")) == ["keep_1", "mill_1"]
    assert ids(best_to_worst(scores(None, None, 0.9, None, None), dataset, "oxford")) == ["keep_1"]
    assert best_to_worst(scores(*5 * [None]), dataset, "oxford") == []
