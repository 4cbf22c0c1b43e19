"""The ablation ledger: what each step from one model to the next gained, and on which queries."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.judged_rankings import right_ranks
from retrieval_core.evaluation.significance import Difference, compare
from retrieval_core.evaluation.tables import MEAN, ScoresByModel, ap_table, landmark_table
from retrieval_core.presets import PRESETS, split_key
from retrieval_core.ranking.search import Ranking
from retrieval_core.search_choices import after_search, described_key

MOST_MOVED = 5


@dataclass(frozen=True)
class Step:
    """What was changed, and between which two models."""

    change: str
    before: str
    after: str


STEPS = (
    Step("fine-tuning", "1a", "1b"),
    Step("GeM", "1b", "1c"),
    Step("ResNet18", "1c", "1d"),
    Step("triplet", "1d", "1f"),
    Step("augmentation", "1f", "1g"),
    Step("ResNet50", "1g", "1h"),
)
"""The steps of the 2019 report, each by its chief change: 1b to 1c also shortens the descriptor, 1d to 1f also adds the FC."""
BEYOND = (Step("landmarks", "2a", "2t"),)
"""Steps that the report does not have."""
VARIED = (
    Step("mixed pooling", "1b", "1b-mixed"),
    Step("gated pooling", "1b", "1b-gated"),
    Step("tree pooling", "1b", "1b-tree"),
    Step("AP loss", "1f", "1f-ap"),
    Step("PCA colour augmentation", "1g", "1g-colour"),
    Step("shear", "1g", "1g-shear"),
)
"""What each variant does otherwise than its model of the table."""
ALL_STEPS = (*STEPS, *BEYOND, *VARIED)


def compared(before: str, after: str) -> Step:
    """The step between any two models; RetrievalError if they are one and the same."""
    if before == after:
        raise RetrievalError(f"A step leads from one model to another, and both are {before}. Name two.")
    known = (step for step in ALL_STEPS if (step.before, step.after) == (before, after))
    return next(known, Step("compared", before, after))


def model_before(key: str) -> str | None:
    """The model that a model is compared with: the one before its step, the plain one of a model with search-time choices, or the one
    without what is done after the search."""
    if after_search(key):
        return described_key(key)
    base, choices = split_key(key)
    if choices:
        return base
    step = next((step.before for step in ALL_STEPS if step.after == key), None)
    return step or (PRESETS[key].parent if key in PRESETS and PRESETS[key].whitening else None)


@dataclass(frozen=True)
class LedgerStep:
    """What one step gained. `map_*` in percent, all else in points. JSON-able.

    `queries` holds the change of each query that has positives, by id, `landmarks` that of each landmark's mean AP;
    `moved` are the ids of the queries that changed most, up or down, the largest change first; unchanged ones are none of them.
    """

    step: Step
    protocol: str
    map_before: float
    map_after: float
    difference: Difference
    queries: dict[str, float]
    landmarks: dict[str, float]
    moved: tuple[str, ...]


def ledger(
    scores: ScoresByModel, dataset: Dataset, protocol: str, seed: int = 0, steps: Sequence[Step] = ALL_STEPS
) -> list[LedgerStep]:
    """Those of the steps whose two models have scores, in their order.

    Queries of one landmark are not independent: the interval and p value of each step draw whole landmarks.
    Raises RetrievalError if a model's scores lack a query, or if no query has positives.
    """
    steps = [step for step in steps if step.before in scores and step.after in scores]
    shown = {model: scores[model] for step in steps for model in (step.before, step.after)}
    by_query = ap_table(shown, dataset, protocol, "all")
    by_landmark = landmark_table(shown, dataset, protocol).drop(columns=MEAN)
    means, by_query = by_query[MEAN], by_query.drop(columns=MEAN)
    landmarks = [query.label for query in dataset.queries]
    entries = []
    for step in steps:
        before, after = by_query.loc[step.before], by_query.loc[step.after]
        change = (after - before).dropna()
        largest = change[change != 0].abs().sort_values(ascending=False, kind="stable").index[:MOST_MOVED]
        entries.append(LedgerStep(
            step, protocol, float(means[step.before]), float(means[step.after]),
            compare(before.to_numpy() / 100, after.to_numpy() / 100, landmarks, seed),
            queries=change.to_dict(),
            landmarks=(by_landmark.loc[step.after] - by_landmark.loc[step.before]).dropna().to_dict(),
            moved=tuple(largest),
        ))  # fmt: skip
    return entries


@dataclass(frozen=True)
class MovedPicture:
    """A positive of a query whose rank changed; ranks count from 1 with junk left out, None where a ranking lacks it. JSON-able."""

    query_id: str
    image_id: str
    before: int | None
    after: int | None


def moved_pictures(before: Ranking, after: Ranking, query: Query, limit: int = 12) -> list[MovedPicture]:
    """The positives of a query that moved farthest, by the ratio of their ranks: from 1 to 10 counts as much as from 10 to 100."""
    places = [right_ranks(ranking.ids, query) for ranking in (before, after)]
    behind = 1 + max(len(before.ids), len(after.ids))
    moved = [MovedPicture(query.id, image_id, *(place.get(image_id) for place in places)) for image_id in query.positives]
    distance = lambda row: abs(math.log((row.after or behind) / (row.before or behind)))  # noqa: E731
    return sorted((row for row in moved if row.before != row.after), key=distance, reverse=True)[:limit]
