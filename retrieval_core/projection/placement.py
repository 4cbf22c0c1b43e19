"""New descriptors on a map that is already there."""

import numpy as np

from retrieval_core.ranking.search import search


def place(matrix: np.ndarray, xy: np.ndarray, new: np.ndarray, neighbours: int = 10) -> np.ndarray:
    """Places (M, 2) float32 of new descriptors (M, D) on the layout `xy` (N, 2) of descriptors (N, D).

    Each lies at the median of the places of its nearest neighbours in descriptor space: where openTSNE starts the points
    that it adds to an embedding (Poličar, Stražar and Zupan, "Embedding to reference t-SNE space", 2021). It serves
    every method, and the layout stays as it is. Raises RetrievalError as `search` does.
    """
    found, _ = search(new, matrix, neighbours)
    return np.median(xy[found], axis=1).astype(np.float32)
