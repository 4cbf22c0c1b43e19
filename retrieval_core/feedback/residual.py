"""The residual collection: what is left of a ranking without the marked photographs, and the AP of that.

Salton and Buckley, "Improving retrieval performance by relevance feedback", JASIS 1990. On the whole collection every method looks
good, since the marked photographs move to the front; so they are left out of the ranking before the marks, and of the one after.
"""

from collections.abc import Sequence

import numpy as np

from retrieval_core.datasets.types import Query
from retrieval_core.evaluation.average_precision import PROTOCOLS, Score, average_precision


def masks(query: Query, ids: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Which photographs are positives of a query, and which are junk: two times (N,) bool."""
    positives, junk = set(query.positives), set(query.junk)
    return np.array([one in positives for one in ids]), np.array([one in junk for one in ids])


def residual_score(query_id: str, ranking: np.ndarray, positives: np.ndarray, left_out: np.ndarray) -> Score:
    """The AP of a ranking of rows (N,) when some are left out, (N,) bool, as junk is; no AP where no positive remains."""
    ranks = np.flatnonzero(positives[ranking[~left_out[ranking]]])
    if not len(ranks):
        return Score(query_id, None, None, 0)
    area, finite_sum = (average_precision(ranks, len(ranks), protocol) for protocol in PROTOCOLS)
    return Score(query_id, area, finite_sum, len(ranks))


def residual_scores(query: Query, ids: Sequence[str], rankings: Sequence[np.ndarray], marked: np.ndarray) -> list[Score]:
    """The AP of rankings of the photographs `ids` (N,), rows best first, without the junk of a query and what is marked, rows (M,)."""
    positives, left_out = masks(query, ids)
    left_out[marked] = True
    return [residual_score(query.id, ranking, positives, left_out) for ranking in rankings]
