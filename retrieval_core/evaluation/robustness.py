"""How much of its AP a model keeps when the queries are changed and the database is not."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.evaluation.average_precision import Score, mean_average_precision
from retrieval_core.evaluation.significance import compare, interval_of_mean
from retrieval_core.evaluation.tables import MEAN

LOW, HIGH = "low", "high"
LOST, KEPT = "Δ mean", "kept, percent"


@dataclass(frozen=True)
class Robustness:
    """The AP of every query at every strength of one of CHANGES, under one model. `strengths` as on the axis of the chart."""

    change: str
    strengths: tuple[float, ...]
    scores: tuple[tuple[Score, ...], ...]  # for each strength, in the order of the queries

    def aps(self, protocol: str) -> np.ndarray:
        """AP (S, Q), 0 to 1; NaN for a query without positives."""
        return np.array([[score.ap(protocol) for score in row] for row in self.scores], np.float64)


def robustness_curves(found: Mapping[str, Robustness], dataset: Dataset, protocol: str) -> pd.DataFrame:
    """A row for each model and strength: mAP in percent, and its 95 % interval when whole landmarks are drawn anew.

    Columns "model", "strength", "mAP", "low", "high".
    """
    rows = []
    for key, one in found.items():
        for strength, scores in zip(one.strengths, one.scores, strict=True):
            labels = [dataset.query(score.query_id).label for score in scores]
            low, high = interval_of_mean([score.ap(protocol) for score in scores], labels)
            rows.append([key, strength, 100 * (mean_average_precision(scores, protocol) or 0.0), low, high])
    return pd.DataFrame(rows, columns=["model", "strength", MEAN, LOW, HIGH])


def robustness_table(found: Mapping[str, Robustness], dataset: Dataset, protocol: str) -> pd.DataFrame:
    """Models down, all of one change; across the mAP in percent at each strength, what is lost on the mean, and the share that is kept.

    The loss is that of the mean over all strengths but the one that changes nothing, in points, with its paired 95 % interval over
    landmarks, as `significance.compare` has it. The mean over strengths is that of Hendrycks and Dietterich, "Benchmarking neural
    network robustness to common corruptions and perturbations", ICLR 2019, here of AP.
    """
    rows = {}
    for key, one in found.items():
        change, aps = CHANGES[one.change], one.aps(protocol)
        start = one.strengths.index(change.unchanged)
        labels = [dataset.query(score.query_id).label for score in one.scores[0]]
        loss = compare(aps[start], np.delete(aps, start, axis=0).mean(axis=0), labels)
        means = [100 * (mean_average_precision(row, protocol) or 0.0) for row in one.scores]
        rows[key] = {
            **{change.say(strength): mean for strength, mean in zip(one.strengths, means, strict=True)},
            LOST: loss.points, LOW: loss.low, HIGH: loss.high,
            KEPT: 100 + 100 * loss.points / means[start] if means[start] else None,
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float).rename_axis("model")


def bears_best(table: pd.DataFrame) -> str:
    """Which model loses the fewest points, which the most, and which keeps the largest share, in words. See `robustness_table`."""
    words = [f"{key} {table.loc[key, LOST]:+.1f} points [{table.loc[key, LOW]:.1f}, {table.loc[key, HIGH]:.1f}]"
             for key in (table[LOST].idxmax(), table[LOST].idxmin())]  # fmt: skip
    if len(table) == 1:
        return f"{words[0]}."
    share = "" if table[KEPT].isna().all() else f"; {table[KEPT].idxmax()} keeps the largest share, {table[KEPT].max():.0f} %"
    return f"Least is lost by {words[0]}, most by {words[1]}{share}."
