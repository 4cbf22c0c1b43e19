"""Diffusion: similarity flows along the graph of mutual neighbours, so that a photograph is found by way of others.

Source: Iscen et al., "Efficient diffusion on region manifolds: recovering small objects with compact CNN representations", CVPR 2017.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.ranking.after_search import AfterSearch, Help, Ordered, reordered
from retrieval_core.ranking.neighbour_lists import neighbour_lists
from retrieval_core.ranking.search import search

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

ITERATIONS = 20  # of the conjugate gradient, at most
_NEAR = 1e-6  # share of the right-hand side that may be left over


def transition_matrix(database: np.ndarray, k: int, gamma: float) -> Generator[Progress, None, csr_matrix]:
    """The normalised graph D^-½ A D^-½ (N, N), sparse and symmetric, of a database (N, D) with rows of length 1.

    Two rows are joined, with weight max(s, 0)^gamma for the similarity s, where each is among the k nearest of the other. D holds
    the sums of the rows of A; a row that is joined to none is all zero.
    """
    from scipy.sparse import csr_matrix, diags  # takes a while to load, and pages import this file

    positions, similarities = yield from neighbour_lists(database, k)
    count, width = positions.shape
    weights = np.maximum(similarities.astype(np.float64), 0) ** gamma
    starts = np.arange(0, count * width + 1, width) if width else np.zeros(count + 1, np.int64)
    graph = csr_matrix((weights.ravel(), positions.ravel(), starts), shape=(count, count))
    mutual = graph.minimum(graph.T)
    degrees = np.asarray(mutual.sum(axis=1)).ravel()
    scale = diags(np.divide(1, np.sqrt(degrees), out=np.zeros(count), where=degrees > 0))
    return csr_matrix(scale @ mutual @ scale)


def conjugate_gradient(transitions: csr_matrix, alpha: float, right: np.ndarray, iterations: int = ITERATIONS) -> np.ndarray:
    """Solve (I - alpha S) F = right for S (N, N) as `transition_matrix` gives it, alpha < 1, all columns of (N, Q) at once.

    Ends after so many iterations, or when no column has more than a millionth of its right-hand side left over.
    """
    found, left = np.zeros_like(right), right.copy()
    direction, size = left.copy(), (left * left).sum(axis=0)
    enough = _NEAR**2 * size
    for _ in range(iterations):
        if (size <= enough).all():
            break
        image = direction - alpha * (transitions @ direction)
        bent = (direction * image).sum(axis=0)
        step = np.divide(size, bent, out=np.zeros_like(size), where=(bent > 0) & (size > enough))  # a solved column stays
        found += step * direction
        left -= step * image
        before, size = size, (left * left).sum(axis=0)
        direction = left + np.divide(size, before, out=np.zeros_like(size), where=before > 0) * direction
    return found


def _prepare(database: np.ndarray, parameters: Mapping[str, float]) -> Generator[Progress, None, csr_matrix]:
    return transition_matrix(database, int(parameters["k"]), parameters["gamma"])


def _order(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, Ordered]:
    """Each query starts from its own first photographs; what the flow does not reach follows by its similarity."""
    positions, similarities = search(queries, database)
    first = positions[:, : int(parameters["query_k"])]
    start = np.zeros((len(database), len(queries)))
    start[first.T, np.arange(len(queries))] = np.maximum(similarities[:, : first.shape[1]].T, 0) ** parameters["gamma"]
    yield Progress("diffusion", 0, 1)
    flow = conjugate_gradient(help.prepared, parameters["alpha"], start).T
    flow /= np.maximum(flow.max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    return reordered(positions, np.take_along_axis(flow, positions, axis=1))


DIFFUSION = AfterSearch(
    "diffusion", {"k": 100, "query_k": 30, "gamma": 3.0, "alpha": 0.99},
    {"k": (1, 1000), "query_k": (1, 1000), "gamma": (0.1, 20.0), "alpha": (0.0, 0.9999)},
    "flow, 1 where there is most", _order, _prepare, ("k", "gamma"),
    ("k", "query_k"),
)  # fmt: skip
