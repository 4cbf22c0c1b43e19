"""The hardest triplets of a mining: what the log keeps, so that one can look at what a training struggles with."""

from dataclasses import dataclass

import numpy as np

from retrieval_core.training.mining import Mined
from retrieval_core.training.split import Landmarks

KEPT = 8  # triplets of a mining
_ROWS = 1024  # anchors of a landmark that are compared with its photographs at once


@dataclass(frozen=True, eq=False)
class Hardest:
    """Triplets (T ≤ KEPT), hardest first, as positions in the training set.

    members: (T, 2 + n) int64: anchor, positive, negatives nearest first, -1 where there is none. distances: (T, 1 + n) float32:
    squared L2 from the anchor to each that follows it, -1 where there is none: a checkpoint takes finite values alone.
    """

    members: np.ndarray
    distances: np.ndarray


def hardest_triplets(mined: Mined, pool: np.ndarray, matrix: np.ndarray, classes: np.ndarray) -> Hardest:
    """The triplets with the largest d(a,p) − d(a,n), one a landmark, so that no landmark fills the list.

    The positive is the photograph of the pool that is farthest from the anchor among those of its landmark; the negatives are those
    that were mined. pool (P,) positions, matrix (P, D) rows of length 1, classes (P,) their landmarks. No random number is drawn.
    """
    row_of = {int(position): row for row, position in enumerate(pool)}
    landmarks = Landmarks(np.unique(classes, return_inverse=True)[1])
    negatives_of = {row_of[int(anchor)]: row for anchor, row in zip(mined.anchors, mined.negatives, strict=True) if row[0] >= 0}
    found = []
    for number in range(landmarks.count):
        own = landmarks.photographs(number)
        anchors = np.array([row for row in own if row in negatives_of], np.int64)
        for begin in range(0, len(anchors), _ROWS):
            part = anchors[begin : begin + _ROWS]
            similarities = matrix[part] @ matrix[own].T
            nearest = matrix[[row_of[int(negatives_of[row][0])] for row in part]]
            gaps = (matrix[part] * nearest).sum(1) - similarities.min(1)  # half of d(a,p) − d(a,n)
            best = int(gaps.argmax())
            found.append((float(gaps[best]), number, int(part[best]), int(own[similarities[best].argmin()])))
    hardest: dict[int, list[int]] = {}
    for _, number, *pair in sorted(found, key=lambda one: (-one[0], one[1])):
        if number not in hardest and len(hardest) < KEPT:
            hardest[number] = pair
    width = mined.negatives.shape[1]
    members = np.full((len(hardest), 2 + width), -1, np.int64)
    distances = np.full((len(hardest), 1 + width), -1, np.float32)
    for place, (anchor, positive) in enumerate(hardest.values()):
        members[place] = [pool[anchor], pool[positive], *negatives_of[anchor]]
        others = [row_of[int(position)] for position in members[place, 1:] if position >= 0]  # what is missing is at the end
        distances[place, : len(others)] = (2 - 2 * matrix[others] @ matrix[anchor]).clip(min=0)
    return Hardest(members, distances)
