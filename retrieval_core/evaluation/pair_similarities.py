"""From which similarity on two photographs are taken for one landmark: right and wrong pairs, and what a threshold does.

Rates as in the verification of faces and fingerprints (Mansfield & Wayman, "Best practices in testing and reporting performance of
biometric devices", NPL 2002): false matches among the wrong pairs, false non-matches among the right ones.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.judged_rankings import counted, with_queries
from retrieval_core.progress import Progress
from retrieval_core.ranking.search import Ranking

BINS = 2000  # of similarities −1 to 1: a thousandth each
EQUAL = "equal"
RATES = {EQUAL: "equal rates", "0.1": "10 %", "0.01": "1 %", "0.001": "0.1 %"}
"""Where the threshold is put: where both rates are equal, or where so many of the wrong pairs are taken for right."""
_ROWS = 1024  # descriptors compared with as many at a time


@dataclass(frozen=True, eq=False)
class Pairs:
    """How many pairs of labelled photographs (BINS,) have a similarity of each thousandth: of one landmark, and of two."""

    right: np.ndarray
    wrong: np.ndarray

    @cached_property
    def false_matches(self) -> np.ndarray:
        """Share (BINS + 1,) of the wrong pairs that are at least as similar as the lower edge of each bin; 0 at the end."""
        return np.append(self.wrong[::-1].cumsum()[::-1], 0) / max(1, self.wrong.sum())

    @cached_property
    def false_non_matches(self) -> np.ndarray:
        """Share (BINS + 1,) of the right pairs that are less similar than the lower edge of each bin."""
        return np.append(0, self.right.cumsum()) / max(1, self.right.sum())


@dataclass(frozen=True)
class Threshold:
    """A similarity from which on two photographs count as one landmark; the share of wrong pairs above it, of right ones below."""

    similarity: float
    false_match: float
    false_non_match: float


def pair_similarities(matrix: np.ndarray, codes: np.ndarray) -> Generator[Progress, None, Pairs]:
    """Count the pairs of labelled photographs by similarity: all pairs, in blocks.

    matrix (N, D): descriptors, rows of length 1. codes (N,): number of the landmark, −1 where a photograph is unlabelled: it may show
    any landmark, so its pairs are neither right nor wrong and are not counted.
    """
    rows = np.flatnonzero(codes >= 0)
    labels, counts = codes[rows], np.zeros((2, BINS), np.int64)
    for start in range(0, len(rows), _ROWS):
        yield Progress("pairs", start, len(rows))
        block = np.asarray(matrix[rows[start : start + _ROWS]], np.float32)
        for other in range(start, len(rows), _ROWS):
            similar = block @ np.asarray(matrix[rows[other : other + _ROWS]], np.float32).T
            right = labels[start : start + _ROWS, None] == labels[None, other : other + _ROWS]
            places = _bins(similar) + BINS * ~right
            once = places[np.triu_indices(len(block), 1)] if other == start else places.ravel()
            counts += np.bincount(once, minlength=2 * BINS).reshape(2, BINS)
    yield Progress("pairs", len(rows), len(rows))
    return Pairs(*counts)


def edge(number: int) -> float:
    """The lower edge of a bin, or the upper one of the last."""
    return round(2 * number / BINS - 1, 6)


def at_similarity(pairs: Pairs, similarity: float) -> Threshold:
    """The rates at a similarity, −1 to 1, which counts in thousandths."""
    number = round((similarity + 1) * BINS / 2)
    return Threshold(edge(number), float(pairs.false_matches[number]), float(pairs.false_non_matches[number]))


def threshold(pairs: Pairs, rate: str) -> Threshold:
    """The threshold of one of RATES: the lowest with at most so many false matches, or where both rates come nearest to each other.

    RetrievalError where there are no right or no wrong pairs.
    """
    if not pairs.right.any() or not pairs.wrong.any():
        raise RetrievalError("A threshold takes right and wrong pairs: two landmarks, one with two photographs.")
    if rate == EQUAL:
        number = int(np.abs(pairs.false_matches - pairs.false_non_matches).argmin())
    else:
        number = int((pairs.false_matches <= float(rate)).argmax())
    return at_similarity(pairs, edge(number))


@dataclass(frozen=True)
class Remaining:
    """What a threshold leaves of a query's ranking, junk left out: answers, the right ones of them, and all that would be right."""

    query_id: str
    answers: int
    right: int
    positives: int


def remaining(dataset: Dataset, rankings: Sequence[Ranking], similarity: float) -> list[Remaining]:
    """What is left of each ranking of the whole database from a similarity on."""
    rows = []
    for query, ranking in with_queries(dataset, rankings):
        above = [ranking.ids[place] for place in np.flatnonzero(ranking.scores >= similarity).tolist()]
        verdicts = [right for _, _, right in counted(above, query)]
        rows.append(Remaining(query.id, len(verdicts), sum(verdicts), len(query.positives)))
    return rows


def threshold_table(
    dataset: Dataset, found: Mapping[str, Pairs], rankings: Mapping[str, Sequence[Ranking]], similarity: float | None = None
) -> pd.DataFrame:
    """A row for each model and each of RATES, and for a similarity of one's own: threshold, rates in percent, and what is left.

    "answers" to a query from there on, on the mean over the queries with positives; "right": the share of all of these answers that
    are right, "found": the mean share of a query's positives. Where there are no rankings these columns are left out.
    """
    rows = []
    for key, pairs in found.items():
        own = {"as asked": at_similarity(pairs, similarity)} if similarity is not None else {}
        for words, one in {**{words: threshold(pairs, rate) for rate, words in RATES.items()}, **own}.items():
            left = remaining(dataset, rankings[key], one.similarity) if key in rankings else []
            rates = {"false matches, %": 100 * one.false_match, "false non-matches, %": 100 * one.false_non_match}
            rows.append({"model": key, "false matches at": words, "similarity": one.similarity, **rates, **summary(left)})
    return pd.DataFrame(rows).set_index("model")


def summary(left: Sequence[Remaining]) -> dict[str, float]:
    """What a threshold leaves of all queries with positives; empty where there are none."""
    asked = [row for row in left if row.positives]
    if not asked:
        return {}
    answers, right = sum(row.answers for row in asked), sum(row.right for row in asked)
    found = 100 * float(np.mean([row.right / row.positives for row in asked]))
    return {"answers": answers / len(asked), "right, %": 100 * right / answers if answers else np.nan, "found, %": found}


def check_similarity(similarity: float) -> float:
    """Return the similarity; RetrievalError if none can be so large or so small."""
    if not -1 <= similarity <= 1:
        raise RetrievalError(f"The threshold is {similarity:g}. A similarity lies from -1 to 1.")
    return similarity


def _bins(similarities: np.ndarray) -> np.ndarray:
    return np.clip(np.floor((similarities.astype(np.float64) + 1) * (BINS / 2)), 0, BINS - 1).astype(np.int64)
