"""The lesson that is presented: which card is on, and how the pages get to another one."""

from typing import NoReturn

import streamlit as st

from pages.state import door, link, loaders, upload
from pages.state.plain import plain
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import read_lesson
from retrieval_core.lessons.view import START, View, pages, read_view

KEPT = ("dataset", "run", "model", "lesson")
"""Parameters that stay from card to card, unless the card's view names them."""


def current() -> tuple[Lesson, int, Card] | None:
    """The lesson that the link presents, the number of its card from 1, and the card; None where none is presented.

    What the link asks for and is not there is said, and nothing is presented then.
    """
    name, number = link.get("lesson"), link.get("card")
    if not number:
        return None
    try:
        lesson = read_lesson(loaders.workspace(), name).lesson
    except RetrievalError as error:
        st.warning(f"{door.shown(str(error))} The link presents it; it is left out.")
        link.put(card="")
        return None
    if int(number) > len(lesson.cards):
        st.warning(f"The link asks for card {number} of the lesson '{plain(name)}', which has {len(lesson.cards)}.")
        link.put(card="")
        return None
    return lesson, int(number), lesson.cards[int(number) - 1]


def present(lesson: Lesson, number: int = 1) -> NoReturn:
    """Open the view of a lesson's card, with the lesson and the card in the link: this presents it."""
    view = view_of(lesson, number)
    kept = {name: link.get(name) for name in KEPT}
    upload.drop()  # a picture that was handed over would take the place of what the card shows
    link.show(view.page if view.page in pages() else START, {**kept, **view.parameters, "lesson": lesson.name, "card": str(number)})


def step_to(number: int) -> NoReturn:
    """Go to another card of the lesson that is presented; RetrievalError where none is, or it has no such card."""
    found = current()
    if found is None or not 1 <= number <= len(found[0].cards):
        raise RetrievalError(f"There is no card {number} to go to. Open the lesson on the page Lesson, and press Present.")
    present(found[0], number)


def stop() -> None:
    """Present no longer; the page stays as it is."""
    link.put(card="")


def view_of(lesson: Lesson, number: int) -> View:
    """What a card shows: a card without a view stays with that of the card before it, the first with the page Start."""
    for card in reversed(lesson.cards[:number]):
        if card.view:
            return read_view(card.view)
    return View(START)
