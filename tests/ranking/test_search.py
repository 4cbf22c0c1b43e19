"""Exact search against a naive sort, whatever the blocks."""

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.ranking import search as module
from retrieval_core.ranking.search import named, nearest, search


def naive(queries, database):
    """Sort (falling score, rising position) in plain Python."""
    orders = []
    for query in queries:
        scores = [float(np.dot(query, row)) for row in database]
        orders.append(sorted(range(len(database)), key=lambda position: (-scores[position], position)))
    return np.array(orders)


def whole_numbers(seed, rows, width=4, largest=2):
    """Small whole numbers: every dot product is exact in float32, and many are equal or zero."""
    return np.random.default_rng(seed).integers(-largest, largest + 1, (rows, width)).astype(np.float32)


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "QUERY_BLOCK", 3)
    monkeypatch.setattr(module, "KEYS_HELD", 1)
    monkeypatch.setattr(module, "DATABASE_BLOCK", 7)


@pytest.mark.parametrize("rows", [1, 6, 7, 8, 50])
@pytest.mark.parametrize("k", [None, 1, 5, 49, 1000])
def test_order_and_ties_agree_with_the_naive_sort(rows, k):
    queries, database = whole_numbers(1, 8), whole_numbers(2, rows)
    indices, scores = search(queries, database, k)
    expected = naive(queries, database)[:, :k]
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(scores, np.take_along_axis(queries @ database.T, expected, axis=1))
    assert scores.dtype == np.float32


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("k", [1, 3, 8, 20])
def test_a_database_that_gets_ever_better_or_ever_worse(k, order):
    database = np.repeat(np.arange(100, dtype=np.float32), 3)[::order, None]
    expected = naive(np.ones((4, 1), np.float32), database)[:, :k]
    np.testing.assert_array_equal(search(np.ones((4, 1), np.float32), database, k)[0], expected)


def test_a_value_that_is_not_finite_is_found_far_down_and_no_rows_may_be_asked_for():
    database = whole_numbers(2, 90)
    assert search(whole_numbers(1, 2), database, 0)[0].shape == (2, 0)
    database[89] = np.inf
    with pytest.raises(RetrievalError, match="not finite"):
        search(np.ones((2, 4), np.float32), database, 2)


def test_scores_of_every_size_and_sign_keep_their_order():
    values = np.float32([0, -0.0, 1e-45, -1e-45, 1, -1, 3e38, -3e38, 0.1, np.nextafter(np.float32(0.1), np.float32(1))])
    indices, scores = search(np.ones((1, 1), np.float32), values[:, None])
    assert indices[0].tolist() == [6, 4, 9, 8, 2, 0, 1, 3, 5, 7]
    np.testing.assert_array_equal(scores[0], values[indices[0]])


def test_scores_that_underflow_tie_with_zero_whatever_their_sign():
    queries, database = np.float32([[1e-30]]), np.float32([[-1e-30], [1e-30], [0], [1]])
    indices, _ = search(queries, database)
    assert indices[0].tolist() == [3, 0, 1, 2]


def test_a_mapped_database_of_another_type_is_read(tmp_path):
    np.save(tmp_path / "database.npy", whole_numbers(2, 20).astype(np.float16))
    mapped = np.load(tmp_path / "database.npy", mmap_mode="r")
    np.testing.assert_array_equal(search(whole_numbers(1, 2), mapped)[0], naive(whole_numbers(1, 2), mapped))


def test_nearest_leaves_out_the_row_itself_even_among_doubles():
    matrix = np.repeat(np.eye(3, dtype=np.float32), [4, 1, 1], axis=0)
    for row, expected in ((0, [1, 2, 3, 4]), (3, [0, 1, 2, 4]), (5, [0, 1, 2, 3])):
        indices, scores = nearest(matrix, row, 4)
        assert indices.tolist() == expected
        np.testing.assert_array_equal(scores, matrix[expected] @ matrix[row])
    assert len(nearest(matrix, 0, 100)[0]) == 5
    assert nearest(matrix, 3, 2)[0].tolist() == [0, 1]


def test_rankings_are_named():
    queries, database = whole_numbers(1, 2), whole_numbers(2, 5)
    first, second = named(["keep_1", "keep_2"], list("abcde"), *search(queries, database, 3))
    assert (first.query_id, second.query_id) == ("keep_1", "keep_2")
    assert second.ids == tuple("abcde"[position] for position in naive(queries, database)[1, :3])
    assert len(second.scores) == 3


def test_no_queries_and_no_database():
    assert search(whole_numbers(1, 0), whole_numbers(2, 5))[0].shape == (0, 5)
    assert search(whole_numbers(1, 2), whole_numbers(2, 0))[0].shape == (2, 0)


def test_faults_are_named():
    with pytest.raises(RetrievalError, match="4 dimensions and the database 5"):
        search(whole_numbers(1, 2), whole_numbers(2, 3, width=5))
    broken = whole_numbers(2, 9)
    broken[8, 1] = np.nan
    with pytest.raises(RetrievalError, match="not finite"):
        search(whole_numbers(1, 2), broken)
