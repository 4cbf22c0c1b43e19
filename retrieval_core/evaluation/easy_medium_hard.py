"""The three setups of ROxford5k and RParis6k: which answers are right, and the table of their measures.

Source: Radenović et al., "Revisiting Oxford and Paris", CVPR 2018; `filipradenovic/revisitop`, python/evaluate.py. A query's `good`
answers are the easy ones, its `ok` answers the hard ones: see datasets/revisited.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import check_choice
from retrieval_core.evaluation.retrieval_metrics import DEPTHS, query_metrics
from retrieval_core.ranking.search import Ranking

SETUPS = ("easy", "medium", "hard")


def at_setup(query: Query, setup: str) -> Query:
    """The query as a setup asks it. Easy: hard answers are junk; Medium: both count; Hard: easy answers are junk."""
    check_choice("setup", setup, SETUPS)
    if setup == "easy":
        return replace(query, ok=(), junk=query.junk + query.ok)
    if setup == "hard":
        return replace(query, good=(), junk=query.junk + query.good)
    return query


def revisited_table(rankings: Mapping[str, Iterable[Ranking]], dataset: Dataset, depths: Sequence[int] = DEPTHS) -> pd.DataFrame:
    """Models down; mAP and mP@k of each setup across, percent. A query without a right answer at a setup is left out of its means."""
    kept = {model: list(entries) for model, entries in rankings.items()}
    columns = {}
    for setup in SETUPS:
        truth = replace(dataset, queries=tuple(at_setup(query, setup) for query in dataset.queries))
        found = {model: query_metrics(truth, entries, depths) for model, entries in kept.items()}
        letter = setup[0].upper()
        columns[f"mAP {letter}"] = {model: _mean(row.ap_oxford for row in rows) for model, rows in found.items()}
        for k in depths:
            columns[f"mP@{k} {letter}"] = {model: _mean(row.precision_revisited[k] for row in rows) for model, rows in found.items()}
    return pd.DataFrame(columns, index=list(kept), dtype=float)


def _mean(values: Iterable[float]) -> float:
    values = list(values)
    return 100 * sum(values) / len(values) if values else float("nan")
