"""New descriptors on a map that is already there."""

import numpy as np

from retrieval_core.ranking.search import search

STEPS = 12  # towards a middle; 19 of 20 then lie within a ten-thousandth of their neighbours' distance from it


def place(matrix: np.ndarray, xy: np.ndarray, new: np.ndarray, neighbours: int = 10) -> np.ndarray:
    """Places (M, 2) float32 of new descriptors (M, D) on the layout `xy` (N, 2) of descriptors (N, D).

    Each lies in the middle of the places of its nearest neighbours in descriptor space; openTSNE starts the points that it adds to an
    embedding so (Poličar, Stražar and Zupan, "Embedding to reference t-SNE space", 2021). It serves every method, and the layout
    stays as it is. Raises RetrievalError as `search` does.
    """
    found, _ = search(new, matrix, neighbours)
    return middle(xy[found])


def middle(points: np.ndarray) -> np.ndarray:
    """The middles (M, 2) float32 of groups of places (M, K, 2): where most of a group lies, whatever the others do.

    That which makes the sum of √(d² + s²) least, d the distances to the places of the group and s half of their median distance from
    the median: like it, a middle is not drawn away by a few that lie elsewhere. But the median of each coordinate is that of one place
    or of two, so that the middles of many groups of the same places lie on a lattice, which looks like something that the data has.
    By the steps of Weiszfeld ("Sur le point pour lequel la somme des distances de n points donnés est minimum", 1937).
    """
    points = points.astype(np.float64)
    found = np.median(points, axis=1, keepdims=True)
    soft = np.median(np.sum((points - found) ** 2, axis=2), axis=1)[:, None, None] / 4
    for _ in range(STEPS):
        weights = 1 / np.sqrt(np.sum((points - found) ** 2, axis=2, keepdims=True) + soft + np.finfo(np.float64).tiny)
        found = np.sum(weights * points, axis=1, keepdims=True) / np.sum(weights, axis=1, keepdims=True)
    return found[:, 0].astype(np.float32)
