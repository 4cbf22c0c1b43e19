"""Exact search as an engine: brute force is the oracle, with and without a filter."""

import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.engines import read_engine
from retrieval_core.ranking.search_index import SearchIndex


def brute_force(queries, rows, k, among=None):
    among = range(len(rows)) if among is None else sorted(among)
    found = []
    for query in queries:
        scores = sorted((-float(np.dot(rows[place].astype(np.float64), query)), place) for place in among)[:k]
        found.append([place for _, place in scores] + [-1] * (k - len(scores)))
    return np.array(found)


@pytest.mark.parametrize("among", [None, np.arange(5, 300), np.array([7, 3, 3, 99])])
def test_exact_search_is_brute_force(among):
    rows, queries = unit_rows(0, 400, 16), unit_rows(1, 6, 16)
    positions, similarities = SearchIndex(rows).search(queries, 8, among)
    assert (positions == brute_force(queries, rows, 8, None if among is None else set(among.tolist()))).all()
    assert positions.dtype == np.int64
    assert similarities.dtype == np.float32
    there = positions >= 0
    assert np.allclose(similarities[there], np.einsum("qd,qkd->qk", queries, rows[positions])[there], atol=1e-6)
    assert (similarities[~there] == -np.inf).all()


@pytest.mark.parametrize(("text", "words"), [
    ("exact:here", "has no address"), ("fast", "Unknown search engine"), ("", "Unknown search engine"),
])  # fmt: skip
def test_what_is_no_engine_is_said(text, words):
    with pytest.raises(RetrievalError, match=words):
        read_engine(text)
