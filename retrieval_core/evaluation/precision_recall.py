"""How an average precision comes about: every step down one ranking, and the area gained at it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Query
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.average_precision import PROTOCOLS
from retrieval_core.evaluation.judged_rankings import without_query_image

VERDICTS = ("good", "ok", "junk", "wrong")


@dataclass(frozen=True, eq=False)
class Curve:
    """One ranking of K images, junk included, as average precision walks down it. Arrays are (K,), in ranked order.

    `ranks` counts from 1 with junk left out (ranks close up) and is 0 for junk. `precision` and `recall`, 0 to 1, are
    those of the images counted so far; at junk they stay as they were, from the start of the official program on:
    precision 1, recall 0. `area_oxford` and `area_finite_sum` are the areas under the curve so far, by the trapezoid rule
    and by the step rule; the last ones are the average precisions.
    """

    query_id: str
    image_ids: tuple[str, ...]
    positives: int
    verdicts: tuple[str, ...]
    ranks: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    area_oxford: np.ndarray
    area_finite_sum: np.ndarray

    def ap(self, protocol: str) -> float:
        """Average precision, 0 to 1, under one of PROTOCOLS; 0 for an empty ranking."""
        area = getattr(self, f"area_{check_choice('protocol', protocol, PROTOCOLS)}")
        return float(area[-1]) if len(area) else 0.0

    def table(self) -> pd.DataFrame:
        """One row an image, in ranked order: the arrays as columns."""
        return pd.DataFrame({
            "image": self.image_ids, "verdict": self.verdicts, "rank": self.ranks, "precision": self.precision,
            "recall": self.recall, "area_oxford": self.area_oxford, "area_finite_sum": self.area_finite_sum,
        })  # fmt: skip


def verdict(query: Query, image_id: str) -> str:
    """What the ground truth says of an image, one of VERDICTS. Junk goes before all else, as in the official program."""
    return next((name for name in ("junk", "good", "ok") if image_id in getattr(query, name)), "wrong")


def ap_steps(ranking_ids: Sequence[str], query: Query, count_query_image: bool = True) -> Curve:
    """Walk down a ranking and note precision, recall and area at every image.

    Args:
        ranking_ids: image ids, most similar first; may be cut short: positives that it lacks count as never found.
        query: the query with its ground truth.
        count_query_image: whether the query's own image is a positive (as in Oxford5k) or junk (see `without_query_image`).

    Returns:
        The curve. Its last areas equal `average_precision` under both protocols.

    Raises:
        RetrievalError: the query has no positives, so that neither recall nor average precision is defined.
    """
    if not count_query_image:
        query = without_query_image(query)
    positives = len(query.positives)
    if positives == 0:
        raise RetrievalError(f"The query {query.id!r} has no positives: it has no average precision. Choose another query.")
    known = {image_id: verdict(query, image_id) for image_id in (*query.positives, *query.junk)}
    verdicts = tuple(known.get(image_id, "wrong") for image_id in ranking_ids)
    counts = np.array([word != "junk" for word in verdicts], dtype=bool)
    hits = np.array([word in ("good", "ok") for word in verdicts], dtype=bool)
    seen, found = np.cumsum(counts), np.cumsum(hits)
    precision = np.divide(found, seen, out=np.ones(len(seen)), where=seen > 0)
    # The curve leaves the previous image at its own precision: the trapezoid's left side. It starts at precision 1.
    before = np.concatenate([[1.0], precision])[:-1]
    return Curve(
        query.id, tuple(ranking_ids), positives, verdicts,
        ranks=np.where(counts, seen, 0),
        precision=precision,
        recall=found / positives,
        area_oxford=np.cumsum(np.where(hits, (before + precision) / 2, 0.0)) / positives,
        area_finite_sum=np.cumsum(np.where(hits, precision, 0.0)) / positives,
    )  # fmt: skip
