"""PaCMAP by its authors' package (Wang, Huang, Rudin and Shaposhnik, JMLR 2021)."""

import logging
import warnings
from collections.abc import Generator, Mapping

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.method import Method
from retrieval_core.projection.worker_thread import run_in_thread

TITLE = "PaCMAP"

_PHASES = (100, 100)  # iterations of the first two phases, as published; the rest belongs to the third


def _place(coordinates: np.ndarray, parameters: Mapping[str, float], seed: int) -> Generator[Progress, None, np.ndarray]:
    """From a start on the principal components."""
    yield Progress(TITLE, 0, 1, "loading PaCMAP, which takes seconds the first time, then placing points")
    logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns that a seed was given, and of any kind of search
    if not np.ptp(coordinates):
        # It divides by the spread.
        coordinates = np.random.default_rng(seed).normal(scale=1e-6, size=coordinates.shape).astype(np.float32)
    # In a thread of its own: with a seed its search sets OpenMP to one thread, for all that the calling thread does afterwards.
    places = yield from run_in_thread(lambda _: _fit_transform(coordinates, parameters, seed))
    yield Progress(TITLE, 1, 1)
    return np.array(places, dtype=np.float32)


def _fit_transform(coordinates: np.ndarray, parameters: Mapping[str, float], seed: int) -> np.ndarray:
    from pacmap import PaCMAP

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reducer = PaCMAP(
            n_neighbors=parameters["neighbours"],
            MN_ratio=parameters["near_pairs"],
            FP_ratio=parameters["far_pairs"],
            num_iters=(*_PHASES, parameters["iterations"] - sum(_PHASES)),
            apply_pca=False,  # the points are principal coordinates already
            random_state=seed,
        )
        return reducer.fit_transform(coordinates, init="pca")


def _fit(parameters: dict[str, float], count: int) -> dict[str, float]:
    """Lower the pairs of a point until all of them are different points.

    It draws a pair of middling distance from six points that it has not drawn yet: with fewer left it would draw for ever.
    """
    far = min(parameters["far_pairs"], count - 3)
    near = min(parameters["near_pairs"], max(0, count - 6), count - 3 - far)
    neighbours = min(parameters["neighbours"], int((count - 2) / (1 + near + far)))
    if near:
        neighbours = min(neighbours, int((count - 6) / near))
    return parameters | {"neighbours": neighbours, "near_pairs": float(near), "far_pairs": float(far)}


PACMAP = Method(
    TITLE,
    defaults={
        "components": 50,
        "neighbours": 10,
        "near_pairs": 0.5,  # pairs of middling distance per neighbour
        "far_pairs": 2.0,  # pairs of random points per neighbour
        "iterations": 450,
    },
    bounds={
        "components": (1, 10_000),
        "neighbours": (1, 1000),
        "near_pairs": (0, 100),
        "far_pairs": (1, 100),
        "iterations": (sum(_PHASES) + 1, 100_000),
    },
    place=_place,
    fit=_fit,
)
