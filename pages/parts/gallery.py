"""Photographs in a grid, each with its rank, its similarity and what the ground truth says of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.parts import loaders, style
from retrieval_core.datasets.types import Dataset, Query


@dataclass(frozen=True)
class Card:
    """One picture of a gallery; `verdict` is a key of style.VERDICTS."""

    image_id: str
    caption: str
    verdict: str = "none"
    is_query: bool = False


def verdict(query: Query, image_id: str) -> str:
    """What the ground truth of a query says of an image."""
    for word, ids in (("good", query.good), ("ok", query.ok), ("junk", query.junk)):
        if image_id in ids:
            return word
    return "wrong"


def result_cards(query: Query, ids: Iterable[str], similarities: Iterable[float]) -> list[Card]:
    """Cards of a ranking; the rank counts as AP does, so junk has none."""
    cards, rank = [], 0
    for image_id, similarity in zip(ids, similarities, strict=True):
        word = verdict(query, image_id)
        rank += word != "junk"
        place = "–" if word == "junk" else f"{rank}."
        own = " · the query's own picture" if image_id == query.image_id else ""
        cards.append(Card(image_id, f"{place} {similarity:.3f} {style.VERDICTS[word][1]}{own}", word, bool(own)))
    return cards


def show_gallery(dataset: Dataset, cards: Iterable[Card], card_width: int = 150) -> None:
    """Draw a gallery; matched by image id, so a card always shows its own picture."""
    html = "".join(_card(dataset, card) for card in cards)
    st.html(f'<div class="gallery" style="--card:{card_width}px">{html}</div>')


def _card(dataset: Dataset, card: Card) -> str:
    image = dataset.image(card.image_id)
    sign = style.VERDICTS[card.verdict][0]
    mark = f'<span class="mark">{sign}</span>' if sign else ""
    classes = f"card {card.verdict}" + (" query" if card.is_query else "")
    return (
        f'<div class="{classes}" data-image="{escape(card.image_id)}">{mark}'
        f'<img src="{loaders.thumbnail(image.path)}" alt="{escape(card.image_id)}" title="{escape(card.image_id)}">'
        f"<p>{escape(card.caption)}</p></div>"
    )
