"""What a bundle holds, as its JavaScript reads it; written down once, see pages/web/map/messages.py for the tests.

Points are numbered as in a Scene. Addresses are those that the app serves: the bundle answers them itself.
"""

from typing import Literal, TypedDict

from pages.web.lesson.messages import BarCard
from pages.web.map.messages import ColouringValues, Scene, SceneQuery


class Held(TypedDict):
    """An array among the bytes: how many values of which kind, and where they start."""

    kind: str
    start: int
    count: int


class Component(TypedDict):
    """The files of a component."""

    html: str
    css: str


class About(TypedDict):
    """What the bundle is of. `made`: the day; `levels`: steps of a coordinate; `protocols` and `own`: what these choices are called.

    `neighbours` of a photograph and `answers` of a query have a similarity.
    """

    dataset: str
    run: str
    made: str
    version: str
    levels: int
    neighbours: int
    answers: int
    photographs: bool
    command: str
    why_no_precision: str
    protocols: dict[str, str]
    own: dict[str, str]


class Model(TypedDict):
    """A model, its colour, where its numbers come from, the command that repeats them, and hashes by file."""

    key: str
    title: str
    colour: str
    recipe: str
    command: str
    hashes: dict[str, str]


class Curve(TypedDict):
    """The events of a curve as columns; see ranking.messages.CurveEvent. `word`: the first letter of each, g, o or j."""

    positives: int
    place: list[int]
    word: str
    found: list[int]
    before: list[float]
    precision: list[float]
    recall: list[float]
    oxford: list[float]
    finite_sum: list[float]
    ap: dict[str, float]


class Machine(TypedDict):
    """Both curves of a query under a model; see ranking.messages.MachineView."""

    length: int
    counted: Curve
    left_out: Curve | None


class FlowRanks(TypedDict):
    """The positives of a query as points, and the rank of each under every model."""

    models: list[str]
    points: list[int]
    ranks: list[list[int]]
    count: int


class Asked(TypedDict):
    """A query: its hardness, the mean of the models' AP (Oxford), 0 to 1, and what its views hold, by model."""

    hardness: float | None
    words: dict[str, str]
    machines: dict[str, Machine]
    flow: FlowRanks | None


class Table(TypedDict):
    """A table of numbers: names of rows and columns, None where nothing is known."""

    rows: list[str]
    columns: list[str]
    cells: list[list[float | None]]


class Moved(TypedDict):
    """A right answer whose rank moved: its point, and the rank before and after, None where a ranking lacks it."""

    point: int
    before: int | None
    after: int | None


class Step(TypedDict):
    """A step of the Ledger; see evaluation.ledger.LedgerStep."""

    before: str
    after: str
    change: str
    map_before: float
    map_after: float
    points: float
    low: float
    high: float
    p: float
    significant: bool
    words: str
    better: int
    equal: int
    worse: int
    queries: dict[str, float]
    landmarks: dict[str, float]


class Ledger(TypedDict):
    """The steps of a protocol, how they were tested, and the command that repeats it."""

    steps: list[Step]
    tested: str
    command: str


class CardView(TypedDict):
    """What a card shows: a page, the parameters of its address, and what is hidden until the card is answered."""

    page: str
    given: dict[str, str]
    hides: list[str]


class BundledLesson(TypedDict):
    """A lesson, without its notes; `views` in the order of the cards."""

    name: str
    title: str
    about: str
    cards: list[BarCard]
    views: list[CardView]


class Bundle(TypedDict):
    """All but the arrays and the pictures.

    `scenes` by projection; `colourings`: the numbers of the values in `values` by "model colour k"; `precision`: tables by
    "protocol own rows" and "measures own"; `ledger` by protocol; `moved` by "before-after" and query. `pictures`: names of the
    pictures in their order, as in "photograph/ID", "crop/QUERY" and "sheet/0". `truth` are the queries, which the scenes are without;
    `rows`: their ids in the order of the rankings among the arrays; `scored`: models that have an mAP.
    """

    kind: Literal["bundle"]
    about: About
    models: list[Model]
    components: dict[str, Component]
    css: str
    arrays: dict[str, Held]
    pictures: list[str]
    ids: list[str]
    labels: list[int]
    landmarks: list[str]
    truth: list[SceneQuery]
    rows: list[str]
    scored: list[str]
    scenes: dict[str, Scene]
    projections: dict[str, str]
    colourings: dict[str, int]
    values: list[ColouringValues]
    queries: dict[str, Asked]
    precision: dict[str, Table]
    ledger: dict[str, Ledger]
    moved: dict[str, dict[str, list[Moved]]]
    lessons: list[BundledLesson]
