"""Where models go wrong: hard queries, false positives, positives left far down, hubs, and landmarks taken for others.

Ranks count from 1 with junk left out. The query image is in the ranking and right, as in Oxford5k, and so mostly first;
pass `without_query_images(dataset)` to see what comes after it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import score_rankings
from retrieval_core.evaluation.judged_rankings import counted, right_ranks, with_queries
from retrieval_core.ranking.search import Ranking

UNLABELLED = "unlabelled"

RankingsByModel = Mapping[str, Sequence[Ranking]]


@dataclass(frozen=True)
class HardQuery:
    """A query that no model answers well: its photograph, the model that does best, and that model's AP, 0 to 1.

    `rank` is where that model has its first positive; None if it found none.
    """

    query_id: str
    image_id: str
    model: str
    rank: int | None
    ap: float


@dataclass(frozen=True)
class FalsePositive:
    """A wrong image that a model ranks above every right one."""

    query_id: str
    image_id: str
    model: str
    rank: int


@dataclass(frozen=True)
class StuckPositive:
    """A right image that a model ranks too low; `rank` None: the ranking ends before it."""

    query_id: str
    image_id: str
    model: str
    rank: int | None


@dataclass(frozen=True)
class Hub:
    """An image that a model puts at the head of many rankings where it is wrong; `rank` is the best it reaches there."""

    query_ids: tuple[str, ...]
    image_id: str
    model: str
    rank: int

    @property
    def occurrences(self) -> int:
        """In how many rankings it stands at the head and is wrong."""
        return len(self.query_ids)


def hard_queries(rankings: RankingsByModel, dataset: Dataset, protocol: str, threshold: float = 0.5) -> list[HardQuery]:
    """Queries whose best AP over the models lies below the threshold (0 to 1), the hardest first.

    Of equally good models the first is named. Queries without positives are left out.
    """
    best: dict[str, tuple[float, str, Ranking]] = {}
    for model, entries in rankings.items():
        for score, ranking in zip(score_rankings(dataset, entries), entries, strict=True):
            ap = score.ap(protocol)
            if ap is not None and (score.query_id not in best or ap > best[score.query_id][0]):
                best[score.query_id] = (ap, model, ranking)
    rows = []
    for ap, model, ranking in best.values():
        if ap < threshold:
            query = dataset.query(ranking.query_id)
            first = next(iter(right_ranks(ranking.ids, query).values()), None)
            rows.append(HardQuery(query.id, query.image_id, model, first, ap))
    return sorted(rows, key=lambda row: (row.ap, row.query_id))


def false_positives(rankings: RankingsByModel, dataset: Dataset, limit: int = 10) -> list[FalsePositive]:
    """Wrong images above the first right one, at most `limit` a query and model, in the order of models and rankings."""
    rows = []
    for model, entries in rankings.items():
        for query, ranking in with_queries(dataset, entries):
            above = takewhile(lambda row: not row[2], islice(counted(ranking.ids, query), limit))
            rows += [FalsePositive(query.id, image_id, model, rank) for rank, image_id, _ in above]
    return rows


def stuck_positives(rankings: RankingsByModel, dataset: Dataset, below: int) -> list[StuckPositive]:
    """Right images ranked lower than place `below`, the lowest first; those that a ranking does not hold before all."""
    rows = []
    for model, entries in rankings.items():
        for query, ranking in with_queries(dataset, entries):
            ranks = right_ranks(ranking.ids, query)
            found = ((image_id, ranks.get(image_id)) for image_id in query.positives)
            rows += [StuckPositive(query.id, image, model, rank) for image, rank in found if rank is None or rank > below]
    return sorted(rows, key=lambda row: -(row.rank or float("inf")))


def hubs(rankings: RankingsByModel, dataset: Dataset, k: int = 10, least: int = 3) -> list[Hub]:
    """Images among the first k of at least `least` queries for which they are wrong, the most frequent first.

    The count is the "bad k-occurrence" of Radovanović et al., "Hubs in space", JMLR 2010.
    """
    rows = []
    for model, entries in rankings.items():
        places: dict[str, dict[str, int]] = {}
        for query, ranking in with_queries(dataset, entries):
            for rank, image_id, right in islice(counted(ranking.ids, query), k):
                if not right:
                    places.setdefault(image_id, {})[query.id] = rank
        rows += [Hub(tuple(at), image, model, min(at.values())) for image, at in places.items() if len(at) >= least]
    return sorted(rows, key=lambda row: (-row.occurrences, row.rank))


def confusion_matrix(rankings: Iterable[Ranking], dataset: Dataset, k: int = 10) -> pd.DataFrame:
    """What one model returns for each landmark: shares, 0 to 1, of the labels among the first k images without junk.

    Rows are the landmarks asked for, in the order of the queries, columns these, the other labels, and last what is unlabelled: the
    column UNLABELLED, with brackets around it where a landmark is called so.
    Each row sums to 1; a landmark without any result is NaN.
    """
    landmarks = list(dict.fromkeys(query.label for query in dataset.queries))
    others = [label for label in dataset.labels if label not in landmarks]
    found: dict[str, Counter[str | None]] = {landmark: Counter() for landmark in landmarks}
    for query, ranking in with_queries(dataset, rankings):
        labels = (dataset.image(image_id).label for _, image_id, _ in islice(counted(ranking.ids, query), k))
        found[query.label].update(labels)
    columns = [*landmarks, *others, None]
    rows = {landmark: [counts[name] for name in columns] for landmark, counts in found.items()}
    nobody = UNLABELLED
    while nobody in columns:
        nobody = f"({nobody})"
    table = pd.DataFrame.from_dict(rows, orient="index", columns=[*columns[:-1], nobody], dtype=float)
    return table.div(table.sum(axis=1), axis=0)
