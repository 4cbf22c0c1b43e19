"""The gradient of t-SNE over all pairs of points: for thousands of points it is quicker than trees and grids, and has no error."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numba import njit

_ROWS = 512  # points a thread takes at a time

# Numba's usual check for a division by zero would keep the loop over pairs from being vectorised, at ten times the time.
_compiled = njit(nogil=True, fastmath=True, error_model="numpy", cache=True)


class ExactGradient:
    """Van der Maaten and Hinton's gradient (JMLR 9, 2008, equation 5, as openTSNE scales it), as openTSNE calls for it.

    To be used as a context, which ends its threads. The result is the same to the bit with any number of them.
    """

    def __enter__(self) -> "ExactGradient":
        self._threads = ThreadPoolExecutor(os.cpu_count())
        return self

    def __exit__(self, *_) -> None:
        self._threads.shutdown()

    def __call__(self, embedding: np.ndarray, P, **_) -> tuple[float, np.ndarray]:
        """Gradient (N, 2) float64 at places (N, 2) for affinities P (N, N) sparse; the loss is not computed: NaN."""
        x, y = np.ascontiguousarray(np.asarray(embedding, np.float32).T)
        repulsion, nearness = np.empty((len(x), 2), np.float32), np.empty(len(x), np.float32)
        self._in_blocks(_repel, len(x), x, y, repulsion, nearness)
        total = nearness.sum(dtype=np.float64) - len(x)  # without each point's nearness to itself, which is 1
        gradient = np.empty((len(x), 2))
        self._in_blocks(_attract, len(x), x, y, P.indptr, P.indices, P.data, repulsion, total, gradient)
        return np.nan, gradient

    def _in_blocks(self, compute, count: int, *arrays) -> None:
        starts = range(0, count, _ROWS)
        for done in [self._threads.submit(compute, start, min(start + _ROWS, count), *arrays) for start in starts]:
            done.result()


@_compiled
def _repel(first, last, x, y, repulsion, nearness):
    """For the points from `first` to `last`: the sum over all points of 1 / (1 + d²), and of its square times the way there."""
    one = np.float32(1)
    for i in range(first, last):
        a, b = x[i], y[i]
        near, right, up = np.float32(0), np.float32(0), np.float32(0)
        for j in range(len(x)):
            dx, dy = a - x[j], b - y[j]
            q = one / (one + dx * dx + dy * dy)
            near += q
            right += q * q * dx
            up += q * q * dy
        repulsion[i, 0], repulsion[i, 1], nearness[i] = right, up, near


@_compiled
def _attract(first, last, x, y, starts, columns, values, repulsion, total, gradient):
    """The gradient of the points from `first` to `last`: attraction by the affinities' rows, less the repulsion over `total`."""
    for i in range(first, last):
        right, up = -repulsion[i, 0] / total, -repulsion[i, 1] / total
        for k in range(starts[i], starts[i + 1]):
            dx, dy = x[i] - x[columns[k]], y[i] - y[columns[k]]
            force = values[k] / (1.0 + dx * dx + dy * dy)
            right += force * dx
            up += force * dy
        gradient[i, 0], gradient[i, 1] = right, up
