"""Descriptors for tests of what is done after the search."""

import numpy as np


def unit_rows(seed: int, count: int, width: int = 8, groups: int = 4) -> np.ndarray:
    """Rows (count, width) float32 of length 1, about as many around each of some centres."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(groups, width))[np.arange(count) % groups] + 0.6 * random.normal(size=(count, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
