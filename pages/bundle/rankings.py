"""The queries of a bundle: the head of every ranking, both average precisions with their curves, and the rank of every positive."""

from collections.abc import Generator, Sequence

import numpy as np

from pages.bundle.arrays import Arrays, numbered
from pages.bundle.asked import SUBSET, Asked, Rankings
from pages.web import scene_rankings
from pages.web.bundle.messages import Asked as AskedQuery
from pages.web.bundle.messages import Curve, FlowRanks, Machine
from pages.web.ranking.messages import Curve as DrawnCurve
from pages.widgets.ranking_views import MOST_WALKED, aps_in_words, both_curves, positive_ranks
from retrieval_core.datasets.types import Query
from retrieval_core.progress import Progress
from retrieval_core.ranking.neighbour_lists import listed

DIGITS = 9  # of shares between 0 and 1; pages show four at most


def rank(asked: Asked) -> Generator[Progress, None, Rankings]:
    """The ranking of every query under every model."""
    found: Rankings = {}
    for number, model in enumerate(asked.models):
        yield Progress("rank", number, len(asked.models), model)
        found[model] = asked.results(model).rankings()
    yield Progress("rank", len(asked.models), len(asked.models))
    return found


def add_heads(arrays: Arrays, asked: Asked, rankings: Rankings) -> int:
    """Hold the head of every ranking: as many answers as one can walk along, and the similarity of as many as the map draws.

    Returns how many have a similarity.
    """
    width = min(listed(len(asked.dataset.images)), len(asked.dataset.images))
    for model in asked.models:
        results = asked.results(model)
        drawn = scene_rankings.query_rankings(results, SUBSET)
        heads = [asked.places(one.ids[:MOST_WALKED]) for one in rankings[model]]
        scores = [[_as_shown(value) for value in drawn[one.query_id]["similarities"][:width]] for one in rankings[model]]
        arrays.add(f"heads {model}", numbered(np.array(heads)))
        arrays.add(f"answers {model}", np.diff(np.array(scores, np.int16), axis=1, prepend=np.int16(0)))
    return width


def rows(asked: Asked) -> list[str]:
    """Ids of the queries in the order of the heads."""
    return list(asked.results(asked.models[0]).descriptors[1].ids)


def _as_shown(similarity: float) -> int:
    """A similarity in thousandths, as the three digits that are shown of it."""
    return round(float(f"{similarity:.3f}") * 1000)


def queries(asked: Asked, rankings: Rankings) -> dict[str, AskedQuery]:
    """What the views of every query hold, by its id."""
    ranked = {model: {one.query_id: one.ids for one in found} for model, found in rankings.items()}
    aps: dict[str, list[float]] = {}
    for model in asked.scored:
        for score in asked.results(model).scores:
            if score.ap_oxford is not None:
                aps.setdefault(score.query_id, []).append(score.ap_oxford)
    return {
        query.id: {
            "hardness": float(np.mean(aps[query.id])) if query.id in aps else None,
            "words": {model: aps_in_words(ranked[model][query.id], query) for model in asked.models},
            "machines": {model: _machine(ranked[model][query.id], query) for model in asked.models} if query.positives else {},
            "flow": _flow(asked, {model: ranked[model][query.id] for model in asked.models}, query) if query.positives else None,
        }
        for query in asked.dataset.queries
    }  # fmt: skip


def _machine(ids: Sequence[str], query: Query) -> Machine:
    counted, left_out = both_curves(ids, query)
    return {"length": len(ids), "counted": _columns(counted), "left_out": _columns(left_out) if left_out else None}


def _columns(curve: DrawnCurve) -> Curve:
    events = curve["events"]
    rounded = lambda values: [round(float(value), DIGITS) for value in values]  # noqa: E731
    return {
        "positives": curve["positives"], "ap": curve["ap"], "word": "".join(event["word"][0] for event in events),
        "place": [event["place"] for event in events], "found": [event["found"] for event in events],
        "before": rounded(event["before"] for event in events), "precision": rounded(event["precision"] for event in events),
        "recall": rounded(event["recall"] for event in events), "oxford": rounded(event["oxford"] for event in events),
        "finite_sum": rounded(event["finite_sum"] for event in events),
    }  # fmt: skip


def _flow(asked: Asked, ranked: dict[str, Sequence[str]], query: Query) -> FlowRanks:
    ranks, count = positive_ranks(ranked, query)
    return {"models": list(ranked), "points": asked.places(list(ranks)), "ranks": list(ranks.values()), "count": count}
