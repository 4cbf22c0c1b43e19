"""Precision and recall at the head of a ranking, and the table of all measures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import average_precision, positive_ranks
from retrieval_core.evaluation.judged_rankings import with_queries
from retrieval_core.ranking.search import Ranking

DEPTHS = (1, 5, 10)


@dataclass(frozen=True)
class QueryMetrics:
    """The measures of one query, 0 to 1; by depth k where they have one. JSON-able."""

    query_id: str
    positives: int
    ap_oxford: float
    ap_finite_sum: float
    precision: dict[int, float]
    precision_revisited: dict[int, float]
    recall: dict[int, float]


def precision_at(ranks: Sequence[int] | np.ndarray, k: int) -> float:
    """Share of positives, 0 to 1, in the first k places; from the 0-based ranks of the positives, junk removed.

    A query with fewer than k positives cannot reach 1: see `precision_at_revisited`.
    """
    return _found(ranks, k) / k


def precision_at_revisited(ranks: Sequence[int] | np.ndarray, k: int) -> float:
    """Share of positives, 0 to 1, in the first min(k, rank of the last positive from 1) places: mP@k of ROxford5k.

    So a perfect ranking has 1 even with fewer than k positives. 0 where no positive was found.
    Source: `filipradenovic/revisitop`, python/evaluate.py; Radenović et al., "Revisiting Oxford and Paris", CVPR 2018.
    """
    if len(ranks) == 0:
        return 0.0
    return precision_at(ranks, min(int(np.max(ranks)) + 1, k))


def recall_at(ranks: Sequence[int] | np.ndarray, positives: int, k: int) -> float:
    """Share of the positives of the ground truth, 0 to 1, that stand in the first k places.

    Not the share of queries with a hit, which papers on place recognition call by the same name.
    Raises ValueError if there are no positives or fewer than ranks.
    """
    if positives < max(1, len(ranks)):
        raise ValueError(f"{len(ranks)} ranks, but {positives} positives")
    return _found(ranks, k) / positives


def query_metrics(dataset: Dataset, rankings: Iterable[Ranking], depths: Sequence[int] = DEPTHS) -> list[QueryMetrics]:
    """Measure the rankings of queries that have positives, in their order; queries without any are left out.

    The query image is in the ranking and right, as in Oxford5k; pass `without_query_images(dataset)` to take it out.
    Raises RetrievalError if a ranking's query is not one of the dataset's.
    """
    rows = []
    for query, ranking in with_queries(dataset, rankings):
        count = len(query.positives)
        if count == 0:
            continue
        ranks = positive_ranks(ranking.ids, query.positives, query.junk)
        rows.append(QueryMetrics(
            query.id, count, average_precision(ranks, count, "oxford"), average_precision(ranks, count, "finite_sum"),
            precision={k: precision_at(ranks, k) for k in depths},
            precision_revisited={k: precision_at_revisited(ranks, k) for k in depths},
            recall={k: recall_at(ranks, count, k) for k in depths},
        ))  # fmt: skip
    return rows


def metrics_table(rankings: Mapping[str, Iterable[Ranking]], dataset: Dataset, depths: Sequence[int] = DEPTHS) -> pd.DataFrame:
    """Means over the queries with positives; percent. Models down; mAP twice, mP@k, mP@k (ROxford) and recall@k across.

    A model none of whose queries has positives is a row of NaN. See `query_metrics` for the query image and errors.
    """
    columns = ["mAP (Oxford)", "mAP (finite sum)"]
    columns += [pattern.format(k) for pattern in ("mP@{}", "mP@{} (ROxford)", "recall@{}") for k in depths]
    rows = {}
    for model, entries in rankings.items():
        measured = [
            [row.ap_oxford, row.ap_finite_sum, *row.precision.values(), *row.precision_revisited.values(), *row.recall.values()]
            for row in query_metrics(dataset, entries, depths)
        ]
        rows[model] = np.mean(measured, axis=0) * 100 if measured else np.full(len(columns), np.nan)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)


def _found(ranks: Sequence[int] | np.ndarray, k: int) -> int:
    return int((np.asarray(ranks) < k).sum())
