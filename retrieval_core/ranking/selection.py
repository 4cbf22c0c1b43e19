"""A selection of photographs among all: how similar they are to one another, and how similar every photograph is to them."""

import numpy as np

from retrieval_core.datasets.large_arrays import row_blocks

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
    total, own = np.zeros(rows.shape[1]), 0.0
    for block in row_blocks(rows):
        part = rows[block]
        total += np.sum(part, axis=0, dtype=np.float64)
        own += float(np.einsum("ij,ij->", part, part, dtype=np.float64))
    return float((total @ total - own) / (count * (count - 1)))


def similarity_to(matrix: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The mean similarity float32 (N,) of each of (N, D) rows to (K, D) others."""
    total = sum(np.sum(rows[block], axis=0, dtype=np.float64) for block in row_blocks(rows))
    middle, found = np.asarray(total / len(rows), np.float32), np.empty(len(matrix), np.float32)
    for start in range(0, len(matrix), _ROWS):
        found[start : start + _ROWS] = matrix[start : start + _ROWS] @ middle
    return found
