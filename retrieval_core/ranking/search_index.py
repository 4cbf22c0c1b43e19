"""What a search engine is, and what it answers with: an opened index of descriptors that is searched for their rows.

Whatever engine finds the candidates, the similarities are computed here from the descriptors themselves, and they order the answer:
an approximate engine may miss a photograph, but what it finds is said with its true similarity.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError
from retrieval_core.parameters import Parametrised
from retrieval_core.progress import Progress
from retrieval_core.ranking.search import search
from retrieval_core.ranking.sort_keys import pack, unpack

FEW = 10_000  # photographs that a filter leaves, up to which they are compared one by one: that is exact, and quick
NOTHING = -np.inf  # similarity where no photograph was found


class Some:
    """Some rows of a matrix (N, D) in their order, read block by block as `search` reads it: nothing is copied beforehand."""

    def __init__(self, matrix: np.ndarray, rows: np.ndarray):
        self._matrix, self._rows = matrix, rows
        self.shape, self.dtype = (len(rows), matrix.shape[1]), matrix.dtype

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, block: slice) -> np.ndarray:
        return self._matrix[self._rows[block]]


Find = Callable[[np.ndarray, int, "np.ndarray | None"], np.ndarray]
"""For queries (Q, D), how many and among which (positions, rising): positions (Q, k) int64 of candidates, -1 where there is none."""


class SearchIndex:
    """An opened index. `count`: descriptors in it; `exact`: whether it never misses one."""

    def __init__(
        self, matrix: np.ndarray, find: Find | None = None, exact: bool = True, wider: int = 1, close: Callable[[], None] | None = None
    ):
        """Take the descriptors (N, D) that the index is of, and how candidates are found; None: all are compared.

        Of `wider` times as many candidates as are asked for the best are kept. `close`: lets go of what the engine holds.
        """
        self._matrix, self._find, self._wider, self._close = matrix, find, wider, close
        self.count, self.exact = len(matrix), exact

    def search(self, queries: np.ndarray, k: int, among: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The k photographs most similar to each query.

        Args:
            queries: (Q, D) float32 descriptors of length 1; sets of words where the index is of these.
            k: how many, one or more.
            among: positions of the photographs that may be found, as `filters.among` gives them; None: all.

        Returns:
            positions: (Q, k) int64 rows of the descriptors, most similar first; -1 where fewer are found.
            similarities: (Q, k) float32, falling; -inf where the position is -1. Always those of the descriptors themselves.

        Raises:
            RetrievalError: as `ranking.search.search` does, and where the engine does not answer.
        """
        if among is not None:
            among = np.unique(np.asarray(among, np.int64))
        if self._find is None or self.is_few(among) or queries.shape[1] != self._matrix.shape[1]:
            return _compared(queries, self._matrix, k, among)
        queries = np.ascontiguousarray(queries, np.float32)
        found = self._find(queries, min(self.count, k * self._wider), among)
        return _ordered(queries, self._matrix, found, k)

    @staticmethod
    def is_few(among: np.ndarray | None) -> bool:
        """Whether a filter leaves so few that they are compared one by one, whatever the engine: that answer is exact."""
        return among is not None and len(among) <= FEW

    def close(self) -> None:
        """Let go of files and connections; the index is not searched any more."""
        if self._close:
            self._close()


@dataclass(frozen=True)
class Chosen:
    """An engine as a person asked for it: `text` as in "faiss-hnsw:ef=200" or "milvus:http://host:19530", and what that stands for."""

    text: str
    name: str
    address: str
    parameters: Mapping[str, float]


Build = Callable[[np.ndarray, Path, Chosen, str], Generator[Progress, None, Path]]
Open = Callable[[np.ndarray, "Path | None", Chosen], SearchIndex]


@dataclass(frozen=True, eq=False)
class Engine(Parametrised):
    """One search engine; a new one is a file with such a value and a row of `engines.ENGINES`.

    `exact`: whether it never misses a photograph.
    `open(matrix, path, chosen)` opens what was built at `path` (None where nothing is built) of descriptors (N, D).
    `build(matrix, folder, chosen, version)`, a generator, inserts all of them in batches and returns a finished file in `folder`,
    where half-done work lies and goes on from; `version` is the descriptors' hash. None: there is nothing to build.
    `searched` names the parameters that an index is searched with; it is built from the others.
    `package` is what has to be installed, by the name it is imported with, `embedded` what else to do without a server; `install` how.
    `address` reads where it lies, RetrievalError for what is no address; None: it lies in the cache.
    """

    exact: bool
    open: Open
    build: Build | None = None
    searched: tuple[str, ...] = ()
    package: str = ""
    embedded: str = ""
    install: str = ""
    address: Callable[[str], str] | None = None

    def built_from(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """The parameters that an index is built from."""
        return {name: value for name, value in parameters.items() if name not in self.searched}

    @property
    def installed(self) -> bool:
        """Whether it works here, without a server."""
        return all(has_package(name) for name in (self.package, self.embedded) if name)

    def need(self) -> None:
        """RetrievalError with what to install where the package is missing."""
        if self.package and not has_package(self.package):
            raise RetrievalError(f"{self.title} needs the package {self.package}, which is not installed. Install it with: "
                                 f"{self.install}. Every other engine works without it.")  # fmt: skip


def has_package(name: str) -> bool:
    """Whether a package can be imported."""
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def batches(start: int, count: int, size: int) -> Generator[slice, None, None]:
    """Slices of so many rows from `start` to `count`."""
    for first in range(start, count, size):
        yield slice(first, min(first + size, count))


def _compared(queries: np.ndarray, matrix: np.ndarray, k: int, among: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The answer of exact search."""
    queries = np.asarray(queries, np.int32 if are_sets(matrix) else np.float32)
    rows: Any = matrix if among is None else Some(matrix, among)
    found, scores = search(queries, rows, k)
    positions, similarities = _empty(len(queries), k)
    positions[:, : found.shape[1]] = found if among is None else among[found]
    similarities[:, : found.shape[1]] = scores
    return positions, similarities


def _ordered(queries: np.ndarray, matrix: np.ndarray, found: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The best k of candidates (Q, M) by their true similarities; of equal ones the earlier position wins, as in `search`."""
    positions, similarities = _empty(len(queries), k)
    for row, (query, places) in enumerate(zip(queries, found, strict=True)):
        places = np.unique(places[places >= 0])
        keys = np.sort(pack(np.asarray(matrix[places], np.float32) @ query, places.astype(np.uint64)))[:k]
        positions[row, : len(keys)], similarities[row, : len(keys)] = unpack(keys)
    return positions, similarities


def _empty(queries: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full((queries, k), -1, np.int64), np.full((queries, k), NOTHING, np.float32)
