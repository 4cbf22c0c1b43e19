"""Which photographs make up a step: drawn from (seed, step) alone, so a run that continues draws the same."""

import numpy as np

from retrieval_core.training.mining import Mined


def classification_batch(count: int, batch: int, step: int, seed: int) -> np.ndarray:
    """Positions of a step in epochs that see each of `count` photographs once, in an order of their own."""
    wanted = np.arange(step * batch, (step + 1) * batch)
    orders = {epoch: np.random.default_rng((seed, 1, epoch)).permutation(count) for epoch in set(wanted // count)}
    return np.array([orders[k // count][k % count] for k in wanted])


def triplet_batch(mined: Mined, classes: np.ndarray, batch: int, per_landmark: int, random: np.random.Generator):
    """Positions of a step: anchors, other photographs of their landmarks, and the anchors' mined negatives.

    Every anchor brings `per_landmark` photographs of its landmark and its negatives; (B,) with B ≤ `batch`.
    """
    chosen: list[int] = []
    for row in random.permutation(len(mined.anchors)):
        anchor = mined.anchors[row]
        others = np.flatnonzero(classes == classes[anchor])
        others = random.permutation(others[others != anchor])[: per_landmark - 1]
        group = [anchor, *others, *(mined.negatives[row][mined.negatives[row] >= 0])]
        if len(chosen) + len(group) > batch:
            break
        chosen += [position for position in map(int, group) if position not in chosen]
    return np.array(chosen)
