"""Principal components of descriptors: a projection of its own, and the first step of the others."""

from collections.abc import Generator, Mapping

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.method import Method

TITLE = "PCA"

_POWER_ITERATIONS = 7  # enough for singular values that fall as slowly as those of descriptors


def principal_components(matrix: np.ndarray, components: int, seed: int) -> np.ndarray:
    """Coordinates (N, components) float32 of the centred rows (N, D) on their first principal axes.

    Randomised (Halko, Martinsson and Tropp, SIAM Review 2011): quick for wide descriptors, repeatable with the seed.
    `components` must not exceed N or D. There are at least two columns: a map of one axis is a line, at 0 on the second.
    """
    from sklearn.utils.extmath import randomized_svd

    centred = np.asarray(matrix, np.float32) - np.mean(matrix, axis=0, dtype=np.float64).astype(np.float32)
    left, singular, _ = randomized_svd(centred, components, n_iter=_POWER_ITERATIONS, random_state=seed)
    coordinates = np.zeros((len(matrix), max(2, components)), np.float32)
    coordinates[:, :components] = left * singular
    return coordinates


def starting_positions(coordinates: np.ndarray, seed: int) -> np.ndarray:
    """First two principal coordinates (N, 2) float64, scaled to a spread of 0.0001, as t-SNE wants its start.

    A hundredth of that is added as noise, since points that start in one place, such as doubles, would never part.
    """
    start = coordinates[:, :2].astype(np.float64)
    spread = start[:, 0].std()
    if spread > 0:
        start *= 1e-4 / spread
    return start + np.random.default_rng(seed).normal(scale=1e-6, size=start.shape)


def _place(coordinates: np.ndarray, parameters: Mapping[str, float], seed: int) -> Generator[Progress, None, np.ndarray]:
    """The first two components themselves."""
    yield Progress(TITLE, 1, 1)
    return coordinates[:, :2]


PCA = Method(TITLE, defaults={}, bounds={}, place=_place)
