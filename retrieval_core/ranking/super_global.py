"""SuperGlobal re-ranking: the first photographs are refined by each other, and the query by the best of them.

Source: Shao et al., "Global features are all you need for image retrieval and reranking", ICCV 2023, with the defaults of the
authors' program.
"""

from collections.abc import Generator, Mapping

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.ranking.after_search import AfterSearch, Help, Ordered, reordered
from retrieval_core.ranking.search import search


def refine(candidates: np.ndarray, neighbours: int, beta: float) -> np.ndarray:
    """Candidates (M, D), each averaged with the others nearest to it, of which one of similarity s weighs beta max(s, 0).

    Returns (M, D) float32, not normalised.
    """
    similarities = candidates @ candidates.T
    np.fill_diagonal(similarities, np.inf)  # itself comes first, also among its doubles
    nearest = np.argsort(-similarities, axis=1, kind="stable")[:, : neighbours + 1]
    weights = np.zeros_like(similarities)
    np.put_along_axis(weights, nearest, beta * np.clip(np.take_along_axis(similarities, nearest, axis=1), 0, 1), axis=1)
    np.fill_diagonal(weights, 1)
    return (weights @ candidates) / weights.sum(axis=1, keepdims=True)


def refined_scores(query: np.ndarray, candidates: np.ndarray, neighbours: int, beta: float) -> np.ndarray:
    """Scores (M,) of candidates (M, D) for a query (D,): the mean of two dot products with the refined candidates.

    One is the query's, the other that of the maximum, dimension by dimension, of the refined candidates most similar to it.
    """
    refined = refine(candidates, neighbours, beta)
    first = refined @ query
    best = np.argsort(-first, kind="stable")[: neighbours + 1]
    return (first + refined @ refined[best].max(axis=0)) / 2


def _order(
    queries: np.ndarray, database: np.ndarray, parameters: Mapping[str, float], help: Help
) -> Generator[Progress, None, Ordered]:
    """Only the first k change places; the scores of the others are their similarities."""
    positions, scores = search(queries, database)
    k = int(parameters["k"])
    for row, query in enumerate(queries):
        yield Progress("SuperGlobal", row, len(queries))
        head = positions[row : row + 1, :k]
        found = refined_scores(query, np.asarray(database[head[0]]), int(parameters["neighbours"]), parameters["beta"])
        positions[row, :k], scores[row, :k] = reordered(head, found[None])
    return positions, scores


SUPER_GLOBAL = AfterSearch(
    "SuperGlobal re-ranking", {"k": 400, "neighbours": 9, "beta": 0.15},
    {"k": (1, 2000), "neighbours": (1, 200), "beta": (0.0, 1.0)},
    "of the first k the mean of two dot products with what they were refined to, of the others the similarity", _order,
)  # fmt: skip
