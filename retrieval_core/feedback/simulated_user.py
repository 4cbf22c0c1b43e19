"""A simulated user: the ground truth marks the first photographs of a ranking, round by round, and what is left is scored.

What was marked is left out of the ranking before the marks and of the one after them (the residual collection: Salton and Buckley,
"Improving retrieval performance by relevance feedback", JASIS 1990): on the whole collection every method looks good, since the marked
photographs move to the front.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from retrieval_core.evaluation.average_precision import Score, average_precision
from retrieval_core.feedback.method import Method, Round
from retrieval_core.feedback.methods import order, values

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


def residual_score(query_id: str, ranking: np.ndarray, positives: np.ndarray, left_out: np.ndarray) -> Score:
    """The AP of a ranking of rows (N,) when some are left out, (N,) bool, as junk is; no AP where no positive remains."""
    kept = ranking[~left_out[ranking]]
    ranks = np.flatnonzero(positives[kept])
    if not len(ranks):
        return Score(query_id, None, None, 0)
    area, finite_sum = (average_precision(ranks, len(ranks), protocol) for protocol in ("oxford", "finite_sum"))
    return Score(query_id, area, finite_sum, len(ranks))
