"""The ids of a ranking as positions in the database: four bytes each, and no text until one is asked for."""

from collections.abc import Collection, Iterator, Sequence
from operator import eq

import numpy as np

from retrieval_core.datasets.shared_ids import row_numbers

_NAMED = 4096  # positions that are turned into ids at a time


class RankedIds(Sequence[str]):
    """Image ids in the order of `positions` (K,) among `names`; equal to the tuple of them."""

    __slots__ = ("names", "positions")

    def __init__(self, names: tuple[str, ...], positions: np.ndarray):
        self.names, self.positions = names, positions

    def __len__(self) -> int:
        return len(self.positions)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return tuple(self.names[row] for row in self.positions[place].tolist())
        return self.names[self.positions[place]]

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _NAMED):
            yield from self[start : start + _NAMED]

    def __eq__(self, other: object) -> bool:
        if isinstance(other, RankedIds) and other.names is self.names:
            return np.array_equal(self.positions, other.positions)
        return isinstance(other, (RankedIds, tuple)) and len(self) == len(other) and all(map(eq, self, other))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"RankedIds({self[:3]}, … {len(self):,})"

    def marked(self, *groups: Collection[str]) -> tuple[np.ndarray, np.ndarray]:
        """Places (M,) int64 that hold an id of any group, rising, and the number (M,) of its group; of several the last."""
        numbers, marks = row_numbers(self.names), np.zeros(len(self.names), np.uint8)
        for number, group in enumerate(groups, 1):
            marks[[numbers[one] for one in group if one in numbers]] = number
        found = marks[self.positions]
        places = np.flatnonzero(found)
        return places, found[places].astype(np.int64) - 1
