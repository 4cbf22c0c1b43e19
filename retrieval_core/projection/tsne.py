"""t-SNE by openTSNE (Poličar, Stražar and Zupan, 2019), run in slices so that its progress can be shown."""

from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.neighbours import euclidean_neighbours
from retrieval_core.projection.pca import starting_positions

STAGE = "t-SNE"

_SLICE = 50  # iterations between two reports
_MOMENTUM = 0.8
_FFT_FROM = 3000  # points; below, the Barnes-Hut tree is quicker than the grid of the FFT


def tsne(coordinates: np.ndarray, parameters: dict, seed: int) -> Generator[Progress, None, np.ndarray]:
    """Places (N, 2) for points (N, C), from their exact neighbours and a start on the principal components.

    `parameters`: perplexity (at most (N - 1) / 3), early_exaggeration, early_iterations, iterations.
    """
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    early, late = parameters["early_iterations"], parameters["iterations"]
    yield Progress(STAGE, 0, early + late, "finding neighbours")
    index = PrecomputedNeighbors(*euclidean_neighbours(coordinates, int(3 * parameters["perplexity"])))
    affinities = PerplexityBasedNN(knn_index=index, perplexity=parameters["perplexity"])
    method = "bh" if len(coordinates) < _FFT_FROM else "fft"
    # One thread: a second saves a third of the time on an idle machine and costs tenfold on a busy one.
    embedding = TSNEEmbedding(
        starting_positions(coordinates, seed), affinities, negative_gradient_method=method, n_jobs=1, random_state=seed
    )
    done = 0
    for iterations, exaggeration in ((early, parameters["early_exaggeration"]), (late, 1.0)):
        end = done + iterations
        while done < end:
            step = min(_SLICE, end - done)
            embedding.optimize(step, exaggeration=exaggeration, momentum=_MOMENTUM, inplace=True)
            done += step
            yield Progress(STAGE, done, early + late)
    return np.array(embedding, dtype=np.float32)
