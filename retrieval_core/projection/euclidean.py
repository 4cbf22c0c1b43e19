"""Exact nearest neighbours of every point among the others, by Euclidean distance, in blocks."""

import numpy as np

from retrieval_core.ranking.search import search

_ROWS = 2048


def euclidean_neighbours(points: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The `k` nearest other points of each of (N, D) points, k < N.

    Returns positions (N, k) int64 and distances (N, k) float64, rising.
    """
    points = np.asarray(points, np.float32)
    # |x - y|² orders the y like -(x·y - |y|²/2): one more column turns the search by dot product into one by distance.
    database = np.hstack([points, -0.5 * np.square(points).sum(axis=1, keepdims=True)])
    queries = np.hstack([points, np.ones((len(points), 1), np.float32)])
    found, _ = search(queries, database, k + 1)
    positions = drop_self(found).astype(np.int64)
    distances = np.empty(positions.shape)
    for start in range(0, len(points), _ROWS):
        block = slice(start, start + _ROWS)
        # Column by column: all differences at once would be k times the size of the points.
        for column in range(k):
            difference = points[block] - points[positions[block, column]]
            distances[block, column] = np.linalg.norm(difference, axis=1)
    # The search knows distances to float32 of the dot product, these are finer: put the nearly equal ones in order.
    order = np.argsort(distances, axis=1, kind="stable")
    return np.take_along_axis(positions, order, axis=1), np.take_along_axis(distances, order, axis=1)


def drop_self(found: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """Take each row's own position out of its (R, k + 1) neighbours, or the last one where it isn't among them.

    `rows` names the rows (default 0, 1, 2, …). Returns (R, k).
    """
    own = np.arange(len(found)) if rows is None else rows
    drop = found == own[:, None]
    drop[~drop.any(axis=1), -1] = True
    return found[~drop].reshape(len(found), found.shape[1] - 1)
