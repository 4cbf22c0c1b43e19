"""What a method is that learns from marks: its title, its parameters, and how it gives every photograph a value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval_core.parameters import Parametrised


@dataclass(frozen=True, eq=False)
class View:
    """A query and the photographs as one model describes them: rows of length 1.

    query: (D,) float32. database: (N, D) float32; may be memory-mapped.
    """

    query: np.ndarray
    database: np.ndarray

    @cached_property
    def similarities(self) -> np.ndarray:
        """Of the query to every photograph, (N,) float32."""
        return self.database @ self.query


@dataclass(frozen=True, eq=False)
class Round:
    """What is known when the ranking is to answer: the query under one model or two, and the marks.

    right, wrong: rows (R,) and (W,) of the photographs that are marked, in the order of the marks; none is both.
    neighbours: (N, K) int32, the nearest other rows of each under the first model; None where they are not listed.
    """

    views: tuple[View, ...]
    right: np.ndarray
    wrong: np.ndarray
    neighbours: np.ndarray | None = None

    @property
    def marked(self) -> np.ndarray:
        """Rows of all marked photographs, the right ones first."""
        return np.concatenate([self.right, self.wrong])

    @property
    def signs(self) -> np.ndarray:
        """+1 for a right and −1 for a wrong mark, as `marked` has them."""
        return np.repeat([1.0, -1.0], [len(self.right), len(self.wrong)])

    @property
    def decides(self) -> bool:
        """Whether there are marks of both signs, so that something can be told apart."""
        return len(self.right) > 0 and len(self.wrong) > 0

    @cached_property
    def similarities(self) -> np.ndarray:
        """To the query, (N,) float32, summed over the models: what ranks without marks."""
        return np.sum([view.similarities for view in self.views], axis=0) if len(self.views) > 1 else self.views[0].similarities

    def first(self, count: int) -> np.ndarray:
        """Rows of the first photographs by their similarity, and of the marked ones; rising."""
        count = min(count, len(self.similarities))
        return np.union1d(np.argpartition(-self.similarities, count - 1)[:count], self.marked)

    def followed(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values (N,) of all photographs where only some rows (K,) have one (K,): the others come below, by their similarity."""
        every = self.similarities - (self.similarities.max() - values.min()) - np.float32(1)
        every[rows] = values
        return every


Learn = Callable[[Round, Mapping[str, float]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Method(Parametrised):
    """One method; a new one is a file with such a value and a row of `methods.METHODS`.

    `learn(round, parameters)` gives every photograph a value (N,): the higher, the more surely right. It is called with one mark at
    least. `value` says in words what the values are. `views`: how many models it needs.
    `signed`: whether a value of 0 lies between right and wrong as soon as there are marks of both signs.
    `walks`: whether it takes the listed neighbours. `part` says which photographs it orders anew, where that is not all of them;
    `source` is where it is from.
    """

    learn: Learn
    value: str
    source: str
    views: int = 1
    signed: bool = True
    walks: bool = False
    part: str = ""
