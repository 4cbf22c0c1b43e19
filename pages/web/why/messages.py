"""The JSON of two pictures that are compared, written down once; see pages/web/map/messages.py for the tests."""

from typing import Literal, TypedDict


class Picture(TypedDict):
    """A picture that is compared: what it is called, its address, its width and height in pixels."""

    name: str
    src: str
    size: list[int]


class Heated(Picture):
    """A picture with a grid over it, row by row, and what each cell adds to the similarity.

    `rows` and `columns` are the edges of the cells as shares of its height and width, from 0 to 1.
    """

    rows: list[float]
    columns: list[float]
    grid: list[float]


class HeatView(TypedDict):
    """Heat over both pictures.

    `pairs`: float32 (cells of the first, cells of the second), what two cells add together. `ramp`: RGBA, 511 colours, the middle for
    nothing. Both as bytes in base64, little-endian.
    """

    kind: Literal["heat"]
    first: Heated
    second: Heated
    pairs: str
    ramp: str


class LinesView(TypedDict):
    """Local matches that agree, as lines [x, y, x', y'] in shares of the width and height of both pictures."""

    kind: Literal["lines"]
    first: Picture
    second: Picture
    lines: list[list[float]]


View = HeatView | LinesView
