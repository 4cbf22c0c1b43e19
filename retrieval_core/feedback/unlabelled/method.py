"""What a method is that tells labelled from unlabelled photographs: its title, what it assumes, and how it decides."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MOST_DIMENSIONS = 256  # principal components that a method is given, which bounds the time of all of them
STRENGTH = 10.0  # C of every logistic regression; by ROC-AUC on landmarks that training held out, of 1, 10 and 100: see LOG.md


@dataclass(frozen=True, eq=False)
class Groups:
    """What a method learns from: rows of labelled (P, D) and of unlabelled photographs (U, D), P and U at least 2.

    landmarks: (P,) number of the landmark of each labelled one.
    prior: the share of the unlabelled that are believed to be like the labelled; only nnPU asks for it.
    second: both groups under another model, the second view of co-training; None for the others.
    seed: of all that a method draws.
    """

    labelled: np.ndarray
    unlabelled: np.ndarray
    landmarks: np.ndarray
    prior: float
    second: tuple[np.ndarray, np.ndarray] | None
    seed: int

    @property
    def rows(self) -> np.ndarray:
        """Both groups (P + U, D), the labelled ones first."""
        return np.concatenate([self.labelled, self.unlabelled])

    @property
    def marks(self) -> np.ndarray:
        """(P + U,) 1 for a labelled row, 0 for an unlabelled one."""
        return np.repeat([1, 0], [len(self.labelled), len(self.unlabelled)])


@dataclass(frozen=True)
class Method:
    """One method; a new one is a file that ends with such a value, and a row of `methods.METHODS`.

    `decide(groups)` returns a decision value (P + U,) for each photograph, the labelled ones first: the higher, the more like a
    labelled one; above zero it is called positive. `assumes` and `source` are for a person.
    """

    title: str
    decide: Callable[[Groups], np.ndarray]
    definition: str
    assumes: str
    source: str


def logistic(rows: np.ndarray, marks: np.ndarray, weights: str | None = "balanced"):
    """Logistic regression of marks (N,) on rows (N, D); "balanced": every class weighs the same, None: every row."""
    from sklearn.linear_model import LogisticRegression  # a page that only reads what was decided need not wait for it

    return LogisticRegression(C=STRENGTH, class_weight=weights, max_iter=1000).fit(rows, marks)
