"""Filters name rows by what is known of the photographs now."""

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.filters import among

IDS = ("d", "a", "c", "b")


@pytest.fixture
def dataset():
    labels = {"a": "mill", "b": None, "c": "gate", "d": "mill"}
    return Dataset("x", tuple(Image(name, "", labels[name]) for name in sorted(labels)), ())


@pytest.mark.parametrize(("filters", "rows"), [
    ({"landmark": "mill"}, [0, 1]), ({"unlabelled": True}, [3]), ({"bin": ["c", "b", "gone"]}, [2, 3]),
    ({"bin": ["a", "c"], "landmark": "mill"}, [1]), ({"bin": ["a", "b"], "unlabelled": True}, [3]), ({}, None),
])  # fmt: skip
def test_rows_are_those_that_pass_all(dataset, filters, rows):
    found = among(IDS, dataset, **filters)
    assert found is None if rows is None else np.array_equal(found, rows)


@pytest.mark.parametrize(("filters", "words"), [
    ({"landmark": "tower"}, "no landmark 'tower'. It has gate, mill"), ({"landmark": "mill", "unlabelled": True}, "one of the two"),
    ({"bin": ["gone"]}, "No photograph passes"), ({"bin": []}, "No photograph passes"),
])  # fmt: skip
def test_what_leaves_nothing_is_said(dataset, filters, words):
    with pytest.raises(RetrievalError, match=words):
        among(IDS, dataset, **filters)
