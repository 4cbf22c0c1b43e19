"""What the views of a ranking hold, ready for the browser."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import quote

import numpy as np

from pages.state import groups, hidden, loaders
from pages.state.search_query import Subject
from pages.web.ranking.messages import Curve as DrawnCurve
from pages.web.ranking.messages import (
    CurveEvent,
    FlowLine,
    FlowView,
    MachineView,
    PickQuery,
    PickView,
    PictureView,
    Strip,
    StripsView,
    Walked,
    Word,
)
from pages.widgets import gallery
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
from retrieval_core.evaluation.judged_rankings import ranks_of, right_ranks
from retrieval_core.evaluation.precision_recall import Curve, ap_steps

MOST_WALKED = 1000  # photographs that one can walk along; the curve is always of all
JUDGED = (
    "✓ good (thick green) · ~ ok (thin green) · ∅ junk (grey, hatched, not counted) · ✗ wrong (orange) · ? unlabelled, counts "
    "as wrong (dotted). Click a photograph to enlarge it or to make it the query."
)
HIDDEN = "What the ground truth says of these answers is hidden until the card of the lesson is answered. Click one to enlarge it."
UNJUDGED = "No ground truth judges these answers; each says its landmark. Click one to enlarge it or to make it the query."
Rankings = Mapping[str, tuple[Sequence[str], np.ndarray]]
"""Ids, most similar first, and similarities, by model."""


def pick_view(dataset: Dataset, current: str, hardness: Mapping[str, float], models: Sequence[str]) -> PickView:
    """All queries as pictures, with the mean AP (0 to 1) of the models; keys 1 to 9 take these without search-time choices."""
    version = dataset.photographs[:12]
    queries: list[PickQuery] = [{"id": query.id, "label": query.label, "ap": hardness.get(query.id),
                "src": f"files/crop/{dataset.name}/{quote(query.id)}?v={version}"} for query in dataset.queries]  # fmt: skip
    if hidden.hidden("labels"):
        for query in queries:
            query |= {"label": hidden.landmark_name(dataset, query["label"]), "called": hidden.query_name(dataset, query["id"])}
    return {"kind": "pick", "current": current, "queries": queries, "models": groups.first_of_each(models)}


def picture_view(subject: Subject, dataset: Dataset) -> PictureView:
    """The picture that is searched for, and the box on it."""
    address = subject.uploaded.thumbnail if subject.uploaded else loaders.photograph(dataset, subject.image_id)
    return {"kind": "picture", "name": subject_name(subject, dataset), "src": address, "size": _listed(subject.size),
            "box": _listed(subject.box), "own": _listed(subject.own_box)}  # fmt: skip


def subject_name(subject: Subject, dataset: Dataset) -> str:
    """What is searched for, by its name, or neutrally while that is hidden."""
    if subject.query:
        return hidden.query_name(dataset, subject.query.id)
    return hidden.photograph_name(dataset, subject.image_id) if subject.image_id else subject.name


def strips_view(
    rankings: Rankings, subject: Subject, dataset: Dataset, k: int, beside: bool = False, titles: Mapping[str, str] | None = None,
    parts: Sequence[str] = (),
) -> StripsView:  # fmt: skip
    """The first k photographs under each model; of two beside each other, with each one's rank under the other.

    `titles` by model; theirs where none are given. `parts`: models of which this is no exact ranking of all, and so without an AP.
    """
    heads = {model: gallery.result_cards(dataset, subject.query, ids[:k], similarities[:k])
             for model, (ids, similarities) in rankings.items()}  # fmt: skip
    for model, cards in heads.items():
        for card in cards:
            card["why"] = gallery.compared(model)
    if beside and len(heads) == 2:
        first, second = heads
        for model, other in ((first, second), (second, first)):
            ranks = ranks_of(rankings[other][0], [card["id"] for card in heads[model]], subject.query.junk if subject.query else ())
            there = {card["id"] for card in heads[other]}
            for card in heads[model]:
                card |= {"other": ranks.get(card["id"]), "only": card["id"] not in there}
    titles = titles or loaders.model_titles()
    strips: list[Strip] = [{
        "title": titles[model] if len(heads) > 1 else "", "cards": cards,
        "note": "" if model in parts else ap_in_words(rankings[model][0], subject.query),
    } for model, cards in heads.items()]  # fmt: skip
    return {"kind": "strips", "beside": beside, "width": 120 if len(heads) > 1 else 150, "strips": strips,
            "note": HIDDEN if hidden.hidden("verdicts") else JUDGED if subject.query else UNJUDGED}  # fmt: skip


def ap_in_words(ids: Sequence[str], query: Query | None) -> str:
    """Both APs of a ranking, in percent; empty where there is no ground truth, or while they are hidden."""
    return "" if query is None or hidden.hidden("ap") else aps_in_words(ids, query)


def aps_in_words(ids: Sequence[str], query: Query) -> str:
    """Both APs of a ranking, in percent; empty where the query has no positives."""
    if not query.positives:
        return ""
    curve = ap_steps(ids, query)
    return " · ".join(f"{PROTOCOL_TITLES[protocol]} {100 * curve.ap(protocol):.1f}" for protocol in PROTOCOLS)


def machine_view(ids: Sequence[str], query: Query, dataset: Dataset, model: str) -> MachineView:
    """The curve of a ranking under a model: with the query's own picture as a positive, and, where it is one, with it left out."""
    walk: list[Walked] = [{**gallery.picture(dataset, image_id), "word": gallery.shown_verdict(dataset, query, image_id),
                           "why": gallery.compared(model)}
            for image_id in ids[:MOST_WALKED]]  # fmt: skip
    counted, left_out = both_curves(ids, query)
    return {"kind": "machine", "walk": walk, "length": len(ids), "counted": counted, "left_out": left_out}


def both_curves(ids: Sequence[str], query: Query) -> tuple[DrawnCurve, DrawnCurve | None]:
    """The curve of a ranking with the query's own picture as a positive, and with it left out; None where it is none."""
    alone = [image_id for image_id in query.positives if image_id != query.image_id]
    own_counts = len(alone) < len(query.positives) and alone
    return _curve(ap_steps(ids, query)), _curve(ap_steps(ids, query, count_query_image=False)) if own_counts else None


def flow_view(rankings: Rankings, query: Query, dataset: Dataset, model: str) -> FlowView:
    """The rank of every positive under each model; `model` is the one that a photograph is compared under."""
    ranks, count = positive_ranks({key: ids for key, (ids, _) in rankings.items()}, query)
    lines: list[FlowLine] = [{**gallery.picture(dataset, image_id), "word": gallery.shown_verdict(dataset, query, image_id),
                              "ranks": found, "why": gallery.compared(model)} for image_id, found in ranks.items()]  # fmt: skip
    return {"kind": "flow", "models": [loaders.model_called(key) for key in rankings], "lines": lines, "count": count}


def positive_ranks(rankings: Mapping[str, Sequence[str]], query: Query) -> tuple[dict[str, list[int]], int]:
    """The rank of every positive under each model, for those that all rankings hold, and the lowest rank that there is."""
    ranks = [right_ranks(ids, query) for ids in rankings.values()]
    lowest = max(len(ids) - len(ranks_of(ids, query.junk)) for ids in rankings.values())
    present = [image_id for image_id in query.positives if all(image_id in found for found in ranks)]
    return {image_id: [found[image_id] for found in ranks] for image_id in present}, max(2, lowest)


def _listed(numbers: Sequence[float] | None) -> list | None:
    return None if numbers is None else list(numbers)


def _curve(curve: Curve) -> DrawnCurve:
    """The places of a curve where something is found or skipped; between them precision only falls."""
    before = np.concatenate([[1.0], curve.precision])
    events: list[CurveEvent] = [
        {"place": place, "word": cast(Word, word), "found": round(curve.recall[place] * curve.positives), "before": before[place],
         "precision": curve.precision[place], "recall": curve.recall[place], "oxford": curve.area_oxford[place],
         "finite_sum": curve.area_finite_sum[place]}
        for place, word in enumerate(curve.verdicts) if word != "wrong"
    ]  # fmt: skip
    return {"positives": curve.positives, "events": events, "ap": {protocol: curve.ap(protocol) for protocol in PROTOCOLS}}
