"""The lesson that is changed on the page Lesson: every change is written at once, can be undone, and overwrites nobody's unasked."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from pages.state import actions, link, loaders
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import ChangedMeanwhile, Kept, read_lesson

_SEEN, _MINE, _BEFORE, _REFUSED = "lesson as seen", "lesson that is not saved", "lessons before", "lesson refused"
_MOST_BEFORE = 100  # changes that can be undone


def opened(name: str) -> Kept:
    """The lesson as this page shows it: as it is kept, or with a change that could not be saved yet."""
    mine = unsaved(name)
    found = mine or read_lesson(loaders.workspace(), name)
    st.session_state[_SEEN] = found
    return found


def unsaved(name: str) -> Kept | None:
    """The lesson with the change that is not saved, since somebody else changed it meanwhile; its version is the one that was read."""
    mine = st.session_state.get(_MINE)
    return mine if mine is not None and mine.lesson.name == name else None


def refused() -> str:
    """Why the last change was not made; said once."""
    return st.session_state.pop(_REFUSED, "")


def change(lesson: Lesson) -> None:
    """Write a change of the lesson that this page shows."""
    seen: Kept = st.session_state[_SEEN]
    try:
        kept = actions.keep_lesson(lesson, seen.version)
    except ChangedMeanwhile:
        st.session_state[_MINE] = Kept(lesson, seen.version)
    except RetrievalError as error:
        st.session_state[_REFUSED] = str(error)
    else:
        if kept.version != seen.version:
            before = st.session_state.setdefault(_BEFORE, [])
            st.session_state[_BEFORE] = [*before[-_MOST_BEFORE:], (seen.lesson, kept.version)]


def change_cards(make: Callable[[list[Card], int], int]) -> None:
    """Let `make` change the list of cards; it is given the place of the chosen one, and gives the place to be chosen."""
    lesson = st.session_state[_SEEN].lesson
    cards = list(lesson.cards)
    place = make(cards, chosen(lesson))
    change(replace(lesson, cards=tuple(cards)))
    link.put(edited=str(max(0, place) + 1))


def change_card(**values) -> None:
    """Give the chosen card other values."""

    def make(cards: list[Card], place: int) -> int:
        cards[place] = replace(cards[place], **values)
        return place

    change_cards(make)


def chosen(lesson: Lesson) -> int:
    """The place of the card that is chosen, from 0."""
    return min(int(link.get("edited") or 1), max(1, len(lesson.cards))) - 1


def can_undo(kept: Kept) -> bool:
    """Whether the last change was made here, and nobody has changed the lesson since."""
    before = st.session_state.get(_BEFORE)
    return bool(before) and before[-1][0].name == kept.lesson.name and before[-1][1] == kept.version


def undo() -> None:
    """Take the last change back."""
    lesson, version = st.session_state[_BEFORE].pop()
    try:
        actions.keep_lesson(lesson, version)
    except RetrievalError as error:
        st.session_state[_REFUSED] = str(error)


def take_theirs() -> None:
    """Forget the change that is not saved."""
    st.session_state.pop(_MINE, None)


def write_mine() -> None:
    """Write the change that is not saved, in place of what somebody else wrote."""
    mine: Kept = st.session_state.pop(_MINE)
    try:
        version = read_lesson(loaders.workspace(), mine.lesson.name).version
    except RetrievalError:  # it was removed
        version = ""
    st.session_state[_SEEN] = Kept(mine.lesson, version)
    change(mine.lesson)
