"""t-SNE by openTSNE (Poličar, Stražar and Zupan, 2019), run in slices so that its progress can be shown."""

import os
from collections.abc import Generator
from contextlib import nullcontext

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.pca import starting_positions

STAGE = "t-SNE"

_SLICE = 50  # iterations between two reports
EXACT_UP_TO = 10_000  # points, up to which all pairs are no slower than the grid; they are truer, by a tenth more neighbours kept
# Momenta of the early and the late iterations: a larger one reaches further in as many iterations, and tears more. The rate of the
# late ones is a share of the points: over all pairs that of Belkina et al. (2019), on the grid the one that ends with the more
# trustworthy maps.
_EXACT = {"momenta": (0.8, 0.7), "rate": 1 / 12}
_GRID = {"momenta": (0.5, 0.8), "rate": 1 / 4}
_LEAST_RATE = 200.0
# Width of a cell of the grid, which grows with the map. The coarse one takes a fraction of the time, and its errors scatter: they
# are mended by 50 last iterations on the fine one.
_COARSE, _FINE = 3.0, 1.0
_CELLS = 25  # at least, along a side; openTSNE's 50 would be needlessly fine for the small map of the early iterations


def tsne(coordinates: np.ndarray, parameters: dict, seed: int) -> Generator[Progress, None, np.ndarray]:
    """Places (N, 2) for points (N, C), from their exact neighbours and a start on the principal components.

    `parameters`: perplexity (at most (N - 1) / 3), early_exaggeration, early_iterations, iterations.
    """
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    from retrieval_core.projection.exact_gradient import ExactGradient

    early, late = parameters["early_iterations"], parameters["iterations"]
    yield Progress(STAGE, 0, early + late, "finding neighbours")
    index = PrecomputedNeighbors(*euclidean_neighbours(coordinates, int(3 * parameters["perplexity"])))
    affinities = PerplexityBasedNN(knn_index=index, perplexity=parameters["perplexity"])
    exact = len(coordinates) <= EXACT_UP_TO
    pace = _EXACT if exact else _GRID
    late_rate = max(_LEAST_RATE, pace["rate"] * len(coordinates))
    phases = ((early, parameters["early_exaggeration"], "auto"), (late, 1.0, late_rate))
    with ExactGradient() if exact else nullcontext("fft") as gradient:
        embedding = TSNEEmbedding(
            starting_positions(coordinates, seed), affinities, negative_gradient_method=gradient, n_jobs=_threads(), random_state=seed
        )
        done = 0
        for (iterations, exaggeration, rate), momentum in zip(phases, pace["momenta"], strict=True):
            end = done + iterations
            while done < end:
                step = min(_SLICE, end - done)
                cell = _FINE if done + step > early + late - _SLICE else _COARSE
                grid = {"ints_in_interval": cell, "min_num_intervals": _CELLS}
                embedding.optimize(step, inplace=True, exaggeration=exaggeration, learning_rate=rate, momentum=momentum, **grid)
                done += step
                yield Progress(STAGE, done, early + late)
    return np.array(embedding, dtype=np.float32)


def _threads() -> int:
    """Two where a core lies idle, else one: the second saves up to a third of the time there, and costs tenfold on a busy machine.

    The map is the same to the bit.
    """
    idle = hasattr(os, "getloadavg") and os.getloadavg()[0] < (os.cpu_count() or 1) - 1
    return 2 if idle else 1
