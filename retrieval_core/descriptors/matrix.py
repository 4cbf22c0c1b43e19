"""Descriptors of many photographs (or queries) as one matrix, row by row with their ids. NumPy only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np


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
        return self.matrix if tuple(ids) == self.ids else self.matrix[[self.row(image_id) for image_id in ids]]

    def __contains__(self, image_id: str) -> bool:
        return image_id in self._rows

    @cached_property
    def _rows(self) -> dict[str, int]:
        return {name: row for row, name in enumerate(self.ids)}
