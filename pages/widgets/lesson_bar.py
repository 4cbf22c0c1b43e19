"""The lesson that is presented, above every page: all its cards at once, so that the browser goes from one to the next by itself."""

from urllib.parse import parse_qsl, unquote

import streamlit as st

from pages.state import hidden, lesson, link, loaders
from pages.state.defaults import DEFAULTS
from pages.web.lesson import show_bar
from pages.web.lesson.messages import BarCard, BarQuestion, LessonEvent, MapTarget
from pages.web.map.messages import IN_LINK
from pages.web.map_scene import MapChoice
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import claims, questions, texts
from retrieval_core.lessons.card import HIDDEN, Card, Lesson
from retrieval_core.lessons.posed import Posed
from retrieval_core.lessons.shown import Shown

MODEL_KEYS = 8  # keys 1 to 8 choose a model
PRESENTER = "files/presenter"
_STEP = "card that was asked for"


def go_on() -> None:
    """Go to the card that was asked for in the bar."""
    if (number := st.session_state.pop(_STEP, None)) is not None and lesson.current():
        lesson.step_to(number)


def show() -> None:
    """Draw the bar while a lesson is presented."""
    if (found := lesson.current()) is None:
        return
    told, number, _ = found
    with st.container(key="lesson"):
        show_bar(
            {"lesson": told.name, "title": told.title, "number": number, "cards": cards(told), "answered": hidden.answered(told.name),
             "models": loaders.explorable_models()[:MODEL_KEYS], "presenter": PRESENTER},
            lambda numbers: hidden.answer(told.name, numbers or []), obey,
        )  # fmt: skip


def obey(event: LessonEvent | None) -> None:
    """Do what was asked for in the bar, before the page runs."""
    if not event:
        return
    if "leave" in event:
        link.put(card="")
    elif "model" in event:
        link.put(model=event["model"])
    elif "step" in event:
        st.session_state[_STEP] = event["step"]


def cards(told: Lesson) -> list[BarCard]:
    """All cards with the figures of the run on show; they are made anew when a model or the ground truth has changed."""
    name, run = link.get("dataset"), link.get("run")
    return _cards(told, name, run, loaders.dataset().truth, repr(loaders.every_state()))


@st.cache_resource(max_entries=8, show_spinner="Looking up the figures of the lesson …")
def _cards(told: Lesson, name: str, run: str, truth: str, states: str) -> list[BarCard]:
    shown = Shown(loaders.workspace(), name, run)
    return [drawn_card(card, shown) for card in told.cards]


def drawn_card(card: Card, shown: Shown) -> BarCard:
    """A card with the figures of the run on show."""
    verdict = claims.judge(shown, card.claim) if card.claim else None
    return {
        "title": card.title, "text": _filled(shown, card.text), "note": _filled(shown, card.note),
        "question": _question(questions.pose(shown, card), shown) if card.question else None,
        "verdict": {"state": verdict.state, "words": verdict.words} if verdict else None,
        "hides": [HIDDEN[what] for what in card.hide], "map": map_target(card.view, shown.run),
    }  # fmt: skip


def _filled(shown: Shown, text: str) -> str:
    try:
        return texts.filled(shown, text)
    except RetrievalError as error:  # a placeholder that can't be read: the card says so, and the lesson goes on
        return f"{text}\n\n> {error}"


def _question(posed: Posed, shown: Shown) -> BarQuestion:
    address = lambda image_id: loaders.photograph(shown.dataset, image_id) if image_id else ""  # noqa: E731
    return {
        "ask": posed.ask, "options": [{"words": one.words, "src": address(one.image_id)} for one in posed.options],
        "answers": list(posed.answers), "value": posed.value, "unit": posed.unit, "why": posed.why,
        "photographs": [{"name": f"photograph {number}", "src": address(one)} for number, one in enumerate(posed.photographs, 1)],
        "missing": posed.missing,
    }  # fmt: skip


def map_target(view: str, run: str) -> MapTarget | None:
    """What the map is told where a view is one: it can then go there before the page has run."""
    page, _, query = view.partition("?")
    if page != "map":
        return None
    state = DEFAULTS | dict(parse_qsl(query)) | {"run": run}
    if state["selection"].startswith("~") or state["colour"] != DEFAULTS["colour"]:
        return None  # only the page knows how to read such a selection, and which colourings there are
    chosen = [unquote(part) for part in state["selection"].split(",") if part]
    return {
        "maps": MapChoice.read(state).address(),
        "shared": {**{name: state[name] for name in IN_LINK}, "selection": chosen, "placed": ""},
    }
