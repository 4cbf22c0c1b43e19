"""The figures of judgements as a table, and in words what they mean."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import pandas as pd

from retrieval_core.feedback.unlabelled.choice import Choice
from retrieval_core.feedback.unlabelled.judging import MEASURES, interval

TITLES = {"auc": "ROC-AUC", "precision": "precision", "recall": "recall"}
BY_CHANCE, CALLED, NOT_RANDOM = "precision by chance", "unlabelled called positive", "p at random"


class Judged(Protocol):
    """What a row of the table says; see stored.unlabelled.Apart."""

    @property
    def model(self) -> str:
        """The model's key."""

    @property
    def choice(self) -> Choice:
        """The method, and how it was judged."""

    @property
    def measures(self) -> np.ndarray:
        """ROC-AUC, precision and recall of every draw (J, 3), 0 to 1."""

    @property
    def by_chance(self) -> float:
        """Precision by chance."""

    @property
    def called_positive(self) -> float:
        """Share of the unlabelled that are called positive."""


def unlabelled_table(found: Iterable[Judged]) -> pd.DataFrame:
    """A row a model and method, all in percent: each measure with its 95 % interval over draws, see `interval`.

    Columns "method", then of each of TITLES the mean, "… low" and "… high"; precision by chance; the share of all unlabelled that
    are called positive when nothing is hidden.
    """
    rows = []
    for one in found:
        row: dict = {"model": one.model, "method": one.choice.title}
        for place, name in enumerate(MEASURES):
            mean, low, high = (100 * value for value in interval(one.measures[:, place], one.choice.share))
            title = TITLES[name]
            row |= {title: mean, f"{title} low": low, f"{title} high": high}
        rows.append(row | {BY_CHANCE: 100 * one.by_chance, CALLED: 100 * one.called_positive})
    return pd.DataFrame(rows).set_index("model") if rows else pd.DataFrame()


def precision_in_words(known: bool, hidden: int, counted: int, junk: int) -> str:
    """What precision means. known: whether it is known of the unlabelled that they show no landmark; see `Apart` for the counts."""
    left_out = f" The {junk:,} that are junk of a query show a landmark hardly and don't count." if junk else ""
    if known:
        truth = f"All {counted:,} unlabelled photographs that count are known to show no landmark: precision is exact."
    else:
        truth = (f"Each of the {counted:,} unlabelled photographs that count may show a landmark that nobody has noted. It counts as "
                 "wrong when it is called positive: the true precision is as high or higher.")  # fmt: skip
    return (f"Precision: the share of the {hidden:,} hidden ones among all that is called positive; who calls all positive has "
            f"{100 * hidden / (hidden + counted):.1f} %. {truth}{left_out}")  # fmt: skip
