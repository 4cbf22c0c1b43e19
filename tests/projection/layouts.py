"""Descriptors to lay out, and the laying out, for the tests of projections."""

import numpy as np
from caches import result_and_reports

from retrieval_core.projection.maps import compute_map


def clusters(rows, seed=0, width=64, count=3, noise=0.05):
    """Descriptors around a few directions, and the direction of each."""
    random = np.random.default_rng(seed)
    member = np.arange(rows) % count
    matrix = random.normal(size=(count, width))[member] + noise * random.normal(size=(rows, width))
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32), member


def compute(matrix, method, parameters=None, seed=0):
    """The layout and the reports on the way to it."""
    ids = [f"image {row}" for row in range(len(matrix))]
    return result_and_reports(compute_map(ids, matrix, method, parameters, seed))
