"""Small maps side by side, each with what was measured on it and, where the page Map makes it, a way there."""

from typing import TypedDict

from pages.web.component import component


class Mark(TypedDict):
    """A landmark in the legend: its marker is a path in a square of 16 × 16."""

    name: str
    colour: str
    path: str


class Points(TypedDict):
    """All points of one landmark as one path."""

    path: str
    colour: str
    opacity: float


class Line(TypedDict):
    """A line over a map, and what is written at its middle."""

    x1: int
    y1: int
    x2: int
    y2: int
    text: str


class SmallMap(TypedDict):
    """One map in a square of `side` units. `words` say what it shows to who does not see it; `opens`: whether the page Map makes it."""

    title: str
    words: str
    figures: list[str]
    side: int
    paths: list[Points]
    lines: list[Line]
    opens: bool


class View(TypedDict):
    """A legend, or maps; `kind` tells a page's views from one another."""

    kind: str
    marks: list[Mark]
    maps: list[SmallMap]


def show_small_maps(view: View) -> int | None:
    """Draw a view; returns the place of the map that is to be opened on the page Map, None for none."""
    event = component("small_maps")(key=f"small maps {view['kind']}", data=view, on_event_change=lambda: None, height="content").event
    return event["open"] if event else None
