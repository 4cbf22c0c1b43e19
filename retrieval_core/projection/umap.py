"""UMAP by umap-learn (McInnes, Healy and Melville, 2018)."""

import warnings
from collections.abc import Generator, Mapping

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.method import Method
from retrieval_core.projection.pca import starting_positions

TITLE = "UMAP"


def _place(coordinates: np.ndarray, parameters: Mapping[str, float], seed: int) -> Generator[Progress, None, np.ndarray]:
    """From exact neighbours and a start on the principal components; on one thread, which a fixed seed asks for."""
    yield Progress(TITLE, 0, 1, "loading UMAP, which takes seconds the first time")
    with warnings.catch_warnings():
        # It warns that a seed means one thread and that given neighbours mean no transform of new points.
        warnings.simplefilter("ignore")
        import umap

        yield Progress(TITLE, 0, 1, "placing points")
        count = int(parameters["neighbours"])
        positions, distances = euclidean_neighbours(coordinates, count - 1)
        # umap-learn counts a point as its own first neighbour.
        own = np.arange(len(coordinates))[:, None]
        known = (np.hstack([own, positions]), np.hstack([np.zeros(own.shape), distances]).astype(np.float32), None)
        reducer = umap.UMAP(
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
    yield Progress(TITLE, 1, 1)
    return np.array(places, dtype=np.float32)


def _fit(parameters: dict[str, float], count: int) -> dict[str, float]:
    return parameters | {"neighbours": min(parameters["neighbours"], count)}


UMAP = Method(
    TITLE,
    defaults={
        "components": 50,
        "neighbours": 15,  # how many neighbours a point holds on to, itself counted
        "minimum_distance": 0.1,  # how tightly points may be packed
        "epochs": 300,
    },
    bounds={"components": (1, 10_000), "neighbours": (2, 1000), "minimum_distance": (0, 1), "epochs": (1, 100_000)},
    place=_place,
    fit=_fit,
)
