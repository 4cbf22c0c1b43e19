"""PaCMAP by its authors' package (Wang, Huang, Rudin and Shaposhnik, JMLR 2021)."""

import logging
import warnings
from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress

STAGE = "PaCMAP"

_PHASES = (100, 100)  # iterations of the first two phases, as published; the rest belongs to the third


def pacmap(coordinates: np.ndarray, parameters: dict, seed: int) -> Generator[Progress, None, np.ndarray]:
    """Places (N, 2) for points (N, C), from a start on the principal components.

    `parameters`: neighbours, near_pairs and far_pairs (pairs of each kind per neighbour), iterations (more than 200).
    """
    yield Progress(STAGE, 0, 1, "loading PaCMAP, which takes seconds the first time")
    from pacmap import PaCMAP

    logging.getLogger("pacmap").setLevel(logging.ERROR)  # it warns that a seed was given, and of any kind of search
    yield Progress(STAGE, 0, 1, "placing points")
    if not np.ptp(coordinates):
        # It divides by the spread.
        coordinates = np.random.default_rng(seed).normal(scale=1e-6, size=coordinates.shape).astype(np.float32)
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
        places = reducer.fit_transform(coordinates, init="pca")
    yield Progress(STAGE, 1, 1)
    return np.array(places, dtype=np.float32)
