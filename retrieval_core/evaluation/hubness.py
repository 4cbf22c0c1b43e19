"""Hubness: how often a photograph is among the nearest neighbours of others.

In many dimensions some rows are among the neighbours of very many (hubs) and most of few or none (anti-hubs); Radovanović, Nanopoulos
and Ivanović, "Hubs in Space", JMLR 2010, call the count N_k.
"""

import numpy as np


def hubness(positions: np.ndarray, k: int) -> np.ndarray:
    """N_k of each of N photographs, int64 (N,), from their neighbour lists (N, K), nearest first; of fewer than k, all that are listed.

    >>> hubness(np.array([[1, 2], [0, 2], [1, 0]]), 1)
    array([1, 2, 0])
    """
    return np.bincount(positions[:, :k].ravel(), minlength=len(positions))
