"""A few queries that tell what models find, chosen by rule: the same scores give the same queries."""

from collections.abc import Mapping, Sequence

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import Score


def most_gained(before: Sequence[Score], after: Sequence[Score], dataset: Dataset, protocol: str, count: int) -> list[Query]:
    """The queries whose AP grows most from one model to another, at most one of a landmark, the largest gain first.

    Queries that gain equally come in the order of the dataset; those without positives are none of them.
    """
    first, second = _aps(before, protocol), _aps(after, protocol)
    known = [query for query in dataset.queries if query.id in first and query.id in second]
    chosen: dict[str, Query] = {}
    for query in sorted(known, key=lambda query: first[query.id] - second[query.id]):
        chosen.setdefault(query.label, query)
    return list(chosen.values())[:count]


def best_to_worst(scores: Sequence[Score], dataset: Dataset, protocol: str) -> list[Query]:
    """The query with the highest AP, the one in the middle, and the one with the lowest; fewer where there are fewer."""
    aps = _aps(scores, protocol)
    ranked = sorted((query for query in dataset.queries if query.id in aps), key=lambda query: -aps[query.id])
    places = dict.fromkeys([0, len(ranked) // 2, len(ranked) - 1]) if ranked else {}
    return [ranked[place] for place in places]


def _aps(scores: Sequence[Score], protocol: str) -> Mapping[str, float]:
    return {score.query_id: ap for score in scores if (ap := score.ap(protocol)) is not None}
