"""What the browser draws on the page Start: what is being rendered, a small map of every model, queries as strips, the Ledger."""

from typing import NotRequired, TypedDict

from pages.web.component import component


class Picture(TypedDict):
    """A photograph: its id and its address."""

    id: str
    src: str


class Wall(TypedDict):
    """The photographs of a dataset that is being rendered: how many of how many, and the newest of them, the newest first."""

    name: str
    done: int
    total: int
    newest: list[Picture]


class Model(TypedDict):
    """A model's small map. `places` is None where it has none, `map` its mAP in percent; `doing` says what is being made of it."""

    key: str
    title: str
    colour: str
    map: float | None
    places: str | None
    doing: str


class Maps(TypedDict):
    """All models; `labels` is where the numbers of the photographs' landmarks are, `hues` the colour of each landmark."""

    models: list[Model]
    labels: str | None
    hues: list[str]
    protocol: str


class Card(Picture):
    """An answer: its rank (None for junk), and what the ground truth says of it."""

    rank: int | None
    word: str


class Strip(TypedDict):
    """The first answers under one model, and the query's AP in percent."""

    model: str
    colour: str
    ap: float
    cards: list[Card]


class Query(TypedDict):
    """A query and its strips."""

    id: str
    src: str
    strips: list[Strip]


class Step(TypedDict):
    """A step of the Ledger, in points."""

    name: str
    change: str
    before: str
    after: str
    points: float
    low: float
    high: float
    significant: bool
    words: str


class View(TypedDict):
    """What is shown, from the top down; a part that is missing is not shown. `said` are the words below a part."""

    wall: NotRequired[Wall]
    maps: Maps
    queries: NotRequired[list[Query]]
    steps: NotRequired[list[Step]]
    said: NotRequired[dict[str, str]]


def show_home(view: View, key: str) -> dict | None:
    """Draw the view; one that is drawn again under the same key changes only where it has something new to say.

    Returns what was asked for in it since the last run of the page, None for nothing: {"map": model}, {"query": id} or {"step": name}.
    """
    return component("home")(key=key, data=view, on_event_change=lambda: None, height="content").event
