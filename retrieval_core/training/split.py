"""Which landmarks train and which validate: whole landmarks are held out, so validation sees nothing of its own."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from retrieval_core.errors import RetrievalError

EVERY = 8  # every eighth landmark is held out …
MOST = 20  # … but no more than this many: validation has to be quick
LEAST = 3  # landmarks: two to tell apart, and one to validate with


class Landmarks:
    """The photographs of every landmark, found without a search: they are sorted once.

    classes: (N,) landmark numbers 0…C-1 of photographs. sizes: (C,) how many photographs each has.
    """

    def __init__(self, classes: np.ndarray):
        self.classes = classes
        self.sizes = np.bincount(classes)
        self._sorted = np.argsort(classes, kind="stable")
        self._ends = np.cumsum(self.sizes)

    @property
    def count(self) -> int:
        """Number of landmarks."""
        return len(self.sizes)

    def photographs(self, number: int) -> np.ndarray:
        """Positions of a landmark's photographs, rising."""
        return self._sorted[self._ends[number] - self.sizes[number] : self._ends[number]]


@dataclass(frozen=True, eq=False)
class Split:
    """Positions of the photographs that train, with their class numbers 0…C-1, and of those that validate."""

    train: np.ndarray
    classes: np.ndarray
    validation: np.ndarray
    validation_labels: tuple[str, ...]

    @cached_property
    def landmarks(self) -> Landmarks:
        """The landmarks that train; their photographs are places in `train`."""
        return Landmarks(self.classes)

    @property
    def count(self) -> int:
        """Number of training classes."""
        return self.landmarks.count


def split_landmarks(labels: Sequence[str]) -> Split:
    """Hold out every eighth landmark in the order of their names, at least one and at most twenty.

    Raises RetrievalError if there are fewer than three landmarks, or if none of those held out has two photographs: then
    no photograph would have another to be found.
    """
    sizes = Counter(labels)
    names = sorted(sizes)
    if len(names) < LEAST:
        raise RetrievalError(f"The training set has photographs of {len(names)} landmarks: training takes {LEAST} or more, two to tell "
                             "apart and one to validate with. Add others, the photographs of each in a folder of its own.")  # fmt: skip
    held_out = set(names[EVERY - 1 :: EVERY][:MOST] or names[-1:])
    if max(sizes[name] for name in held_out) < 2:
        few = ", ".join(sorted(held_out)[:3]) + (" …" if len(held_out) > 3 else "")
        raise RetrievalError(f"Each landmark that is held out for validation ({few}) has one photograph, so none can be found by "
                             "another. Add photographs of them to the training set, or take the landmarks with one photograph "
                             "out of it.")  # fmt: skip
    number = {name: k for k, name in enumerate(name for name in names if name not in held_out)}
    train = np.array([k for k, label in enumerate(labels) if label in number], np.int64)
    validation = np.array([k for k, label in enumerate(labels) if label in held_out], np.int64)
    classes = np.array([number[labels[k]] for k in train], np.int64)
    return Split(train, classes, validation, tuple(labels[k] for k in validation))
