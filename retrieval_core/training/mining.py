"""Hard negatives: for each photograph of a pool the most similar photographs of other landmarks, one a landmark."""

from dataclasses import dataclass

import numpy as np

from retrieval_core.ranking.search import search


@dataclass(frozen=True, eq=False)
class Mined:
    """anchors: (M,) positions in the training set. negatives: (M, n) positions, hardest first, -1 where there is none."""

    anchors: np.ndarray
    negatives: np.ndarray


def draw_pool(classes: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """Positions of a pool: equally many photographs of every landmark, `size` in all or a little less."""
    count = int(classes.max()) + 1
    each = max(2, size // count)
    members = (np.flatnonzero(classes == number) for number in range(count))
    return np.concatenate([np.sort(random.permutation(group)[:each]) for group in members])


def mine(pool: np.ndarray, matrix: np.ndarray, classes: np.ndarray, negatives: int, candidates: int = 100) -> Mined:
    """Hard negatives within a pool: pool (M,) positions, matrix (M, D) their descriptors, classes (M,) their landmarks.

    Looks at the `candidates` most similar photographs; never the own landmark, at most one of every other.
    """
    order, _ = search(matrix, matrix, candidates)
    found = np.full((len(pool), negatives), -1, np.int64)
    for row, ranked in enumerate(order):
        others = ranked[classes[ranked] != classes[row]]
        _, first = np.unique(classes[others], return_index=True)  # the most similar photograph of each landmark
        chosen = pool[others[np.sort(first)[:negatives]]]
        found[row, : len(chosen)] = chosen
    return Mined(pool, found)
