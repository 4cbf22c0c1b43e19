"""SSAIRA, after Zhou, Chen and Dai: two learners that hand each other what they are surest of, for this round only.

Source: Zhou, Chen and Dai, "Enhancing relevance feedback in image retrieval using unlabeled data", ACM TOIS 24(2), 2006. The number
of neighbours k, ξ, and how ranks are scaled are not known from there and are ours; so is that only the first `candidates` of the
search are ranked anew: the third power of every difference is too much for all of them. k = 1, which leaves what is wrong as it is,
was better on held-out training landmarks than 5 and 10.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from retrieval_core.feedback.method import Method, Round

_BLOCK = 32_768  # differences held at a time: they stay in the processor's cache


def distances(rows: np.ndarray, others: np.ndarray, power: int) -> np.ndarray:
    """Minkowski distances (R, M) float32 of (R, D) to (M, D): the root of the sum of differences to a whole power."""
    if power == 2:  # by products, many times faster; in double precision, since near ones are what counts
        one, two = rows.astype(np.float64), others.astype(np.float64)
        squares = (one**2).sum(axis=1)[:, None] + (two**2).sum(axis=1) - 2 * one @ two.T
        return np.sqrt(np.maximum(squares, 0)).astype(np.float32)
    found, step = np.empty((len(rows), len(others)), np.float32), max(1, _BLOCK // rows.shape[1])
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        for place, other in enumerate(others):
            difference = np.abs(block - other)
            raised = difference
            for _ in range(power - 2):
                raised = raised * difference
            found[start : start + step, place] = raised.sum(axis=1) if power == 1 else np.einsum("rd,rd->r", raised, difference)
    return found ** np.float32(1 / power)


def ranks(to_right: np.ndarray, to_wrong: np.ndarray, xi: float) -> np.ndarray:
    """Ranks (R,), above −1 and below 1, by the distances to what is right (R, P) and to what stands for what is wrong (R, W).

    Mean similarity 1 / (distance + ξ) to the first less that to the second, divided by the largest, and ξ, so that none reaches 1.
    """
    raw = (1 / (to_right + xi)).mean(axis=1) - ((1 / (to_wrong + xi)).mean(axis=1) if to_wrong.shape[1] else 0)
    return raw / (np.abs(raw).max() + xi)


def softened(wrong: np.ndarray, candidates: np.ndarray, k: int) -> np.ndarray:
    """Each of (W, D) that are wrong, replaced by the mean of its k nearest among the candidates (R, D): they share no class."""
    if not len(wrong):
        return wrong
    k = min(k, len(candidates))
    nearest = np.argpartition(-(wrong @ candidates.T), k - 1, axis=1)[:, :k]
    return candidates[nearest].mean(axis=1)


def learn(round: Round, parameters: Mapping[str, float]) -> np.ndarray:
    """The sum (N,) of the ranks that both learners give; two models make a learner each, one model makes both."""
    rows, xi = round.first(int(parameters["candidates"])), parameters["xi"]
    views = round.views if len(round.views) == 2 else (round.views[0], round.views[0])
    powers = [int(parameters["p"]), int(parameters["p_other"])]
    matrices, known = [view.database[rows] for view in views], np.isin(rows, round.marked)
    apart: list[tuple[np.ndarray, np.ndarray]] = []
    for view, matrix, power in zip(views, matrices, powers, strict=True):
        right = np.concatenate([view.query[None], view.database[round.right]])
        wrong = softened(view.database[round.wrong], matrix, int(parameters["k"]))
        apart.append((distances(matrix, right, power), distances(matrix, wrong, power)))
    handed = [_surest(ranks(*one, xi), known) for one in apart]
    taught = [_with(one, matrix, other, power, int(parameters["k"]))
              for one, matrix, other, power in zip(apart, matrices, handed[::-1], powers, strict=True)]  # fmt: skip
    return round.followed(rows, np.sum([ranks(*one, xi) for one in taught], axis=0).astype(np.float32))


def _surest(values: np.ndarray, known: np.ndarray) -> tuple[list[int], list[int]]:
    """Places of the most surely right and of the most surely wrong of what is not marked; none of a sign that no rank has."""
    left = np.flatnonzero(~known)
    if not len(left):
        return [], []
    high, low = left[values[left].argmax()], left[values[left].argmin()]
    return [high] if values[high] > 0 else [], [low] if values[low] < 0 else []


def _with(
    apart: tuple[np.ndarray, np.ndarray], matrix: np.ndarray, handed: Sequence[list[int]], power: int, k: int
) -> tuple[np.ndarray, np.ndarray]:
    """The distances with those to what the other learner hands over."""
    right, wrong = matrix[handed[0]], softened(matrix[handed[1]], matrix, k)
    return np.hstack([apart[0], distances(matrix, right, power)]), np.hstack([apart[1], distances(matrix, wrong, power)])


_DEFAULTS = {"k": 1, "xi": 0.1, "candidates": 500}
_BOUNDS = {"k": (1, 100), "xi": (1e-6, 10.0), "candidates": (10, 5000), "p": (1, 8), "p_other": (1, 8)}
_WORDS = ("sum of both learners' ranks", "after Zhou, Chen and Dai 2006")
_PART = "it orders the first of the search, the others follow below"
SSAIRA = Method("SSAIRA, two distances", {**_DEFAULTS, "p": 2, "p_other": 3}, _BOUNDS, learn, *_WORDS, part=_PART)
SSAIRA_TWO = Method("SSAIRA, two models", {**_DEFAULTS, "p": 2, "p_other": 2}, _BOUNDS, learn, *_WORDS, views=2, part=_PART)
