"""Which landmarks train and which validate: whole landmarks are held out, so validation sees nothing of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EVERY = 8  # every eighth landmark is held out …
MOST = 20  # … but no more than this many: validation has to be quick


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of the photographs that train, with their class numbers 0…C-1, and of those that validate."""

    train: np.ndarray
    classes: np.ndarray
    validation: np.ndarray
    validation_labels: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of training classes."""
        return int(self.classes.max()) + 1


def split_landmarks(labels: Sequence[str]) -> Split:
    """Hold out every eighth landmark in the order of their names, at least one and at most twenty."""
    names = sorted(set(labels))
    held_out = set(names[EVERY - 1 :: EVERY][:MOST] or names[-1:])
    number = {name: k for k, name in enumerate(name for name in names if name not in held_out)}
    train = np.array([k for k, label in enumerate(labels) if label in number], np.int64)
    validation = np.array([k for k, label in enumerate(labels) if label in held_out], np.int64)
    classes = np.array([number[labels[k]] for k in train], np.int64)
    return Split(train, classes, validation, tuple(labels[k] for k in validation))
