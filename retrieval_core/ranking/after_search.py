"""What a method that is applied after the search is: its title, its parameters, and how it orders the database anew."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from retrieval_core.parameters import Parametrised
from retrieval_core.progress import Progress

Ordered = tuple[np.ndarray, np.ndarray]
"""Positions (Q, N) int32 in the database, best first, and scores (Q, N) float32."""

Count = Callable[[int, np.ndarray], Generator[Progress, None, np.ndarray]]
"""For the number of a query and positions (K,) in the database: how many local matches (K,) int32 geometry confirms."""


@dataclass(frozen=True, eq=False)
class Help:
    """What a method is given beside the descriptors: what it has `prepared`, and for whole pictures how to `count` matches."""

    prepared: Any = None
    count: Count | None = None


SCALE = 5000
"""Photographs of Oxford5k, about: what the published defaults are for."""
FEWEST = 5

Order = Callable[[np.ndarray, np.ndarray, Mapping[str, float], Help], Generator[Progress, None, Ordered]]
Prepare = Callable[[np.ndarray, Mapping[str, float]], Generator[Progress, None, Any]]


@dataclass(frozen=True, eq=False)
class AfterSearch(Parametrised):
    """One method; a new one is a file with such a value, a row of `order.METHODS` and one of `SEARCH_CHOICES`.

    `order(queries, database, parameters, help)`, a generator, ranks all rows of (N, D) for each of (Q, D); rows have length 1.
    `score` says in words what the scores are.
    `prepare(database, parameters)` makes once what all queries share, from the parameters named in `prepared_by`.
    `scaled` names the parameters that count neighbours and whose defaults are for SCALE photographs: see `usual`.
    `looks`: whether it needs the pictures themselves. `vectors`: whether descriptors must be vectors, since it adds them up.
    """

    score: str
    order: Order
    prepare: Prepare | None = None
    prepared_by: tuple[str, ...] = ()
    scaled: tuple[str, ...] = ()
    looks: bool = False
    vectors: bool = True

    def usual(self, count: int) -> dict[str, float]:
        """The defaults on `count` photographs: of fewer than SCALE the same share of them is a neighbourhood, but FEWEST at least."""
        share = min(1.0, count / SCALE)
        return {name: max(FEWEST, round(share * value)) if name in self.scaled else value for name, value in self.defaults.items()}

    def fill_in(self, parameters: Mapping[str, float], count: int = SCALE) -> dict[str, float]:
        """All parameters on `count` photographs: those given, checked as in Parametrised, and the usual of the others."""
        return super().fill_in({**self.usual(count), **parameters})


def reordered(positions: np.ndarray, keys: np.ndarray) -> Ordered:
    """Order each row of positions (Q, K) by falling keys (Q, K), which stand beside them; what ties keeps its order."""
    order = np.argsort(-keys, axis=1, kind="stable")
    return np.take_along_axis(positions, order, axis=1), np.take_along_axis(keys, order, axis=1).astype(np.float32)


def unit_rows(rows: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Rows (R, D) at length 1; one of length 0 becomes that of `otherwise`."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.where(lengths > 0, rows / np.where(lengths > 0, lengths, 1), otherwise).astype(np.float32)
