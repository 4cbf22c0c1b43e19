"""The lesson that is presented: which card is on, and how the pages get to another one."""

import re
from typing import NoReturn

import streamlit as st

from pages.state import door, link, loaders, upload
from pages.state.defaults import DEFAULTS, NEIGHBOURS
from pages.state.plain import plain
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import check
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import read_lesson
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_view
from retrieval_core.lessons.view import START, View, check_view, pages, read_view, unknown

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


def shown() -> Shown:
    """What figures, questions and claims are taken from: the dataset and the run that are chosen."""
    return Shown(loaders.workspace(), link.get("dataset"), link.get("run"))


def present(lesson: Lesson, number: int = 1) -> NoReturn:
    """Open the view of a lesson's card, with the lesson and the card in the link: this presents it."""
    _open(lesson, number, str(number))


def look(lesson: Lesson, number: int) -> NoReturn:
    """Open the view of a card without presenting the lesson."""
    _open(lesson, number, "")


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
    """What a card shows on the run on show: a card without a view stays with that of the card before it, the first with Start.

    RetrievalError for a figure in its address that there is not.
    """
    for card in reversed(lesson.cards[:number]):
        if card.view:
            return read_view(filled_view(shown(), card.view))
    return View(START)


def troubles(card: Card) -> list[str]:
    """What is wrong with a card, or else what the run on show lacks for it; each with what to do, and it may name paths."""
    wrong = list(dict.fromkeys([*check.faults(card), *(view_faults(card.view) if card.view else [])]))
    return wrong or check.missing(shown(), card)


def view_faults(text: str) -> list[str]:
    """What is wrong with the address of a view on whatever run, a sentence each; RetrievalError where it is no address."""
    view = check_view(text)
    fixed = {name: value for name, value in view.parameters.items() if value and name in DEFAULTS and name not in check.filled_in(text)}
    said = [*unknown(view), *(why for name, why in link.faults(DEFAULTS | fixed).items() if name in fixed)]
    if fixed.get("k", NEIGHBOURS[0]) not in NEIGHBOURS:
        said.append(f"The number of neighbours k is {fixed['k'][:20]!r}. Choose one of: {', '.join(NEIGHBOURS)}.")
    return said


def without_pictures(text: str) -> str:
    """A text of a lesson without pictures from other addresses: nothing here needs a network, and nothing asks for one."""
    return re.sub(r"!(?=\[)", r"\!", text)


def _open(lesson: Lesson, number: int, card: str) -> NoReturn:
    view = view_of(lesson, number)
    kept = {name: link.get(name) for name in KEPT}
    upload.drop()  # a picture that was handed over would take the place of what the card shows
    page = view.page if view.page in pages() else START
    link.show(page, {**kept, **view.parameters, "lesson": lesson.name, "card": card, "edited": str(number)})
