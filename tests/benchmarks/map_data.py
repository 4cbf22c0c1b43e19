"""Synthetic points for bench_map.py and map_app.py."""

import numpy as np

LANDMARKS = 11
UNLABELLED = 65535


def synthetic_labels(count: int) -> np.ndarray:
    """Landmark numbers (N,) uint16; half of the points are unlabelled."""
    labels = _groups(count)
    return np.where(labels < LANDMARKS, labels, UNLABELLED).astype(np.uint16)


def synthetic_layout(count: int, number: int = 0) -> np.ndarray:
    """Places (N, 2) float32 within -1 … 1, in clusters by landmark."""
    random = np.random.default_rng(number)
    centres = random.uniform(-0.8, 0.8, (2 * LANDMARKS, 2))
    return np.clip(centres[_groups(count)] + random.normal(0, 0.07, (count, 2)), -1, 1).astype(np.float32)


def _groups(count: int) -> np.ndarray:
    return np.random.default_rng(99).integers(0, 2 * LANDMARKS, count)
