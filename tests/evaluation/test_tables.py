"""The AP tables, and the report's figures beside them."""

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import Score
from retrieval_core.evaluation.report_2019 import OXFORD5K_LANDMARKS, REPORT, REPORT_QUERIES, report_table
from retrieval_core.evaluation.tables import ap_table, best_per_column, landmark_table, query_numbers, report_queries


def dataset_with(counts):
    """A dataset with so many queries for each landmark."""
    queries = [
        Query(f"{landmark}_{number}", "a", landmark, None, ("a",), (), ())
        for landmark, count in counts.items()
        for number in range(1, count + 1)
    ]
    return Dataset("small", (), tuple(queries), "")


@pytest.fixture
def dataset():
    return dataset_with({"gate": 3, "keep": 1})


@pytest.fixture
def scores():
    """Of two models; gate_3 has no positives."""
    return {
        "1a": [Score("gate_1", 0.1, 0.2, 4), Score("gate_2", 0.3, 0.4, 4), Score("gate_3", None, None, 0),
               Score("keep_1", 0.5, 0.6, 4)],
        "1b": [Score("keep_1", 0.2, 0.6, 4), Score("gate_1", 0.7, 0.8, 4), Score("gate_2", 0.9, 1.0, 4),
               Score("gate_3", None, None, 0)],
    }  # fmt: skip


def test_the_report_shows_the_second_query_of_each_landmark(dataset):
    assert report_queries(dataset) == ("gate_2", "keep_1")
    oxford = dataset_with(dict.fromkeys(OXFORD5K_LANDMARKS, 5))
    numbers = query_numbers(oxford)
    assert tuple(numbers[query_id] for query_id in report_queries(oxford)) == REPORT_QUERIES


def test_ap_table_of_the_report_queries(scores, dataset):
    table = ap_table(scores, dataset, "oxford")
    assert list(table.index) == ["1a", "1b"]
    assert list(table.columns) == ["gate_2", "keep_1", "mAP"]
    np.testing.assert_allclose(table.to_numpy(), [[30, 50, 40], [90, 20, 55]])


def test_ap_table_of_all_queries_leaves_those_without_positives_out_of_the_mean(scores, dataset):
    table = ap_table(scores, dataset, "finite_sum", "all")
    assert list(table.columns) == ["gate_1", "gate_2", "gate_3", "keep_1", "mAP"]
    np.testing.assert_allclose(table.to_numpy(), [[20, 40, np.nan, 60, 40], [80, 100, np.nan, 60, 80]])


def test_landmark_table_means_over_queries(scores, dataset):
    table = landmark_table(scores, dataset, "oxford")
    assert list(table.columns) == ["gate", "keep", "mAP"]
    np.testing.assert_allclose(table.to_numpy(), [[20, 50, 30], [80, 20, 60]])


def test_best_of_each_column(scores, dataset):
    best = best_per_column(ap_table(scores, dataset, "finite_sum", "all"))
    assert best.loc["1a"].tolist() == [False, False, False, True, False]
    assert best.loc["1b"].tolist() == [True, True, False, True, True]


def test_no_models_and_no_queries_give_empty_tables(scores, dataset):
    assert ap_table({}, dataset, "oxford").shape == (0, 3)
    nothing = ap_table({"1a": []}, dataset_with({}), "oxford")
    assert list(nothing.columns) == ["mAP"]
    assert nothing.isna().all(axis=None)


def test_a_missing_score_and_unknown_choices_are_named(scores, dataset):
    with pytest.raises(RetrievalError, match=r"model 1b lack the query 'gate_2'"):
        ap_table({"1b": scores["1b"][:2]}, dataset, "oxford")
    with pytest.raises(RetrievalError, match="oxford, finite_sum"):
        ap_table(scores, dataset, "official")
    with pytest.raises(RetrievalError, match="report, all"):
        ap_table(scores, dataset, "oxford", "some")


def test_the_printed_means_are_those_of_the_printed_values():
    for model, (values, mean) in REPORT.items():
        assert len(values) == len(REPORT_QUERIES)
        assert np.mean(values) == pytest.approx(mean, abs=0.006), model


def test_the_report_is_shown_beside_oxford5k_only(dataset):
    assert report_table(dataset) is None
    table = report_table(dataset_with(dict.fromkeys(OXFORD5K_LANDMARKS, 5)))
    assert list(table.index) == ["1a", "1b", "1c", "1d", "1f", "1g", "1h"]
    assert table.loc["1d", "bodleian_2"] == 1.28
    assert table.loc["1h", "mAP"] == 79.73


def test_a_landmark_that_is_called_as_the_mean_keeps_its_column():
    named = dataset_with({"(mAP)": 1, "mAP": 1, "007": 1, "7": 1})
    values = {"(mAP)": 0.1, "mAP": 0.2, "007": 0.3, "7": 0.4}
    found = {"1a": [Score(f"{name}_1", value, value, 1) for name, value in values.items()]}
    table = landmark_table(found, named, "oxford")
    assert list(table.columns) == ["(mAP)", "((mAP))", "007", "7", "mAP"]
    assert table.loc["1a"].tolist() == pytest.approx([10, 20, 30, 40, 25])
