"""AP tables: models down, queries or landmarks across, the mean last; every value in percent."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.average_precision import PROTOCOLS, Score, mean_average_precision

MEAN = "mAP"
QUERY_CHOICES = ("report", "all")

ScoresByModel = Mapping[str, Sequence[Score]]


def report_queries(dataset: Dataset) -> tuple[str, ...]:
    """Ids of the queries that the 2019 report shows: the second of each landmark, or its only one.

    With 5 queries a landmark these stand at the 0-based positions 1, 6, 11, … of the sorted queries.
    """
    by_landmark: dict[str, list[str]] = {}
    for query in dataset.queries:
        by_landmark.setdefault(query.label, []).append(query.id)
    return tuple(ids[min(1, len(ids) - 1)] for ids in by_landmark.values())


def query_numbers(dataset: Dataset) -> dict[str, int]:
    """0-based position of each query in the sorted list of all, by id: the number by which the report names it."""
    return {query.id: number for number, query in enumerate(dataset.queries)}


def ap_table(scores: ScoresByModel, dataset: Dataset, protocol: str, queries: str = "report") -> pd.DataFrame:
    """AP of each query under each model, and the mean over the queries shown.

    Rows are models in the order given, columns query ids and then "mAP"; percent. `queries` is "report" (one a
    landmark, see `report_queries`) or "all". A query without positives is NaN and does not enter the mean.
    Raises RetrievalError if a model's scores lack a query.
    """
    check_choice("choice of queries", queries, QUERY_CHOICES)
    shown = report_queries(dataset) if queries == "report" else tuple(query.id for query in dataset.queries)
    groups = {query_id: (query_id,) for query_id in shown}
    return _table(scores, dataset, protocol, groups, lambda chosen: chosen[0].ap(protocol))


def landmark_table(scores: ScoresByModel, dataset: Dataset, protocol: str) -> pd.DataFrame:
    """Mean AP of each landmark's queries under each model, and the mean over all queries (not over landmarks); percent.

    Rows are models, columns landmarks and then "mAP"; a landmark that is called so stands in brackets. A landmark none of whose
    queries has positives is NaN.
    """
    groups: dict[str, tuple[str, ...]] = {}
    other = f"({MEAN})"
    while other in {query.label for query in dataset.queries}:
        other = f"({other})"
    for query in dataset.queries:
        name = other if query.label == MEAN else query.label
        groups[name] = (*groups.get(name, ()), query.id)
    return _table(scores, dataset, protocol, groups, lambda chosen: mean_average_precision(chosen, protocol))


def best_per_column(table: pd.DataFrame) -> pd.DataFrame:
    """Where a table holds the highest value of its column: booleans of the same shape. Equal highest are all marked."""
    return table.eq(table.max(axis=0), axis=1)


def _table(
    scores: ScoresByModel,
    dataset: Dataset,
    protocol: str,
    groups: Mapping[str, tuple[str, ...]],
    value: Callable[[list[Score]], float | None],
) -> pd.DataFrame:
    check_choice("protocol", protocol, PROTOCOLS)
    rows = {}
    for model, entries in scores.items():
        by_query = {score.query_id: score for score in entries}
        missing = [query_id for ids in groups.values() for query_id in ids if query_id not in by_query]
        if missing:
            raise RetrievalError(
                f"The scores of model {model} lack the query {missing[0]!r} of {dataset.name}. "
                f"Run: python -m retrieval_core run --dataset {dataset.name} --models {model}"
            )
        cells = {name: value([by_query[query_id] for query_id in ids]) for name, ids in groups.items()}
        chosen = [by_query[query_id] for ids in groups.values() for query_id in ids]
        rows[model] = {**cells, MEAN: mean_average_precision(chosen, protocol)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*groups, MEAN], dtype=float)
    return table * 100
