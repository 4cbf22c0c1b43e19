"""A simulated user: the ground truth marks the first photographs of a ranking, round by round, and what is left is scored."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from retrieval_core.evaluation.average_precision import Score
from retrieval_core.feedback.method import Method, Round
from retrieval_core.feedback.methods import order, values
from retrieval_core.feedback.residual import residual_score

Pair = tuple[Score, Score]
"""AP of what is not marked before the marks of all rounds so far, and after them."""


def simulate(
    method: Method,
    parameters: Mapping[str, float],
    first: Round,
    query_id: str,
    positives: np.ndarray,
    junk: np.ndarray,
    marks: int,
    rounds: int,
) -> list[Pair]:
    """One query: in each round the first `marks` of the ranking that are neither marked nor junk are marked by the ground truth.

    first: without marks. Its ranking is what comes before: of two models by the sum of their similarities. positives, junk: (N,) bool.
    Returns a pair a round; a query whose positives are all marked has no AP.
    """
    found, seen = first, values(method, first, parameters)
    before = ranking = order(first, seen)
    pairs = []
    for _ in range(rounds):
        known = junk.copy()
        known[found.marked] = True
        shown = ranking[~known[ranking]][:marks]
        right = positives[shown]
        found = replace(found, right=np.append(found.right, shown[right]), wrong=np.append(found.wrong, shown[~right]))
        known[shown] = True
        ranking = order(found, values(method, found, parameters))
        pairs.append((residual_score(query_id, before, positives, known), residual_score(query_id, ranking, positives, known)))
    return pairs
