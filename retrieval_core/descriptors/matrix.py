"""Descriptors of many photographs (or queries) as one matrix, row by row with their ids. NumPy only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

import numpy as np

from retrieval_core.datasets import large_arrays
from retrieval_core.datasets.shared_ids import row_numbers


@dataclass(frozen=True, eq=False)
class Descriptors:
    """One row an image (or query) id: `matrix` (N, D) float32, rows of length 1; `recipe` says what made them."""

    ids: tuple[str, ...]
    matrix: np.ndarray
    recipe: dict = field(default_factory=dict)

    def row(self, image_id: str) -> int:
        """The row of an id; KeyError if it is not here."""
        return self._rows[image_id]

    def rows(self, ids: Sequence[str]) -> np.ndarray:
        """The rows (K, D) of these ids; the matrix itself, which may be larger than memory, where they are all of them."""
        if tuple(ids) == self.ids:
            return self.matrix
        return chosen_rows(self.matrix, np.array([self._rows[image_id] for image_id in ids], np.int64))

    def __contains__(self, image_id: str) -> bool:
        return image_id in self._rows

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return row_numbers(self.ids)


class ChosenRows:
    """Some rows of a matrix, read as they are asked for: it is sliced and indexed as the array (K, D) that it stands for."""

    def __init__(self, matrix: np.ndarray, positions: np.ndarray):
        self._matrix, self._positions = matrix, positions
        self.shape, self.dtype, self.ndim = (len(positions), *matrix.shape[1:]), matrix.dtype, matrix.ndim

    def __len__(self) -> int:
        return len(self._positions)

    def __getitem__(self, rows) -> np.ndarray:
        return self._matrix[self._positions[rows]]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.asarray(self._matrix[self._positions], dtype)


def chosen_rows(matrix: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Rows (K, D) of a matrix at positions (K,): copied, or where they are many, read as they are asked for."""
    if 4 * len(positions) * matrix.shape[1] < large_arrays.LARGE:
        return matrix[positions]
    return cast(np.ndarray, ChosenRows(matrix, positions))
