"""A card as it will be seen: its texts with the figures of the run on show, its question, its claim; and what is missing for it."""

import streamlit as st

from pages.state import door, lesson, loaders
from pages.state.plain import plain
from pages.widgets import gallery
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import HIDDEN, Card, Lesson
from retrieval_core.lessons.claims import judge
from retrieval_core.lessons.posed import Posed
from retrieval_core.lessons.questions import pose
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_card

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def show(lesson_shown: Lesson, place: int) -> None:
    """The card at a place, on the dataset and run that are chosen."""
    card, shown = lesson_shown.cards[place], lesson.shown()
    st.caption(f"Preview, with the figures of {plain(shown.dataset_name)}, run {plain(shown.run)}")
    troubles = lesson.troubles(card)
    with st.container(border=True):
        try:
            _card(shown, card, filled_card(shown, card))
        except RetrievalError as error:
            st.subheader(plain(card.title))
            if str(error) not in troubles:
                troubles.append(str(error))
    for why in troubles:
        st.warning(door.shown(why), icon=":material/warning:")


def _card(shown: Shown, card: Card, filled: Card) -> None:
    st.subheader(plain(filled.title))
    st.markdown(lesson.without_pictures(filled.text))
    if card.question:
        _question(pose(shown, card))
    if card.claim and (verdict := judge(shown, card.claim)).state != "missing":
        st.caption(f"Claim: {plain(verdict.words)}")
    if card.hide:
        st.caption(f"Hidden until it is answered: {', '.join(HIDDEN[part] for part in card.hide)}.")
    if card.note:
        with st.container(border=True):
            st.caption("For the presenter alone")
            st.markdown(lesson.without_pictures(filled.note))


def _question(posed: Posed) -> None:
    if posed.missing:
        return
    st.markdown(f"**{plain(posed.ask)}**")
    dataset = loaders.dataset()
    if posed.photographs:
        gallery.show_gallery(dataset, [gallery.Card(one, "") for one in posed.photographs], 110, key="photographs of a question")
    pictures = [gallery.Card(option.image_id, _option(number, posed)) for number, option in enumerate(posed.options) if option.image_id]
    if pictures:
        gallery.show_gallery(dataset, pictures, 110, key="answers of a question")
    else:
        st.markdown("\n".join(f"* {plain(_option(number, posed))}" for number in range(len(posed.options))))
    with st.expander("The answer"):
        right = [_option(number, posed) for number in posed.answers]
        truth = ", ".join(right) if posed.options else f"{posed.value:g} {posed.unit}".strip()
        st.markdown(f"**{plain(truth)}**")
        st.markdown(plain(posed.why))


def _option(number: int, posed: Posed) -> str:
    return f"{_LETTERS[number % len(_LETTERS)]} · {posed.options[number].words}"
