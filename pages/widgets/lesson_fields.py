"""The fields of a card: each is written as soon as it is left, and what can't be written is said below it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from pages.state import door, lesson, lesson_edit
from pages.state.plain import plain
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import HIDDEN, Card, Lesson, Question
from retrieval_core.lessons.questions import KINDS
from retrieval_core.lessons.view import check_view

_TYPED = "card as typed"  # by field: what was typed and could not be taken, and why
_NO_QUESTION = "no question"
_FIGURES = (
    "Markdown. {map 1d} stands for the mAP of 1d on the run on show, {step 1c 1d} for what the step bought; {{ and }} are braces."
)
_VIEW = "A page and its parameters, as in map?model=1d&film=open; the address of a page can be copied here."
_CLAIM = "What the text states, as in step 1c 1d > 0: it is judged on the run on show."
_OF = "A line each, as in query: castle_gate_2. The usual ones come from the view."


def show(lesson_shown: Lesson, place: int, fixed: bool) -> None:
    """The fields of a card; `fixed`: they can be read and not changed."""
    card = lesson_shown.cards[place]
    field = _Fields(f"{lesson_shown.name} {place} {len(lesson_shown.cards)}", fixed)
    field.text(st.text_input, "title", "Title", card.title, _title)
    field.text(st.text_input, "view", "View", card.view, _view, help=_VIEW, placeholder="the same as on the card before")
    if card.view and st.button("Open this view", icon=":material/open_in_new:", type="tertiary"):
        lesson.look(lesson_shown, place + 1)
    field.text(st.text_area, "text", "Text", card.text, lambda text: {"text": text}, height=170, help=_FIGURES)
    asked = card.question
    field.choice("question", "Question", [_NO_QUESTION, *KINDS], asked.kind if asked else _NO_QUESTION,
                 lambda kind: {"question": _kind(card, kind)}, _kind_in_words)  # fmt: skip
    if asked:
        field.text(st.text_input, "ask", "Asked in your words", asked.ask,
                   lambda text: {"question": Question(asked.kind, text, asked.of)}, placeholder="the usual words")  # fmt: skip
        field.text(st.text_area, "of", "About", "\n".join(f"{key}: {value}" for key, value in asked.of.items()),
                   lambda text: {"question": Question(asked.kind, asked.ask, _of(text))}, height=68,
                   help=f"{_OF} This kind takes: {plain(KINDS[asked.kind].words)}.")  # fmt: skip
    with st.container(key="card hide"):
        field.several("hide", "Hidden until it is answered", list(HIDDEN), card.hide)
    field.text(st.text_input, "claim", "Claim", card.claim, lambda text: {"claim": text}, help=_CLAIM)
    field.text(st.text_area, "note", "Note for the presenter", card.note, lambda text: {"note": text}, height=68)


class _Fields:
    """Makes fields whose values are those of the card, or what was typed last and could not be taken."""

    def __init__(self, of: str, fixed: bool):
        self.of, self.fixed = of, fixed
        typed = st.session_state.get(_TYPED, {})
        self.typed = st.session_state[_TYPED] = {key: value for key, value in typed.items() if key.startswith(f"{of} ")}

    def text(self, widget, name: str, label: str, value: str, read: Callable[[str], dict[str, Any]], **more) -> None:
        """A field for text; `read` gives what it changes of the card, or raises RetrievalError."""
        key = f"{self.of} {name}"
        st.session_state[key], why = self.typed.get(key, (value, ""))
        widget(label, key=key, disabled=self.fixed, on_change=self._take, args=(key, read), **more)
        if why:
            st.error(f"This is not saved: {door.shown(why)}", icon=":material/warning:")

    def choice(self, name: str, label: str, options: list[str], value: str, read: Callable[[str], dict[str, Any]], words) -> None:
        """A field for one of several."""
        key = f"{self.of} {name}"
        st.session_state[key] = value
        st.selectbox(label, options, key=key, disabled=self.fixed, on_change=self._take, args=(key, read), format_func=words)

    def several(self, name: str, label: str, options: list[str], value: tuple[str, ...]) -> None:
        """A field for some of several."""
        key = f"{self.of} {name}"
        st.session_state[key] = list(value)
        st.multiselect(label, options, key=key, disabled=self.fixed, on_change=self._take, placeholder="nothing",
                       args=(key, lambda found: {name: tuple(found)}), format_func=HIDDEN.get)  # fmt: skip

    def _take(self, key: str, read: Callable[[Any], dict[str, Any]]) -> None:
        value = st.session_state[key]
        self.typed.pop(key, None)
        try:
            lesson_edit.change_card(**read(value))
        except RetrievalError as error:
            self.typed[key] = value, str(error)


def _title(text: str) -> dict[str, str]:
    if not text.strip():
        raise RetrievalError("A card needs a title. Write one.")
    return {"title": text}


def _view(text: str) -> dict[str, str]:
    """The view that was typed; of a whole address only what is the same on every dataset."""
    if not text.strip():
        return {"view": ""}
    if why := lesson.view_faults(text):
        raise RetrievalError(" ".join(why))
    return {"view": str(check_view(text)) if "://" in text else text}


def _of(text: str) -> dict[str, str]:
    """What a question is about, a line each."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        key, colon, value = map(str.strip, line.partition(":"))
        if not (key and colon and value) or key in (*found, "kind", "ask"):
            raise RetrievalError(f"The line {line[:60]!r} is not written as in query: castle_gate_2, once a word. Correct it.")
        found[key] = value
    return found


def _kind(card: Card, kind: str) -> Question | None:
    return None if kind == _NO_QUESTION else Question(kind, card.question.ask if card.question else "")


def _kind_in_words(kind: str) -> str:
    return KINDS[kind].about if kind in KINDS else kind
