"""Hard negatives: for each photograph of a pool the most similar photographs of other landmarks, one a landmark."""

from dataclasses import dataclass

import numpy as np

from retrieval_core.ranking.search import search
from retrieval_core.training.split import Landmarks


@dataclass(frozen=True, eq=False)
class Mined:
    """anchors: (M,) positions in the training set. negatives: (M, n) positions, hardest first, -1 where there is none."""

    anchors: np.ndarray
    negatives: np.ndarray


def draw_pool(landmarks: Landmarks, size: int, random: np.random.Generator) -> np.ndarray:
    """Positions of a pool: equally many photographs of every landmark, `size` in all or a little less, never more.

    Where two of each would be too many, landmarks with one photograph are left out, since they have no positive to offer,
    and of the others as many as go into the pool are drawn at random.
    """
    most = size // 2
    numbers = np.arange(landmarks.count)
    if len(numbers) > most:
        numbers = np.flatnonzero(landmarks.sizes >= 2)
    if len(numbers) > most:
        numbers = np.sort(random.permutation(numbers)[:most])
    each = size // max(1, len(numbers))
    drawn = [np.sort(random.permutation(landmarks.photographs(int(number)))[:each]) for number in numbers]
    return np.concatenate([np.empty(0, np.int64), *drawn])


def mine(pool: np.ndarray, matrix: np.ndarray, classes: np.ndarray, negatives: int, candidates: int = 100) -> Mined:
    """Hard negatives within a pool: pool (P,) positions, matrix (P, D) their descriptors, classes (P,) their landmarks.

    Looks at the `candidates` most similar photographs; never the own landmark, at most one of every other. A photograph
    without another of its landmark in the pool is no anchor, only a negative of others.
    """
    _, number, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    rows = np.flatnonzero(sizes[number] >= 2)
    order = search(matrix, matrix, candidates)[0][rows]
    ranked = number[order]  # (M, K) landmarks, most similar first
    by_landmark = np.argsort(ranked, axis=1, kind="stable")
    grouped = np.take_along_axis(ranked, by_landmark, 1)
    begins = np.ones(ranked.shape, bool)
    begins[:, 1:] = grouped[:, 1:] != grouped[:, :-1]
    first = np.empty(ranked.shape, bool)  # whether a place holds the most similar photograph of its landmark
    np.put_along_axis(first, by_landmark, begins, 1)
    first &= ranked != number[rows, None]
    place = first.cumsum(1) - 1
    row, column = np.nonzero(first & (place < negatives))
    found = np.full((len(rows), negatives), -1, np.int64)
    found[row, place[row, column]] = pool[order[row, column]]
    return Mined(pool[rows], found)
