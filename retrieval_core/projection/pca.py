"""Principal components of descriptors: a projection of its own, and the first step of the others."""

from collections.abc import Generator, Mapping

import numpy as np

from retrieval_core.datasets.large_arrays import row_blocks
from retrieval_core.progress import Progress
from retrieval_core.projection.method import Method

TITLE = "PCA"

_OVERSAMPLES = 10  # random columns more than components
_POWER_ITERATIONS = 7  # enough for singular values that fall as slowly as those of descriptors


def principal_components(matrix: np.ndarray, components: int, seed: int) -> np.ndarray:
    """Coordinates (N, components) float32 of the centred rows (N, D) on their first principal axes.

    Randomised (Halko, Martinsson and Tropp, SIAM Review 2011): quick for wide descriptors, repeatable with the seed. The matrix, which
    may be larger than memory, is read 17 times, a block at a time; what is held is about three times (N, components + 10).
    `components` must not exceed N or D. There are at least two columns: a map of one axis is a line, at 0 on the second.
    """
    left, singular = _singular_vectors(_Centred(matrix), components, seed)
    coordinates = np.zeros((len(matrix), max(2, components)), np.float32)
    np.multiply(left, singular, out=coordinates[:, :components])
    return coordinates


class _Centred:
    """The rows of a matrix (N, D) less their mean, float32, to multiply by.

    They are centred a block at a time, whenever they are multiplied; only what is a single block is kept.
    """

    def __init__(self, matrix: np.ndarray):
        self.shape, self._matrix, self._slices = matrix.shape, matrix, list(row_blocks(matrix))
        total = sum(np.sum(matrix[block], axis=0, dtype=np.float64) for block in self._slices)
        self._mean = np.asarray(total / len(matrix), np.float32)
        self._only = self._centred(self._slices[0]) if len(self._slices) == 1 else None

    def times(self, right: np.ndarray) -> np.ndarray:
        """(N, D) @ (D, K), float32."""
        found = np.empty((self.shape[0], right.shape[1]), np.float32)
        for block in self._slices:
            found[block] = self._rows(block) @ right
        return found

    def turned_times(self, right: np.ndarray) -> np.ndarray:
        """(D, N) @ (N, K), float32; summed over blocks in float64."""
        parts = (self._rows(block).T @ right[block] for block in self._slices)
        return np.asarray(sum(parts, np.zeros(1)), np.float32)

    def _rows(self, block: slice) -> np.ndarray:
        return self._centred(block) if self._only is None else self._only

    def _centred(self, block: slice) -> np.ndarray:
        return np.asarray(self._matrix[block], np.float32) - self._mean


def _singular_vectors(matrix: _Centred, components: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The first left singular vectors (N, C) and singular values (C,), the largest first.

    As scikit-learn's randomized_svd, which takes no matrix that is read in blocks: the range of the matrix, turned round where it has
    fewer rows than columns, is found by power iterations from random columns, and the rest is exact.
    """
    from scipy.linalg import lu, qr, svd

    wide = matrix.shape[0] < matrix.shape[1]
    onto, back = (matrix.turned_times, matrix.times) if wide else (matrix.times, matrix.turned_times)
    columns = np.random.RandomState(seed).normal(size=(min(matrix.shape), components + _OVERSAMPLES))
    columns = columns.astype(np.float32)
    for _ in range(_POWER_ITERATIONS):
        columns, _ = lu(onto(columns), permute_l=True, overwrite_a=True, check_finite=False)
        columns, _ = lu(back(columns), permute_l=True, overwrite_a=True, check_finite=False)
    basis, _ = qr(onto(columns), overwrite_a=True, mode="economic", check_finite=False)
    inner, singular, outer = svd(back(basis).T, full_matrices=False, overwrite_a=True)
    found = outer.T if wide else basis @ inner
    highest = np.abs(found).argmax(axis=0)  # the sign of a vector is free: its largest entry is positive
    found *= np.sign(found[highest, np.arange(found.shape[1])])
    return found[:, :components], singular[:components]


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
