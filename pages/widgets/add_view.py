"""The button on every page that makes a card of what the page shows."""

from dataclasses import replace

import streamlit as st

from pages.state import actions, door, link, loaders
from pages.state.plain import plain
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.lesson_files import list_lessons, read_lesson
from retrieval_core.lessons.view import View

_NEW = "A new lesson"
_LAST = "lesson that was added to"


def offer(page: str) -> None:
    """The button for the page of this name; not where there is no view of its own, as on the page Lesson or while one is presented."""
    if page == "lesson" or link.get("card"):
        return
    if door.button("Add this view to a lesson", icon=":material/playlist_add:", key="add this view", type="tertiary"):
        _ask(view_now(page))


def view_now(page: str) -> str:
    """The address of what a page shows now, for a card: with the model, and whatever else differs from the usual."""
    return str(View(page, {"model": link.get("model"), **link.unusual()}).portable)


@st.dialog("Add this view to a lesson")
def _ask(view: str) -> None:
    own = [one.name for one in list_lessons(loaders.workspace()) if one.kept and not one.shipped]
    last = st.session_state.get(_LAST)
    name = st.selectbox("Lesson", [*own, _NEW], index=own.index(last) if last in own else 0, key="add to lesson")
    if name == _NEW:
        name = st.text_input("Name of the new lesson", max_chars=50, key="add to the new lesson").strip()
    title = st.text_input("Title of the card", key="title of the added card")
    text = st.text_area("Text", key="text of the added card", help="Markdown. It can be written later, on the page Lesson.")
    st.caption(f"The view: {plain(view)}")
    if st.button("Add", icon=":material/check:", type="primary", key="add the card"):
        try:
            count = add(name, name not in own, Card(title, view, text))
        except RetrievalError as error:
            st.error(door.shown(str(error)), icon=":material/warning:")
            return
        st.session_state[_LAST] = name
        st.toast(f"Added as card {count} of {plain(name)}.")
        st.rerun()


def add(name: str, new: bool, card: Card) -> int:
    """Put a card at the end of a lesson; its number. RetrievalError without a title, for a visitor, and as `save_lesson` raises it."""
    if not card.title.strip():
        raise RetrievalError("The card has no title. Write one.")
    if new:
        actions.keep_lesson(Lesson(name, name, (card,)))
        return 1
    kept = read_lesson(loaders.workspace(), name)
    return len(actions.keep_lesson(replace(kept.lesson, cards=(*kept.lesson.cards, card)), kept.version).lesson.cards)
