"""The lesson that is presented, above every page: all its cards at once, so that the browser goes from one to the next by itself."""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

import streamlit as st

from pages.state import door, hidden, lesson, link, loaders
from pages.state.defaults import DEFAULTS
from pages.web.lesson import show_bar
from pages.web.lesson.messages import BarCard, BarQuestion, BarVerdict, BarWords, LessonEvent, MapTarget
from pages.web.map import hides
from pages.web.map.messages import IN_LINK
from pages.web.map_choice import MapChoice
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import claims, questions
from retrieval_core.lessons.card import HIDDEN, Card, Lesson
from retrieval_core.lessons.posed import Posed
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_card, until_answered
from retrieval_core.lessons.view import START, View, read_view
from retrieval_core.stored.model_states import model_states

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
            {"kind": "lesson", "lesson": told.name, "title": told.title, "number": number, "cards": cards(told),
             "answered": hidden.answered(told.name), "models": loaders.explorable_models()[:MODEL_KEYS], "presenter": PRESENTER},
            lambda numbers: hidden.answer(told.name, numbers or []), obey,
        )  # fmt: skip


def obey(event: LessonEvent | None) -> None:
    """Do what was asked for in the bar, before the page runs."""
    if not event:
        return
    if "leave" in event:
        lesson.stop()
    elif "model" in event:
        link.put(model=event["model"])
    elif "step" in event:
        st.session_state[_STEP] = event["step"]


def cards(told: Lesson) -> list[BarCard]:
    """All cards with the figures of the run on show; they are made anew when a model or the ground truth has changed."""
    found = _cards(told, link.get("dataset"), link.get("run"), loaders.dataset().truth, repr(loaders.every_state()))
    return [_for_visitors(card) for card in found] if door.is_visitor() else found


@st.cache_resource(max_entries=8, show_spinner="Looking up the figures of the lesson …")
def _cards(told: Lesson, name: str, run: str, truth: str, states: str) -> list[BarCard]:
    return list(drawn_cards(told, Shown(loaders.workspace(), name, run)))


def drawn_cards(told: Lesson, shown: Shown) -> Iterator[BarCard]:
    """Each card with the figures of the run on show."""
    view = START
    for card in told.cards:
        try:
            filled = filled_card(shown, card)
        except RetrievalError as error:  # the card says so, and the lesson goes on
            yield _words_alone(card, str(error))
            continue
        view = filled.view or view
        yield _card(filled, shown, view)


def _card(card: Card, shown: Shown, view: str) -> BarCard:
    question = _question(card, shown) if card.question else None
    verdict = _verdict(card.claim, shown) if card.claim else None
    return {
        "title": card.title, "text": card.text, "note": card.note, "question": question, "verdict": verdict,
        "hides": [HIDDEN[what] for what in card.hide], "map": map_target(view, shown.run, card.hide),
        "before": _before(card, question, shown),
    }  # fmt: skip


def _words_alone(card: Card, why: str) -> BarCard:
    return {"title": card.title, "text": f"{card.text}\n\n> {why}", "note": card.note, "question": None, "verdict": None,
            "hides": [HIDDEN[what] for what in card.hide], "map": None, "before": None}  # fmt: skip


def _question(card: Card, shown: Shown) -> BarQuestion:
    try:
        posed = questions.pose(shown, card)
    except RetrievalError as error:
        posed = Posed(missing=str(error))
    address = lambda image_id: loaders.photograph(shown.dataset, image_id) if image_id else ""  # noqa: E731
    return {
        "ask": posed.ask, "options": [{"words": one.words, "src": address(one.image_id)} for one in posed.options],
        "answers": list(posed.answers), "value": posed.value, "unit": posed.unit, "why": posed.why,
        "photographs": [{"name": f"photograph {number}", "src": address(one)} for number, one in enumerate(posed.photographs, 1)],
        "missing": posed.missing,
    }  # fmt: skip


def _verdict(claim: str, shown: Shown) -> BarVerdict:
    try:
        judged = claims.judge(shown, claim)
    except RetrievalError as error:
        return {"state": claims.MISSING, "words": str(error)}
    return {"state": judged.state, "words": judged.words}


def _before(card: Card, question: BarQuestion | None, shown: Shown) -> BarWords | None:
    """The words of a card until it is answered: nothing below its rule, no names that it hides; None where these are all its words."""
    text = until_answered(card)
    if text == card.text and not {"models", "labels"} & set(card.hide):
        return None
    names = dict[str, str]()
    if "models" in card.hide:
        states = model_states(shown.workspace, shown.dataset_name, shown.run)
        names |= {state.key: hidden.lettered(place) for place, state in enumerate(states)}
    if "labels" in card.hide:
        names |= {query.id: f"Query {number}" for number, query in enumerate(shown.dataset.queries, 1)}
        names |= {label: f"Landmark {number}" for number, label in enumerate(shown.dataset.labels, 1)}
    cover = _covering(names)
    options = [cover(option["words"]) for option in question["options"]] if question else []
    return {"title": cover(card.title), "text": cover(text), "ask": cover(question["ask"] if question else ""), "options": options}


def _covering(names: dict[str, str]) -> Callable[[str], str]:
    if not names:
        return lambda text: text
    wanted = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w-])(?:{wanted})(?![\w-])")
    return lambda text: pattern.sub(lambda found: names[found[0]], text)


def map_target(view: str, run: str, hide: Sequence[str]) -> MapTarget | None:
    """What the map is told where a view is one: it can then go there before the page has run. The model stays unless it is named."""
    try:
        read = read_view(view)
    except RetrievalError:
        read = View(START)
    if read.page != "map":
        return None
    state = DEFAULTS | dict(read.parameters) | {"run": run}
    try:
        maps = MapChoice.read(state).address()
    except RetrievalError:
        return None
    if state["selection"].startswith("~") or state["colour"] != DEFAULTS["colour"]:
        return None  # only the page knows how to read such a selection, and which colourings there are
    shared: dict[str, str | list[str]] = {name: state[name] for name in IN_LINK if name != "model" or name in read.parameters}
    chosen = [unquote(part) for part in state["selection"].split(",") if part]
    return {"maps": maps, "shared": shared | {"selection": chosen, "placed": ""}, "hidden": hides(hide)}


def _for_visitors(card: BarCard) -> BarCard:
    """A card without paths of this machine, which stand in what is missing and in the command that makes it."""
    question, verdict = card["question"], card["verdict"]
    return card | {
        "text": door.said(card["text"]),
        "question": question and question | {"missing": door.said(question["missing"])},
        "verdict": verdict and verdict | {"words": door.said(verdict["words"])},
    }  # fmt: skip
