"""Average precision of descriptors by a dataset's ground truth."""

from dataclasses import dataclass

import pandas as pd

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS, Score, mean_average_precision, score_rankings
from retrieval_core.stored.ranking import query_pictures
from retrieval_core.verbs import html
from retrieval_core.verbs.described import Described


@dataclass(frozen=True, eq=False, repr=False)
class Evaluated:
    """The AP of every query under one protocol; `scores` holds both protocols."""

    model: str
    protocol: str
    scores: tuple[Score, ...]

    @property
    def mean(self) -> float | None:
        """mAP in percent over the queries that have positives; None if none has."""
        found = mean_average_precision(self.scores, self.protocol)
        return None if found is None else 100 * found

    @property
    def table(self) -> pd.DataFrame:
        """A line a query: AP in percent and the number of positives."""
        rows = [(score.query_id, 100 * score.ap(self.protocol) if score.positives else None, score.positives) for score in self.scores]
        return pd.DataFrame(rows, columns=["query", PROTOCOL_TITLES[self.protocol], "positives"]).set_index("query")

    def __repr__(self) -> str:
        mean = "–" if self.mean is None else f"{self.mean:.2f}"
        return f"<m{PROTOCOL_TITLES[self.protocol]} of {self.model}: {mean} % over {len(self.scores)} queries>"

    def _repr_html_(self) -> str:
        rows = self.table.reset_index()
        return html.heading(repr(self)[1:-1]) + html.table(list(rows.columns), rows.itertuples(index=False))


def evaluate(described: Described, protocol: str = "oxford") -> Evaluated:
    """Score descriptors by the ground truth of their dataset. Nothing is written.

    Args:
        described: descriptors of photographs and queries of a dataset.
        protocol: oxford or finite_sum.

    Raises:
        RetrievalError: an unknown protocol, or there are no queries.

    >>> import retrieval_core as rc
    >>> scored = rc.evaluate(rc.describe(rc.open("photos"), "2a"))
    >>> scored
    <mAP (Oxford) of 2a: 100.00 % over 2 queries>
    >>> scored.table.loc["mill_1", "positives"].item()
    4
    """
    check_choice("protocol", protocol, PROTOCOLS)
    queries = described.queries
    if described.opened is None or not queries.ids:
        raise RetrievalError("These descriptors have no queries with a ground truth. Add the dataset with ground_truth=FOLDER; for "
                             "descriptors of your own give opened=, queries= and query_ids= to from_matrix.")  # fmt: skip
    rankings = described.ranked(queries.ids, queries.matrix, query_pictures(described.opened.dataset, queries.ids))
    return Evaluated(described.model, protocol, tuple(score_rankings(described.opened.dataset, rankings)))
