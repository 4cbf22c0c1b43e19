"""Photographs in a grid, each with its rank, its similarity and what the ground truth says of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from pages.state import hidden, link, loaders, upload
from pages.web.ranking import show_view
from pages.web.ranking.messages import Card as DrawnCard
from pages.web.ranking.messages import Compared, Event, Photograph, Word
from retrieval_core.datasets.types import Dataset, Query
from retrieval_core.evaluation import precision_recall


@dataclass(frozen=True)
class Card:
    """One picture of a gallery. `verdict`: good, ok, junk, wrong, unlabelled, or none where nothing judges it.

    `why`: with which query and under which model it can be compared, None where with nothing.
    """

    image_id: str
    caption: str
    verdict: Word = "none"
    is_query: bool = False
    why: Compared | None = None


def shown_verdict(dataset: Dataset, query: Query | None, image_id: str) -> Word:
    """What the ground truth of a query says of an image, none while that is hidden; an unlabelled one counts as wrong and may show anything."""
    word = "none" if query is None or hidden.hidden("verdicts") else precision_recall.verdict(query, image_id)
    return "unlabelled" if word == "wrong" and dataset.image(image_id).label is None else cast(Word, word)


def show_gallery(dataset: Dataset, cards: Iterable[Card], card_width: int = 150, key: str = "gallery") -> None:
    """Draw a gallery of cards of about `card_width` pixels; one that is clicked is enlarged. Every gallery has its own `key`."""
    drawn: list[DrawnCard] = []
    for card in cards:
        drawn.append({**picture(dataset, card.image_id), "word": card.verdict, "own": card.is_query, "caption": card.caption})
        if card.why:
            drawn[-1]["why"] = card.why
    follow(show_view({"kind": "strips", "width": card_width, "strips": [{"cards": drawn}]}, key), dataset)


def picture(dataset: Dataset, image_id: str) -> Photograph:
    """What the browser needs of a photograph."""
    found: Photograph = {"id": image_id, "name": hidden.landmark_name(dataset, dataset.image(image_id).label),
                         "src": loaders.photograph(dataset, image_id)}  # fmt: skip
    return found | {"called": hidden.photograph_name(dataset, image_id)} if hidden.hidden("labels") else found


def result_cards(dataset: Dataset, query: Query | None, ids: Sequence[str], similarities: np.ndarray) -> list[DrawnCard]:
    """Cards of a ranking's head; the rank counts as AP does, so junk has none."""
    cards: list[DrawnCard] = []
    rank = 0
    for image_id, similarity in zip(ids, similarities, strict=True):
        word = shown_verdict(dataset, query, image_id)
        rank += word != "junk"
        own = query is not None and image_id == query.image_id
        cards.append({**picture(dataset, image_id), "word": word, "own": own, "rank": None if word == "junk" else rank,
                      "similarity": round(float(similarity), 4)})  # fmt: skip
    return cards


def follow(event: Event | None, dataset: Dataset) -> None:
    """Go where a click in a gallery leads: to a photograph as the query, to its place on the map, or to why it is similar."""
    if event is None:
        return
    if "match" in event:
        if event.get("query") or event.get("photo"):  # else it is what is searched for, which may be a picture that was handed over
            upload.drop()
            link.put(query=event.get("query", ""), photo=event.get("photo", ""), box="")
        link.put(model=event["model"], match=event["match"], show="why")
        link.go("query.py")
    upload.drop()
    if "map" in event:
        link.put(query="")
        link.select([event["map"]], dataset)
        link.go("map.py")
    if "photo" in event:
        own = next((query for query in dataset.queries if query.image_id == event["photo"]), None)
        link.put(**({"query": own.id, "photo": ""} if own else {"photo": event["photo"]}))
        link.go("query.py")
