"""UMAP by umap-learn (McInnes, Healy and Melville, 2018)."""

import warnings
from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.pca import starting_positions

STAGE = "UMAP"


def umap(coordinates: np.ndarray, parameters: dict, seed: int) -> Generator[Progress, None, np.ndarray]:
    """Places (N, 2) for points (N, C), from their exact neighbours and a start on the principal components.

    `parameters`: neighbours (below N), minimum_distance, epochs. Runs on one thread, which a fixed seed asks for.
    """
    yield Progress(STAGE, 0, 1, "loading UMAP, which takes seconds the first time")
    with warnings.catch_warnings():
        # It warns that a seed means one thread and that given neighbours mean no transform of new points.
        warnings.simplefilter("ignore")
        from umap import UMAP

        yield Progress(STAGE, 0, 1, "placing points")
        count = parameters["neighbours"]
        positions, distances = euclidean_neighbours(coordinates, count - 1)
        # umap-learn counts a point as its own first neighbour.
        own = np.arange(len(coordinates))[:, None]
        known = (np.hstack([own, positions]), np.hstack([np.zeros(own.shape), distances]).astype(np.float32), None)
        reducer = UMAP(
            n_neighbors=count,
            min_dist=parameters["minimum_distance"],
            n_epochs=parameters["epochs"],
            init=starting_positions(coordinates, seed).astype(np.float32),
            precomputed_knn=known,
            force_approximation_algorithm=True,  # or it would measure all distances again for few points
            random_state=seed,
            n_jobs=1,
        )
        places = reducer.fit_transform(coordinates)
    yield Progress(STAGE, 1, 1)
    return np.array(places, dtype=np.float32)
