"""The tables of a bundle: average precision of all models, all measures, and the Ledger; all by the library, as pages have them."""

from collections.abc import Mapping

import pandas as pd

from pages.bundle.asked import Asked, Rankings
from pages.state import loaders
from pages.state.model_metrics import OWN, changes, gains, truth
from pages.web.bundle.messages import Ledger, Moved, Step, Table
from retrieval_core.evaluation.average_precision import PROTOCOLS, Score, score_rankings
from retrieval_core.evaluation.ledger import LedgerStep, ledger, moved_pictures
from retrieval_core.evaluation.retrieval_metrics import metrics_table
from retrieval_core.evaluation.tables import QUERY_CHOICES, ap_table, landmark_table


def tables(asked: Asked, rankings: Rankings) -> dict[str, Table]:
    """AP by "protocol own rows", with " change" for that to the model before, rows as on Compare: queries or landmarks down.

    All measures, models down, by "measures own".
    """
    if not asked.scored:
        return {}
    found: dict[str, Table] = {}
    for own in OWN:
        judged = truth(asked.dataset, own)
        anew = own != "counted"
        scores: Mapping[str, list[Score]] = {
            model: score_rankings(judged, rankings[model]) if anew else asked.results(model).scores for model in asked.scored
        }
        for protocol in PROTOCOLS:
            for rows in QUERY_CHOICES:
                found |= _both(f"{protocol} {own} {rows}", ap_table(scores, judged, protocol, rows))
            found |= _both(f"{protocol} {own} landmark", landmark_table(scores, judged, protocol))
        measures = metrics_table({model: rankings[model] for model in asked.scored}, judged)
        measures.insert(1, "Δ mAP", gains(measures))
        found[f"measures {own}"] = _table(measures)
    return found


def ledgers(asked: Asked) -> dict[str, Ledger]:
    """The steps of the Ledger by protocol; none where no two models follow each other."""
    scores = {model: asked.results(model).scores for model in asked.scored}
    found: dict[str, Ledger] = {}
    for protocol in PROTOCOLS if scores else ():
        entries = ledger(scores, asked.dataset, protocol)
        if not entries:
            continue
        used = entries[0].difference
        words = ("ledger", "--dataset", asked.dataset_name, "--run", asked.run, "--protocol", protocol)
        found[protocol] = {
            "steps": [_step(entry) for entry in entries],
            "tested": f"{used.queries} queries in {used.units} landmarks; {used.resamples:,} resamples, seed {used.seed}.",
            "command": asked.said(loaders.workspace().command(*words)),
        }
    return found


def moved(asked: Asked, rankings: Rankings, ledgers: Mapping[str, Ledger]) -> dict[str, dict[str, list[Moved]]]:
    """The right answers that moved farthest at every step, by step and query; a query of which none did is left out."""
    ranked = {model: {one.query_id: one for one in rankings[model]} for model in asked.scored}
    found: dict[str, dict[str, list[Moved]]] = {}
    for before, after in {(step["before"], step["after"]): None for one in ledgers.values() for step in one["steps"]}:
        rows = {}
        for query in asked.dataset.queries:
            pictures = moved_pictures(ranked[before][query.id], ranked[after][query.id], query)
            if pictures:
                rows[query.id] = [Moved(point=asked.numbers[one.image_id], before=one.before, after=one.after) for one in pictures]
        found[f"{before}-{after}"] = rows
    return found


def _both(name: str, table: pd.DataFrame) -> dict[str, Table]:
    """A table of AP, models across, and the change to the model before."""
    return {name: _table(table.T), f"{name} change": _table(changes(table).T)}


def _table(table: pd.DataFrame) -> Table:
    cells = [[None if pd.isna(value) else float(value) for value in row] for row in table.to_numpy()]
    return {"rows": [str(row) for row in table.index], "columns": [str(column) for column in table.columns], "cells": cells}


def _step(entry: LedgerStep) -> Step:
    used = entry.difference
    return {
        "before": entry.step.before, "after": entry.step.after, "change": entry.step.change, "map_before": entry.map_before,
        "map_after": entry.map_after, "points": used.points, "low": used.low, "high": used.high, "p": used.p,
        "significant": bool(used.significant), "words": used.words, "better": used.better, "equal": used.equal, "worse": used.worse,
        "queries": entry.queries, "landmarks": entry.landmarks,
    }  # fmt: skip
