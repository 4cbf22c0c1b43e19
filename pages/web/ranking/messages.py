"""The JSON of the views of a ranking, in both directions, written down once; see pages/web/map/messages.py for the tests.

A word of the ground truth is good, ok, junk, wrong, unlabelled or none.
"""

from typing import Literal, NotRequired, TypedDict

Word = Literal["good", "ok", "junk", "wrong", "unlabelled", "none"]
Box = list[float]
"""x1, y1, x2, y2 in pixels of the picture."""


class Compared(TypedDict):
    """With what a photograph can be compared: a query or a photograph, "" for what is searched for; and under which model."""

    query: str
    photo: NotRequired[str]
    model: str


class Photograph(TypedDict):
    """A photograph: its id, the name of its landmark or "", and its address. Without `why` it is compared with nothing; `called` says
    what it is called while its id is hidden.
    """

    id: str
    name: str
    src: str
    why: NotRequired[Compared]
    called: NotRequired[str]


class PickQuery(TypedDict):
    """A query to choose; `ap`: the mean of the models' AP (Oxford), 0 to 1, None where it has none; `called` as of Photograph."""

    id: str
    label: str
    ap: float | None
    src: str
    called: NotRequired[str]


class PickView(TypedDict):
    """All queries as pictures; `current` is the id of the chosen one or "", `models` are the keys that the keys 1 to 9 mean."""

    kind: Literal["pick"]
    current: str
    queries: list[PickQuery]
    models: list[str]


class PictureView(TypedDict):
    """The picture that is searched for, and the boxes on it; `size` is its width and height, None where there is no picture."""

    kind: Literal["picture"]
    name: str
    src: str
    size: list[int] | None
    box: Box | None
    own: Box | None


class Card(Photograph):
    """A photograph of a list.

    `other` is its rank under the model beside, `only` whether the head of that ranking lacks it. `elsewhere`: it is of another dataset
    than the chosen one, so that it can be looked at and is no query here.
    """

    word: Word
    own: bool
    rank: NotRequired[int | None]
    similarity: NotRequired[float]
    caption: NotRequired[str]
    other: NotRequired[int | None]
    only: NotRequired[bool]
    elsewhere: NotRequired[bool]


class Strip(TypedDict):
    """The head of one ranking."""

    title: NotRequired[str]
    note: NotRequired[str]
    cards: list[Card]


class StripsView(TypedDict):
    """Lists of photographs, under each other or beside; `width` is that of a card in pixels, about."""

    kind: Literal["strips"]
    beside: NotRequired[bool]
    width: int
    strips: list[Strip]
    note: NotRequired[str]


class Mark(TypedDict):
    """A photograph that is marked, and whether as right."""

    id: str
    right: bool


class MarkingView(TypedDict):
    """Lists of photographs that can be marked; `marks` in their order, `width` as of StripsView."""

    kind: Literal["marking"]
    width: int
    strips: list[Strip]
    marks: list[Mark]
    note: str


class Walked(Photograph):
    """A photograph of the ranking that one walks along."""

    word: Word


class CurveEvent(TypedDict):
    """A place of the ranking where something is found or skipped: counts, shares (0 to 1) and the two areas so far.

    `before` is the precision one place before.
    """

    place: int
    word: Word
    found: int
    before: float
    precision: float
    recall: float
    oxford: float
    finite_sum: float


class Curve(TypedDict):
    """The precision–recall curve of a ranking, and its AP by protocol, 0 to 1."""

    positives: int
    events: list[CurveEvent]
    ap: dict[str, float]


class MachineView(TypedDict):
    """The AP machine.

    `length` counts all of the ranking; `left_out` is the curve without the query's own picture, None where that does not count.
    """

    kind: Literal["machine"]
    walk: list[Walked]
    length: int
    counted: Curve
    left_out: Curve | None


class FlowLine(Photograph):
    """A relevant photograph, and its rank under each model."""

    word: Word
    ranks: list[int]


class FlowView(TypedDict):
    """The rank of every relevant photograph under each model; `count` is the lowest rank that there is."""

    kind: Literal["flow"]
    models: list[str]
    lines: list[FlowLine]
    count: int


View = PickView | PictureView | StripsView | MarkingView | MachineView | FlowView


class Event(TypedDict, total=False):
    """What was asked for in a view: a query, a photograph as the query, or on the map, a model, or a box.

    `box` is "x1,y1,x2,y2" in pixels, "own" or "whole". With `match` it is asked why this photograph is similar: to the query or the
    photograph that is named as well, else to what is searched for. `marks`: all that there are now, in their order.
    """

    match: str

    query: str
    photo: str
    map: str
    model: str
    box: str
    marks: list[Mark]
