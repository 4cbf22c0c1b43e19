"""PageRank on the graph of nearest neighbours: which photograph of a group is the most central one."""

import numpy as np

DAMPING = 0.85  # of the paper: how likely the walk goes on to a neighbour, and doesn't begin anew
_ENOUGH = 1e-10  # change of a group's ranks, in sum, below which no more steps are taken
_STEPS = 300


def page_rank(positions: np.ndarray, similarities: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """How central each of N photographs is in its group: the share (N,) float64 of a random walk that is there; groups sum to 1.

    The walk goes from a photograph to one of its neighbours, the more likely the more similar it is, and now and then (or where a
    photograph has no neighbour in its group) begins anew anywhere in the group. It never leaves the group: what lies nearest in another
    one counts for nothing.

    Args:
        positions: (N, K) neighbour lists, positions among the N.
        similarities: (N, K) float; a negative one counts as none.
        groups: (N,) integers, as the number of the landmark, −1 for the unlabelled.

    Brin and Page, "The anatomy of a large-scale hypertextual Web search engine", Computer Networks 30, 1998, in the weighted form.
    """
    from scipy.sparse import csr_array

    count, width = positions.shape
    _, groups, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    within = groups[positions] == groups[:, None]
    weights = np.where(within, np.maximum(np.asarray(similarities, float), 0), 0)
    sums = weights.sum(axis=1, keepdims=True)
    ends = sums[:, 0] == 0
    weights = np.divide(weights, sums, out=np.zeros_like(weights), where=sums > 0)
    kept = weights.ravel() > 0
    starts = np.repeat(np.arange(count), width)[kept]
    flow = csr_array((weights.ravel()[kept], (positions.ravel()[kept], starts)), shape=(count, count))
    anew = 1 / sizes[groups]
    ranks = anew.copy()
    for _ in range(_STEPS):
        before = ranks
        lost = np.bincount(groups[ends], ranks[ends], minlength=len(sizes))
        ranks = DAMPING * (flow @ ranks + lost[groups] * anew) + (1 - DAMPING) * anew
        if np.abs(ranks - before).sum() < _ENOUGH * len(sizes):
            break
    return ranks


def most_central(ranks: np.ndarray, groups: np.ndarray) -> dict[int, int]:
    """Of each group the position of the photograph with the highest rank, of equally high ones the first; by the group's number.

    >>> most_central(np.array([0.5, 0.5, 0.3, 0.7]), np.array([0, 0, -1, -1]))
    {-1: 3, 0: 0}
    """
    order = np.lexsort((np.arange(len(ranks)), -ranks, groups))
    numbers, first = np.unique(groups[order], return_index=True)
    return dict(zip(numbers.tolist(), order[first].tolist(), strict=True))
