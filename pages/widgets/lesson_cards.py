"""The cards of a lesson in their order, and the buttons that sort, add, duplicate and delete them."""

from dataclasses import replace

import streamlit as st

from pages.state import door, lesson_edit
from pages.state.link import choose
from pages.state.plain import plain
from retrieval_core.lessons.card import Card
from retrieval_core.lessons.lesson_files import Kept
from retrieval_core.lessons.lesson_text import MOST_CARDS

_TALL = 14  # titles that are shown without scrolling


def show(kept: Kept, fixed: bool) -> None:
    """The list, and its buttons below it; `fixed`: they change nothing."""
    cards = kept.lesson.cards
    if cards:
        with st.container(height=520 if len(cards) > _TALL else "content", border=False):
            numbers = [str(number) for number in range(1, len(cards) + 1)]
            choose("edited", numbers, st.radio, "Cards", format_func=lambda number: f"{number} · {plain(cards[int(number) - 1].title)}")
    place = lesson_edit.chosen(kept.lesson)
    actions = (
        ("Up", "arrow_upward", _up, place > 0), ("Down", "arrow_downward", _down, place < len(cards) - 1),
        ("Add", "add", _add, len(cards) < MOST_CARDS), ("Duplicate", "content_copy", _duplicate, 0 < len(cards) < MOST_CARDS),
        ("Delete", "delete", _delete, bool(cards)),
    )  # fmt: skip
    with st.container(horizontal=True):
        for label, icon, make, can in actions:
            door.button(label, icon=f":material/{icon}:", key=f"card {label}", disabled=fixed or not can,
                        on_click=lesson_edit.change_cards, args=(make,))  # fmt: skip
        door.button("Undo", icon=":material/undo:", key="card Undo", disabled=not lesson_edit.can_undo(kept), on_click=lesson_edit.undo)


def _up(cards: list[Card], place: int) -> int:
    cards[place - 1], cards[place] = cards[place], cards[place - 1]
    return place - 1


def _down(cards: list[Card], place: int) -> int:
    return _up(cards, place + 1) + 1


def _add(cards: list[Card], place: int) -> int:
    cards.insert(place + 1, Card("New card"))
    return min(place + 1, len(cards) - 1)


def _duplicate(cards: list[Card], place: int) -> int:
    cards.insert(place + 1, replace(cards[place]))
    return place + 1


def _delete(cards: list[Card], place: int) -> int:
    del cards[place]
    return min(place, len(cards) - 1)
