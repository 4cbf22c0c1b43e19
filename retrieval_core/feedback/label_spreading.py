"""Label spreading: marks flow along the graph of nearest neighbours.

Source: Zhou, Bousquet, Lal, Weston and Schölkopf, "Learning with local and global consistency", NIPS 2003. k = 7 and α = 0.2 are the
defaults of scikit-learn, whose graph is directed; here two photographs are joined where one is among the nearest of the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from retrieval_core.feedback.method import Method, Round

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ITERATIONS = 60  # at most
_NEAR = 1e-6  # the change of a value that is none


def joined(neighbours: np.ndarray) -> csr_matrix:
    """The graph (N, N), 1 where one is among the neighbours (N, K) of the other, divided by the roots of both degrees."""
    from scipy.sparse import csr_matrix, diags  # takes a while to load, and pages import this file

    count, width = neighbours.shape
    ones, starts = np.ones(neighbours.size, np.float32), np.arange(0, neighbours.size + 1, max(width, 1))
    graph = csr_matrix((ones, neighbours.ravel(), starts), shape=(count, count))
    either = graph.maximum(graph.T)
    degrees = np.asarray(either.sum(axis=1)).ravel()
    scale = diags(np.divide(1, np.sqrt(degrees), out=np.zeros_like(degrees), where=degrees > 0))
    return csr_matrix(scale @ either @ scale)


def spread(graph: csr_matrix, start: np.ndarray, alpha: float) -> np.ndarray:
    """Values (N,) that no longer change when each is α of what its neighbours send and 1 − α of what it started with, (N,)."""
    found = start
    for _ in range(ITERATIONS):
        before, found = found, alpha * (graph @ found) + (1 - alpha) * start
        if np.abs(found - before).max() <= _NEAR * (1 - alpha):
            break
    return found


def learn(round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """What flows to each photograph, (N,): from the right marks minus from the wrong ones.

    Without listed neighbours only the first `candidates` of the search are joined, and the others follow below.
    """
    [view], k = round.views, int(parameters["k"])
    start = np.zeros(len(view.database), np.float32)
    start[round.marked] = round.signs
    if round.neighbours is not None and round.neighbours.shape[1] >= min(k, len(start) - 1):
        return spread(joined(round.neighbours[:, :k]), start, parameters["alpha"]).astype(np.float32)
    rows = round.first(int(parameters["candidates"]))
    similarities = view.database[rows] @ view.database[rows].T
    np.fill_diagonal(similarities, -np.inf)
    k = min(k, len(rows) - 1)
    nearest = np.argpartition(-similarities, k - 1, axis=1)[:, :k] if k else np.empty((len(rows), 0), np.int64)
    values = spread(joined(nearest), start[rows], parameters["alpha"])
    return round.followed(rows, values.astype(np.float32))


LABEL_SPREADING = Method(
    "label spreading", {"k": 7, "alpha": 0.2, "candidates": 1000},
    {"k": (1, 48), "alpha": (0.0, 0.99), "candidates": (10, 5000)}, learn,
    "what flows from the right marks less what flows from the wrong ones", "Zhou et al. 2003, defaults of scikit-learn",
    walks=True, part="what no mark reaches follows by its similarity",
)  # fmt: skip
