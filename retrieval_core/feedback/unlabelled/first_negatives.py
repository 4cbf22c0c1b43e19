"""The first negatives of methods that need some: nobody has marked any, so they are guessed."""

import numpy as np

SHARE = 0.5  # by ROC-AUC on landmarks that training held out; a tenth, a quarter and a half were tried: see LOG.md
NEAREST = 5


def first_negatives(labelled: np.ndarray, unlabelled: np.ndarray) -> np.ndarray:
    """Positions of the half of the unlabelled (U, D) that is least like the labelled (P, D): by the mean over its nearest five."""
    nearest = min(NEAREST, len(labelled))
    closeness = np.concatenate([
        np.partition(2 * block @ labelled.T - (labelled**2).sum(axis=1), -nearest, axis=1)[:, -nearest:].mean(axis=1)
        - (block**2).sum(axis=1)
        for block in np.array_split(unlabelled, -(-len(unlabelled) // 1024))
    ])  # fmt: skip
    return np.argsort(closeness, kind="stable")[: max(1, round(SHARE * len(unlabelled)))]


WORDS = f"the {SHARE:.0%} of the unlabelled that are least like their {NEAREST} nearest labelled ones"
