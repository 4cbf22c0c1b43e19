"""Recall is counted by hand where an engine misses what is known; nobody is counted for finding itself, and doubles are alike."""

import numpy as np
import pytest

from retrieval_core.evaluation.search_recall import Measured, engine_table, measure_search, nearest_exactly, searched_rows
from retrieval_core.progress import finished
from retrieval_core.ranking.search_index import SearchIndex


@pytest.fixture
def rows():
    found = np.random.default_rng(0).normal(size=(60, 8)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def recall(rows, find=None, searched=None):
    searched = np.arange(len(rows)) if searched is None else searched
    index = SearchIndex(rows, find, exact=False)
    return finished(measure_search(index, rows, searched, nearest_exactly(rows, searched)))[0]


def test_exact_search_has_all_of_it(rows):
    assert recall(rows) == 1


@pytest.mark.parametrize("missed", [1, 4, 10])
def test_what_is_missed_is_not_counted(rows, missed):
    order = np.argsort(-(rows @ rows.T), axis=1)

    def find(queries, k, among):
        own = (queries @ rows.T).argmax(1)
        return np.array([[order[row, 0], *order[row, 1 + missed : k]] + [-1] * missed for row in own])

    assert recall(rows, find) == pytest.approx(1 - missed / 10)


def test_one_that_finds_only_the_photograph_itself_finds_nothing(rows):
    assert recall(rows, lambda queries, k, among: (queries @ rows.T).argmax(1)[:, None]) == 0


def test_of_doubles_any_is_right(rows):
    doubled = np.repeat(rows[:4], 30, axis=0)

    def last(queries, k, among):
        return np.argsort(-(queries @ doubled.T), axis=1, kind="stable")[:, ::-1][:, -30:][:, :k]

    assert recall(doubled, last) == 1


def test_fewer_than_ten_and_one_alone(rows):
    assert recall(rows[:5]) == 1
    assert recall(rows[:1]) == 1


def test_the_searched_are_spread_over_all():
    assert searched_rows(1000, 5).tolist() == [0, 249, 499, 749, 999]
    assert searched_rows(3).tolist() == [0, 1, 2]


def test_what_a_server_holds_is_not_known():
    one = Measured(0.5, (1.0, 2.0), 3, 4.0, None, None, "here")
    table = engine_table({("1d", "milvus:http://host"): one})
    assert table.loc["1d", ["engine", "recall@10", "median ms", "95 % ms", "build s"]].tolist() == ["milvus:http://host", 0.5, 1, 2, 4]
    assert table[["MB on disk", "MB in memory"]].isna().all(axis=None)
