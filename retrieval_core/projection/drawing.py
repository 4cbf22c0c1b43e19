"""Maps as SVG, without a browser: a point is its landmark's marker in its landmark's colour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

# Eleven hues that stay apart in normal vision and in the three kinds of colour blindness, on white and on dark. Found by
# search; tests/pages/test_style.py measures the distances.
HUES = (
    "#9678f0", "#b42d78", "#697800", "#f09600", "#87a5e1", "#963ca5", "#ff4b78", "#1ec3b4", "#692dff", "#d2a55a", "#00783c",
)  # fmt: skip
UNLABELLED, PALE = "#999999", 0.55  # its colour, and how much of it is seen
SYMBOLS = 11  # markers
# Their outlines around a place, in a square of 16 × 16, as pages/web/map/symbols.js has them in whole units.
_OUTLINES = (
    "m-7 0a7 7 0 1 1 14 0a7 7 0 1 1-14 0z", "m-6-6h12v12h-12z", "m0-7l7 7-7 7-7-7z", "m0-7l7 13h-14z",
    "m-2-7h4v5h5v4h-5v5h-4v-5h-5v-4h5z", "m-4-7l4 4 4-4 3 3-4 4 4 4-3 3-4-4-4 4-3-3 4-4-4-4z", "m0 7l-7-13h14z",
    "m0-7l7 5-3 9h-8l-3-9z", "m0-7l2 5h5l-4 4 1 5-4-3-4 3 1-5-4-4h5z", "m0-7l6 3v8l-6 3-6-3v-8z", "m-7-6l7 6-7 6zm14 0l-7 6 7 6z",
)  # fmt: skip


def landmark_hue(number: int) -> str:
    """The colour of a landmark: fixed by its number, its place among the sorted names."""
    return HUES[number % len(HUES)] if number >= 0 else UNLABELLED


def landmark_symbol(number: int) -> int:
    """The number of a landmark's marker; with more landmarks than hues the pairs of both still differ."""
    return (number + number // len(HUES)) % SYMBOLS


@dataclass(frozen=True)
class Drawing:
    """A map in a square of `side` units: the markers of each landmark as one path by its number, −1 first, and rings and lines."""

    side: int
    paths: Mapping[int, str]
    rings: tuple[tuple[int, int], ...]
    lines: tuple[tuple[int, int, int, int, str], ...]


def drawn_map(xy: np.ndarray, codes: np.ndarray, *, chosen: Sequence[int] = (), lines: Sequence[tuple] = (), size: int = 16) -> Drawing:
    """Enlarge a map to fill a square.

    Args:
        xy: (N, 2) places.
        codes: (N,) numbers of landmarks, −1 for a pale grey point.
        chosen: numbers of points that get a ring.
        lines: (x1, y1, x2, y2, text) in the places' units.
        size: of a marker, in thousandths of the square.
    """
    xy = np.asarray(xy, float)
    side = 16_000 // size  # a marker has 16 units
    low, high = xy.min(axis=0), xy.max(axis=0)
    scale, middle = (side - 48) / max(float((high - low).max()), 1e-12), (low + high) / 2
    at = lambda places: np.rint(side / 2 + scale * (np.asarray(places, float) - middle) * (1, -1)).astype(int).tolist()  # noqa: E731
    drawn = at(xy)
    paths = {code: "".join(f"M{x} {y}{_outline(code)}" for (x, y), one in zip(drawn, codes, strict=True) if one == code)
             for code in sorted({int(code) for code in codes})}  # fmt: skip
    return Drawing(side, paths, tuple((drawn[point][0], drawn[point][1]) for point in chosen),
                   tuple((*at([line[:2]])[0], *at([line[2:4]])[0], line[4]) for line in lines))  # fmt: skip


def as_svg(drawing: Drawing, words: str) -> str:
    """A drawing as an SVG as wide as what it stands in; `words` say what it shows to who does not see it."""
    side, width = drawing.side, max(2, drawing.side // 160)
    parts = [f'<svg viewBox="0 0 {side} {side}" width="100%" role="img" aria-label="{escape(words)}">']
    for code, path in drawing.paths.items():  # grey ones below
        pale = f' fill-opacity="{PALE}"' if code < 0 else ""
        parts.append(f'<path fill="{landmark_hue(code)}"{pale} d="{path}"/>')
    parts += [f'<circle cx="{x}" cy="{y}" r="20" fill="none" stroke="currentColor" stroke-width="{width}"/>' for x, y in drawing.rings]
    for x1, y1, x2, y2, text in drawing.lines:
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="currentColor" stroke-width="{width}"/>'
                     f'<text x="{(x1 + x2) // 2}" y="{(y1 + y2) // 2}" font-size="{side // 14}" font-weight="bold" '
                     f'text-anchor="middle" fill="currentColor">{escape(text)}</text>')  # fmt: skip
    return "".join([*parts, "</svg>"])


def marker_path(number: int) -> str:
    """The outline of a landmark's marker in a square of 16 × 16."""
    return f"M8 8{_outline(number)}"


def marker(number: int) -> str:
    """A landmark's marker by itself, as an SVG of 16 × 16."""
    shape = f'<path fill="{landmark_hue(number)}" d="{marker_path(number)}"/>'
    return f'<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shape}</svg>'


def _outline(number: int) -> str:
    return _OUTLINES[landmark_symbol(number) if number >= 0 else 0]
