"""Maps as SVG, without a browser: a point is its landmark's marker in its landmark's colour."""

from collections.abc import Sequence
from html import escape

import numpy as np

# Eleven hues that stay apart in normal vision and in the three kinds of colour blindness, on white and on dark. Found by
# search; tests/pages/test_style.py measures the distances.
HUES = (
    "#9678f0", "#b42d78", "#697800", "#f09600", "#87a5e1", "#963ca5", "#ff4b78", "#1ec3b4", "#692dff", "#d2a55a", "#00783c",
)  # fmt: skip
UNLABELLED = "#999999"
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


def marker(number: int) -> str:
    """A landmark's marker by itself, as an SVG of 16 × 16."""
    shape = f'<path fill="{landmark_hue(number)}" d="M8 8{_outline(number)}"/>'
    return f'<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{shape}</svg>'


def draw_map(
    xy: np.ndarray, codes: np.ndarray, words: str, *, chosen: Sequence[int] = (), lines: Sequence[tuple] = (), size: int = 16
) -> str:
    """A map as an SVG as wide as what it stands in.

    Args:
        xy: (N, 2) places; they are enlarged to fill the drawing.
        codes: (N,) numbers of landmarks, −1 for a pale grey point.
        words: what the picture shows, for who does not see it.
        chosen: numbers of points that get a ring.
        lines: (x1, y1, x2, y2, text) in the places' units.
        size: of a marker, in thousandths of the drawing.
    """
    side = 16_000 // size  # a marker has 16 units
    xy = np.asarray(xy, float)
    low, high = xy.min(axis=0), xy.max(axis=0)
    scale = (side - 48) / max(float((high - low).max()), 1e-12)
    middle = (low + high) / 2
    at = lambda places: np.rint(side / 2 + scale * (np.asarray(places) - middle) * (1, -1)).astype(int)  # noqa: E731
    drawn = at(xy)
    parts = [f'<svg viewBox="0 0 {side} {side}" width="100%" role="img" aria-label="{escape(words)}" '
             'xmlns="http://www.w3.org/2000/svg">']  # fmt: skip
    for code in sorted({int(code) for code in codes}):  # grey ones below
        spots = "".join(f"M{x} {y}{_outline(code)}" for x, y in drawn[codes == code])
        pale = ' fill-opacity=".55"' if code < 0 else ""
        parts.append(f'<path fill="{landmark_hue(code)}"{pale} d="{spots}"/>')
    for point in chosen:
        x, y = drawn[point]
        parts.append(f'<circle cx="{x}" cy="{y}" r="20" fill="none" stroke="currentColor" stroke-width="5"/>')
    for x1, y1, x2, y2, text in lines:
        (x1, y1), (x2, y2) = at([[x1, y1], [x2, y2]])
        parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="currentColor" stroke-width="{side // 160}"/>'
                     f'<text x="{(x1 + x2) // 2}" y="{(y1 + y2) // 2}" font-size="{side // 14}" font-weight="bold" text-anchor="middle" '
                     f'fill="currentColor">{escape(text)}</text>')  # fmt: skip
    return "".join([*parts, "</svg>"])


def _outline(number: int) -> str:
    return _OUTLINES[landmark_symbol(number) if number >= 0 else 0]
