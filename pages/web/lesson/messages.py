"""The JSON of a lesson that is presented, written down once: page and bar, bar and presenter's window.

tests/pages/test_lesson_bar.py checks what Python sends, tests/browser/test_lesson_bar.py what the browser reads and sends.
"""

from typing import Literal, NotRequired, TypedDict


class BarOption(TypedDict):
    """An answer that can be chosen: its words, and the address of its photograph or ""."""

    words: str
    src: str


class BarPhotograph(TypedDict):
    """A photograph that the question is about."""

    name: str
    src: str


class BarQuestion(TypedDict):
    """A question, see retrieval_core.lessons.posed.Posed: without options a number is asked for. `missing`: why it can't be asked."""

    ask: str
    options: list[BarOption]
    answers: list[int]
    value: float | None
    unit: str
    why: str
    photographs: list[BarPhotograph]
    missing: str


class BarVerdict(TypedDict):
    """Whether what a card claims holds on the run on show: holds, fails, undecided or missing; and in words, with the interval."""

    state: str
    words: str


class BarCard(TypedDict):
    """A card as the bar shows it; `text` and `note` are Markdown, `hides` says in words what is hidden until it is answered.

    `map`: what the map is told where the card's view is one, so that it can move there at once.
    """

    title: str
    text: str
    note: str
    question: BarQuestion | None
    verdict: BarVerdict | None
    hides: list[str]
    map: "MapTarget | None"


class MapTarget(TypedDict):
    """The maps that a card shows, as a part of their address, and what of the state of the map its view says; ids unquoted."""

    maps: str
    shared: dict[str, str | list[str]]


class LessonData(TypedDict):
    """What the page hands to the bar. `number`: of the card that is shown, from 1; `answered`: numbers of cards, as the page knows.

    `models`: keys that the keys 1 to 8 mean; `presenter`: address of the presenter's window, "" where there is none.
    """

    lesson: str
    title: str
    number: int
    cards: list[BarCard]
    answered: list[int]
    models: list[str]
    presenter: str


class LessonEvent(TypedDict, total=False):
    """What was asked for in the bar: another card, another model, or that the lesson ends."""

    step: int
    model: str
    leave: bool


class Tallied(BarOption):
    """An option in the presenter's window: how many hands, and whether it is right."""

    count: int
    right: bool


class PresenterQuestion(TypedDict):
    """The question with its truth. `guesses`: numbers that were typed in; `truth` in words, `why` with the figures behind it."""

    ask: str
    options: list[Tallied]
    guesses: list[float]
    truth: str
    why: str
    missing: str


class PresenterState(TypedDict):
    """What the presenter's window shows. `next`: title of the card that follows, "" after the last.

    `started`: when the lesson began, `since`: when this card did, milliseconds since 1970. `note` is Markdown.
    """

    kind: Literal["state"]
    lesson: str
    number: int
    count: int
    title: str
    note: str
    next: str
    question: PresenterQuestion | None
    verdict: BarVerdict | None
    answered: bool
    blank: bool
    started: float
    since: float


class PresenterMessage(TypedDict):
    """What the presenter's window says: that it wants to know, or which key was pressed in it; the bar says it when it ends."""

    kind: Literal["ask", "key", "ended", "here", "taken"]
    key: NotRequired[str]
