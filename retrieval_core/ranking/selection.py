"""A selection of photographs among all: how similar they are to one another, and how similar every photograph is to them."""

import numpy as np

_ROWS = 8192  # descriptors multiplied at once


def mean_within(rows: np.ndarray) -> float | None:
    """The mean similarity of the pairs of (K, D) rows of length 1; None for fewer than two.

    The sum over all pairs is the squared length of the sum of the rows without the pairs of a row with itself: no K×K matrix.

    >>> round(mean_within(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])), 4)
    0.3333
    """
    count = len(rows)
    if count < 2:
        return None
    whole = rows.astype(np.float64)
    total = whole.sum(axis=0)
    return float((total @ total - (whole * whole).sum()) / (count * (count - 1)))


def similarity_to(matrix: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The mean similarity float32 (N,) of each of (N, D) rows to (K, D) others."""
    middle = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    found = np.empty(len(matrix), np.float32)
    for start in range(0, len(matrix), _ROWS):
        found[start : start + _ROWS] = matrix[start : start + _ROWS] @ middle
    return found
