"""t-SNE by openTSNE (Poličar, Stražar and Zupan, 2019), run in a thread that reports by openTSNE's callbacks."""

import os
from collections.abc import Callable, Generator, Mapping
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.method import Method
from retrieval_core.projection.pca import starting_positions
from retrieval_core.projection.worker_thread import run_in_thread

TITLE = "t-SNE"
EXACT_UP_TO = 10_000  # points, up to which all pairs are no slower than the grid; they are truer, by a tenth more neighbours kept

_REPORT_EVERY = 10  # iterations; a cancelled map computes no more than these
# Momenta of the early and the late iterations, then a rate. A larger momentum reaches further in as many iterations, and tears
# more. The rate of the late ones is a share of the points: over all pairs that of Belkina et al. (2019), on the grid the one that
# ends with the more trustworthy maps.
_EXACT = ((0.8, 0.7), 1 / 12)
_GRID = ((0.5, 0.8), 1 / 4)
_LEAST_RATE = 200.0
# Width of a cell of the grid, which grows with the map. The coarse one takes a fraction of the time, and its errors scatter: they
# are mended by some last iterations on the fine one.
_COARSE, _FINE = 3.0, 1.0
_FINE_ITERATIONS = 50
_CELLS = 25  # at least, along a side; openTSNE's 50 would be needlessly fine for the small map of the early iterations


class _Phase(NamedTuple):
    iterations: int
    exaggeration: float
    learning_rate: float | str
    momentum: float
    cell: float = _COARSE


def _phases(parameters: Mapping[str, float], count: int) -> list[_Phase]:
    early, late = int(parameters["early_iterations"]), int(parameters["iterations"])
    fine = 0 if count <= EXACT_UP_TO else min(_FINE_ITERATIONS, late)
    (early_momentum, late_momentum), share = _EXACT if count <= EXACT_UP_TO else _GRID
    rate = max(_LEAST_RATE, share * count)
    phases = [
        _Phase(early, parameters["early_exaggeration"], "auto", early_momentum),
        _Phase(late - fine, 1.0, rate, late_momentum),
        _Phase(fine, 1.0, rate, late_momentum, _FINE),
    ]
    return [phase for phase in phases if phase.iterations]


def _place(coordinates: np.ndarray, parameters: Mapping[str, float], seed: int) -> Generator[Progress, None, np.ndarray]:
    """From exact neighbours and a start on the principal components."""
    return (yield from place_from(coordinates, starting_positions(coordinates, seed), parameters, seed))


def place_from(
    coordinates: np.ndarray, start: np.ndarray, parameters: Mapping[str, float], seed: int
) -> Generator[Progress, None, np.ndarray]:
    """Places (N, 2) float32 for principal coordinates (N, C), from a start (N, 2) and exact neighbours; see Method.place."""
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    from retrieval_core.projection.exact_gradient import ExactGradient

    phases = _phases(parameters, len(coordinates))
    yield Progress(TITLE, 0, sum(phase.iterations for phase in phases), "finding neighbours")
    index = PrecomputedNeighbors(*euclidean_neighbours(coordinates, int(3 * parameters["perplexity"])))
    affinities = PerplexityBasedNN(knn_index=index, perplexity=parameters["perplexity"])
    with ExactGradient() if len(coordinates) <= EXACT_UP_TO else nullcontext("fft") as gradient:
        embedding = TSNEEmbedding(start, affinities, negative_gradient_method=gradient, n_jobs=_threads(), random_state=seed)
        yield from run_in_thread(partial(_optimize, embedding, phases))
    return np.array(embedding, dtype=np.float32)


def _optimize(embedding, phases: list[_Phase], report: Callable[[Progress], bool]) -> None:
    """Move the points of an openTSNE embedding; it keeps their momenta and gains from phase to phase."""
    total, done = sum(phase.iterations for phase in phases), 0
    for phase in phases:
        embedding.optimize(
            phase.iterations,
            inplace=True,
            propagate_exception=True,  # a callback that returns True ends all phases, not only its own
            exaggeration=phase.exaggeration,
            learning_rate=phase.learning_rate,
            momentum=phase.momentum,
            ints_in_interval=phase.cell,
            min_num_intervals=_CELLS,
            callbacks=[partial(_report_iteration, report, done, total)],
            callbacks_every_iters=_REPORT_EVERY,
        )
        done += phase.iterations


def _report_iteration(report: Callable[[Progress], bool], before: int, total: int, iteration: int, *_) -> bool:
    return report(Progress(TITLE, before + iteration, total))


def _fit(parameters: dict[str, float], count: int) -> dict[str, float]:
    """A point can't look at more than a third of the others: three times as many neighbours as the perplexity are taken."""
    return parameters | {"perplexity": min(parameters["perplexity"], float((count - 1) // 3))}


def _threads() -> int:
    """Two where a core lies idle, else one: the second saves up to a third of the time there, and costs tenfold on a busy machine.

    The map is the same to the bit.
    """
    idle = hasattr(os, "getloadavg") and os.getloadavg()[0] < (os.cpu_count() or 1) - 1
    return 2 if idle else 1


TSNE = Method(
    TITLE,
    defaults={
        "components": 50,  # principal components that the distances are taken from
        "perplexity": 30.0,  # how many neighbours a point looks at, softly counted
        "early_exaggeration": 12.0,  # attraction during the early iterations
        "early_iterations": 250,
        "iterations": 500,  # after the early ones
    },
    bounds={
        "components": (1, 10_000),
        "perplexity": (1, 1000),
        "early_exaggeration": (1, 100),
        "early_iterations": (0, 100_000),
        "iterations": (1, 100_000),
    },
    place=_place,
    fit=_fit,
)
