"""Average precision of a ranking, in the two protocols that numbers on Oxford5k are quoted in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import check_choice
from retrieval_core.evaluation.judged_rankings import ranks_of, with_queries
from retrieval_core.ranking.search import Ranking

PROTOCOLS = ("oxford", "finite_sum")
PROTOCOL_TITLES = {"oxford": "AP (Oxford)", "finite_sum": "AP (finite sum)"}


@dataclass(frozen=True)
class Score:
    """Average precision of one query, 0 to 1, under both protocols; None for a query without positives.

    JSON-able: `dataclasses.asdict(score)` one way, `Score(**entry)` the other.
    """

    query_id: str
    ap_oxford: float | None
    ap_finite_sum: float | None
    positives: int

    def ap(self, protocol: str) -> float | None:
        """Average precision under one of PROTOCOLS."""
        return getattr(self, f"ap_{check_choice('protocol', protocol, PROTOCOLS)}")


def positive_ranks(ranked_ids: Sequence[str], positives: Collection[str], junk: Collection[str]) -> np.ndarray:
    """0-based ranks (P,) int64 of the positives in a ranking from which junk has been deleted (ranks close up).

    Positives that the ranking does not hold have no rank: they count as never found.
    """
    return np.array(list(ranks_of(ranked_ids, positives, junk).values()), np.int64) - 1


def average_precision(ranks: Sequence[int] | np.ndarray, positives: int, protocol: str) -> float:
    """Average precision, 0 to 1, from the rising 0-based ranks of the positives that were found.

    With n positives in the ground truth, of which the j-th (from 0) stands at rank r:
    "oxford" is the area under the precision-recall curve by the trapezoid rule, as in the official program of Oxford5k:
    the mean of j / r (1 where r = 0) and (j + 1) / (r + 1), summed and divided by n.
    "finite_sum" is the sum of the precisions (j + 1) / (r + 1) divided by n, scikit-learn's `average_precision_score`.

    Raises ValueError if there are no positives or fewer than ranks.
    """
    check_choice("protocol", protocol, PROTOCOLS)
    if positives < max(1, len(ranks)):
        raise ValueError(f"{len(ranks)} ranks, but {positives} positives")
    rank = np.asarray(ranks, dtype=np.float64)
    found = np.arange(len(rank), dtype=np.float64)
    precision = (found + 1) / (rank + 1)
    if protocol == "oxford":
        before = np.divide(found, rank, out=np.ones_like(rank), where=rank > 0)
        precision = (before + precision) / 2
    return float(precision.sum() / positives)


def score_rankings(dataset: Dataset, rankings: Iterable[Ranking]) -> list[Score]:
    """Score rankings of a dataset's photographs by its ground truth, in the order of the rankings.

    The query image stays in the database and is a positive, as in Oxford5k.
    Raises RetrievalError if a ranking's query is not one of the dataset's.
    """
    scores = []
    for query, ranking in with_queries(dataset, rankings):
        count = len(query.positives)
        ranks = positive_ranks(ranking.ids, query.positives, query.junk)
        area, finite_sum = (average_precision(ranks, count, protocol) if count else None for protocol in ("oxford", "finite_sum"))
        scores.append(Score(query.id, area, finite_sum, count))
    return scores


def mean_average_precision(scores: Iterable[Score], protocol: str) -> float | None:
    """Mean AP, 0 to 1, over the queries that have positives; None if none has. `uncounted` names the others."""
    values = [score.ap(protocol) for score in scores if score.positives]
    return sum(values) / len(values) if values else None


def uncounted(scores: Iterable[Score]) -> tuple[str, ...]:
    """Ids of the queries that a mean leaves out, since they have no positives."""
    return tuple(score.query_id for score in scores if not score.positives)
