"""How far a layout can be believed: what of the neighbourhoods in descriptor space it keeps."""

import numpy as np

from retrieval_core.datasets.large_arrays import row_blocks
from retrieval_core.projection.euclidean import drop_self

NEIGHBOURS = 10
MAX_ROWS = 6000  # above, the means are taken over this many points, drawn at random; recorded as "rows"

_BLOCK = 256  # points judged together, at most
_HELD = 1 << 24  # similarities held at a time: of very many points fewer are judged together


def map_quality(
    matrix: np.ndarray, xy: np.ndarray, seed: int = 0, neighbours: int = NEIGHBOURS, most: int = MAX_ROWS
) -> tuple[dict[str, float], np.ndarray]:
    """Compare neighbourhoods in a layout with those among the descriptors.

    Args:
        matrix: (N, D) descriptors with rows of length 1, where similarity is the dot product.
        xy: (N, 2) places, row for row.
        seed: draws the points that are judged if there are more than `most`; all N points stay possible neighbours.
        neighbours: size of a neighbourhood; lowered to less than N / 2 for few points.

    Returns a summary and, for each point, the share (N,) float32 of its nearest neighbours in the layout that are its
    nearest neighbours in truth, NaN for points that were not judged. The summary holds:
        trustworthiness: 1 if all near points in the layout are near in truth, 0 at worst (Venna and Kaski, 2001).
        knn_overlap: mean share of a point's nearest neighbours that are its nearest neighbours in the layout too.
        neighbours, rows: the size of a neighbourhood and the number of points judged.
    """
    from scipy.spatial import cKDTree

    total = len(matrix)
    size = max(1, min(neighbours, (total - 1) // 2))
    rows = np.arange(total)
    if total > most:
        rows = np.sort(np.random.default_rng(seed).choice(total, most, replace=False))
    _, found = cKDTree(xy).query(xy[rows], k=size + 1)
    near = drop_self(found, rows)
    penalty = 0
    overlap = np.full(total, np.nan, np.float32)
    step = max(1, min(_BLOCK, _HELD // total))
    for start in range(0, len(rows), step):
        block = slice(start, start + step)
        ranks = _true_ranks(matrix, rows[block], near[block])
        penalty += int(np.maximum(ranks - size, 0).sum())
        overlap[rows[block]] = (ranks <= size).mean(axis=1)
    worst = len(rows) * size * (2 * total - 3 * size - 1) / 2
    summary = {
        "trustworthiness": float(1 - penalty / worst),
        "knn_overlap": float(np.nanmean(overlap, dtype=np.float64)),
        "neighbours": size,
        "rows": len(rows),
    }
    return summary, overlap


def _true_ranks(matrix: np.ndarray, rows: np.ndarray, near: np.ndarray) -> np.ndarray:
    """1-based rank (R, k) in descriptor space of the points that are near in the layout; ties rank by position."""
    judged, similarity = np.asarray(matrix[rows], np.float32), np.empty((len(rows), len(matrix)), np.float32)
    for block in row_blocks(matrix):
        similarity[:, block] = judged @ np.asarray(matrix[block], np.float32).T
    similarity[np.arange(len(rows)), rows] = -np.inf
    ranks = np.empty(near.shape, np.int64)
    for column in range(near.shape[1]):
        other = near[:, column : column + 1]
        value = np.take_along_axis(similarity, other, axis=1)
        row, tied = np.divmod(np.flatnonzero(similarity == value), len(matrix))
        before = np.bincount(row[tied < other[row, 0]], minlength=len(rows))
        ranks[:, column] = 1 + np.count_nonzero(similarity > value, axis=1) + before
    return ranks
