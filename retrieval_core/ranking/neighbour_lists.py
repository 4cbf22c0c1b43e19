"""The nearest neighbours of every descriptor among the others: what a map is measured against, and a click answers with."""

from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.ranking.search import search

MOST_LISTED = 60_000  # photographs whose neighbours are listed beforehand; above, a click searches
_ROWS = 1024  # descriptors searched between two reports


def listed(count: int) -> int:
    """How many neighbours are listed of each of `count` photographs: enough for a gallery, and few enough for a browser."""
    return 96 if count <= 20_000 else 48


def neighbour_lists(matrix: np.ndarray, k: int) -> Generator[Progress, None, tuple[np.ndarray, np.ndarray]]:
    """The `k` most similar other rows of each of (N, D) rows, or all N - 1 where there are fewer.

    Returns (as a generator does) positions (N, K) int32, most similar first, and similarities (N, K) float32. Exact, and
    of equal similarities the earlier position wins. Raises RetrievalError as `search` does.
    """
    total = len(matrix)
    width = min(k, total - 1)
    positions, similarities = np.empty((total, width), np.int32), np.empty((total, width), np.float32)
    for start in range(0, total, _ROWS):
        yield Progress("neighbours", start, total)
        block = slice(start, min(start + _ROWS, total))
        found, scores = search(matrix[block], matrix, width + 1)
        own = found == np.arange(block.start, block.stop)[:, None]
        own[~own.any(axis=1), -1] = True  # a row with many doubles may not be among its own nearest
        positions[block] = found[~own].reshape(len(found), width)
        similarities[block] = scores[~own].reshape(len(found), width)
    yield Progress("neighbours", total, total)
    return positions, similarities
