"""The JSON that the map in the browser and Python exchange, written down once.

Points are numbered by the order of their ids in the subset; the numbers mean the same in every array of a scene. tests/pages/
test_messages.py checks what Python sends, tests/browser/test_map_messages.py what the browser reads and sends.
"""

from typing import TypedDict

from pages.web.map.tile_messages import SceneTiles, Tiled


class Landmark(TypedDict):
    """A landmark: its colour as "#rrggbb", and the number of its marker."""

    name: str
    colour: str
    symbol: int


class SceneQuery(TypedDict):
    """A query, the point that it is cut from, and its ground truth as points.

    `box` [x1, y1, x2, y2] in pixels of the photograph, and `size`, its width and height; None without a box, or a photograph.
    """

    id: str
    point: int
    label: str
    box: list[float] | None
    size: list[int] | None
    good: list[int]
    ok: list[int]
    junk: list[int]


class SceneColouring(TypedDict):
    """What else can colour the map: its key, and what it is called."""

    key: str
    title: str


class ColouringValues(TypedDict):
    """A colouring's value of every point, None where it has none: numbers of categories, or numbers on a ramp.

    `names`, `colours` and `symbols` are those of the categories, empty for a ramp; `low` and `high` say what the ramp's ends are,
    empty for categories; `even` is False where ratios count on the ramp and not differences. `border`: pieces of a line over the
    map, [x1, y1, x2, y2] each.
    """

    title: str
    names: list[str]
    colours: list[str]
    symbols: list[int]
    low: str
    high: str
    even: bool
    values: list[float | None]
    border: list[list[float]]


class SelectionMeasures(TypedDict):
    """Of a selection, or of a query: the mean similarity of its pairs, None for fewer than two, and every point's to it."""

    within: float | None
    similarities: list[float]


class SceneModel(TypedDict):
    """A model of a scene and the addresses of its files; `places` is None without a map, `neighbours` where they are not listed.

    `colouring` and `selection` begin the addresses of ColouringValues and SelectionMeasures. `central` is the address of how central
    each photograph is within its landmark, or among the unlabelled, (N,) float32; None where neighbours are not listed.

    `map`: mAP (Oxford) and (finite sum) in percent; `width`: neighbours a point in the lists; `judged`: neighbours that the
    quality of the map was judged by; `together`: for each landmark, the mean share of it among the nearest of its photographs in
    descriptor space, 0 to 1, None where it has but one or neighbours are not listed. `tiles`: where the map is sent in tiles;
    `pivots`: how many photographs were laid out where the others were placed among them, None where all were.
    """

    key: str
    title: str
    colour: str
    map: list[float | None]
    places: str | None
    neighbours: str | None
    central: str | None
    width: int
    search: str
    queries: str
    colouring: str
    selection: str
    caption: str
    judged: int | None
    together: list[float | None]
    tiles: SceneTiles | None
    pivots: int | None


class Sheets(TypedDict):
    """Sheets of thumbnails: side of a cell in pixels, cells in a row, addresses; `cells` None where point and cell have one number."""

    cell: int
    columns: int
    files: list[str]
    cells: list[int] | None


class Files(TypedDict):
    """Addresses of a scene's ids and landmark numbers, and the beginning of a photograph's with the version behind its id."""

    ids: str
    labels: str
    photograph: str
    version: str


class Scene(TypedDict):
    """All that stays the same while one looks at a map. `extent`: the largest |x| and |y| of any model's places."""

    dataset: str
    count: int
    extent: list[float]
    landmarks: list[Landmark]
    queries: list[SceneQuery]
    models: list[SceneModel]
    colourings: list[SceneColouring]
    tiled: Tiled | None
    sheets: Sheets
    files: Files


class Neighbours(TypedDict):
    """The photographs nearest to one point, nearest first, and their similarities."""

    points: list[int]
    similarities: list[float]


class FoundNear(Neighbours):
    """What a click shows that is searched for: `found_by` says by which engine, empty for exact search as usual.

    `approximate`: whether the engine may have missed some of the nearest.
    """

    found_by: str
    approximate: bool


class QueryRanking(Neighbours):
    """The head of a query's ranking; `ap`: AP (Oxford) and (finite sum), 0 to 1, None where it has no positives or was not scored."""

    ap: list[float | None]


class Shared(TypedDict):
    """What the page and the browser both know, in either direction; as the link spells it, but for the selection: image ids.

    `only`: values of the colouring that are shown, names or "low..high"; `brush`: ranges of the histograms, as in
    "similarity:0.5..0.9,hubness:3..20". `placed` is the key of a new picture on the map, or "".
    """

    model: str
    query: str
    k: str
    view: str
    landmarks: str
    unlabelled: str
    colour: str
    thumbnails: str
    names: str
    film: str
    only: str
    brush: str
    selection: list[str]
    placed: str


IN_LINK = tuple(name for name in Shared.__annotations__ if name not in ("selection", "placed"))
"""The parameters of the link that the map in the browser reads and changes, beside the selection."""


class Place(Neighbours):
    """Where a new picture belongs on a map, [x, y], its neighbours, and of a map in tiles the nearest on it."""

    place: list[float]
    near: list[int]


class Placed(Place):
    """A new picture on the map of a model, and its address."""

    key: str
    model: str
    picture: str


class Kept(TypedDict):
    """A selection that is to be kept as a bin; `how` it was made, in a word or two."""

    name: str
    ids: list[str]
    how: str


class Hides(TypedDict):
    """What the card of a lesson hides, keys of retrieval_core.lessons.card.HIDDEN.

    `models`: what each is called where their names are hidden; `last`: the key of the last one where that is, else "".
    """

    what: list[str]
    models: dict[str, str]
    last: str


class MapData(TypedDict):
    """What the page hands to the map: the address of a Scene, what both know, the new picture, if there is one, and the bins' hash.

    `engine`: the search engine that finds the neighbours of a photograph that is clicked, as the link names it.
    """

    scene: str
    shared: Shared
    placed: Placed | None
    bins: str
    engine: str
    hidden: Hides
