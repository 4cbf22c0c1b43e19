"""The JSON that is exchanged about a map in tiles, of more points than a browser holds; the numbers of points are those of a scene."""

from typing import TypedDict


class SceneTiles(TypedDict):
    """Addresses of what is sent of a map that is too large to be held whole.

    Tree, a tile by `&tile=` its name, PointRows of points by a question, Around by `&point=` or `&query=`, Inside by a lasso.
    """

    tree: str
    tile: str
    rows: str
    around: str
    inside: str


class Tiled(TypedDict):
    """What is said of a scene in tiles: photographs of each landmark and, last, of none; and what such a map does not do."""

    counts: list[int]
    off: str


class Tree(TypedDict):
    """All tiles of a map, the larger first: depth, column, row, number of points, and the rank of the first of them.

    A tile is the square of side 2 / 2**depth in this column from the left and this row from below; see projection/quadtree.py.
    """

    tiles: list[list[int]]


class PointRows(TypedDict):
    """Points, their places [x, y], overlaps (None where not judged), numbers of landmarks (65535 without one) and ids, row by row."""

    points: list[int]
    xy: list[list[float]]
    overlap: list[float | None]
    labels: list[int]
    ids: list[str]


class Around(TypedDict):
    """What a click on a map in tiles shows: the point, the nearest in descriptor space, the nearest on the map, and rows of all.

    `similarities` to the nearest in descriptor space; `ap` of a query as in QueryRanking, None for a point; `found_by` and
    `approximate` as in FoundNear.
    """

    point: int
    points: list[int]
    similarities: list[float]
    ap: list[float | None]
    near: list[int]
    found_by: str
    approximate: bool
    rows: PointRows


class Inside(TypedDict):
    """How many points a lasso on a map in tiles holds, and their rows; None if there are too many."""

    count: int
    rows: PointRows | None
