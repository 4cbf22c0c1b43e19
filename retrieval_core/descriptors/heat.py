"""Heat on a picture: what its places add to a similarity, as colours over its grey copy."""

from collections.abc import Sequence

import numpy as np
from PIL import Image as PILImage
from PIL import ImageDraw, ImageFont, ImageOps

from retrieval_core.descriptors.match_maps import Side

HEIGHT = 420  # pixels of the pictures in a row
_GAP, _LINE = 12, 24
# (share of the strongest, red, green, blue, opacity): from violet over orange to light yellow what adds, in blue what takes away. The
# lightness rises with the strength in both, so that they can be read without seeing hues; a grey picture shows through where little is.
_ADDS = ((0, 87, 16, 110, 0), (0.35, 188, 55, 84, 150), (0.7, 249, 142, 9, 200), (1, 252, 255, 164, 235))
_TAKES = ((0, 8, 48, 107, 0), (0.5, 33, 113, 181, 150), (1, 158, 202, 255, 235))


def _ramp() -> np.ndarray:
    shares = np.linspace(0, 1, 256)

    def through(stops: Sequence[Sequence[float]]) -> np.ndarray:
        at, *channels = np.array(stops, float).T
        return np.stack([np.interp(shares, at, channel) for channel in channels], axis=1)

    return np.concatenate([through(_TAKES)[:0:-1], through(_ADDS)]).round().astype(np.uint8)


RAMP = _ramp()
"""RGBA (511, 4) uint8: in the middle nothing, the strongest that adds at the end, the strongest that takes away at the beginning."""


def coloured(side: Side, size: tuple[int, int]) -> PILImage.Image:
    """Heat as an RGBA picture of a width and height, interpolated between the middles of cells; the strongest has the ramp's end."""
    down, across = (_between(edges, pixels) for edges, pixels in zip(side.edges, size[::-1], strict=True))
    most = float(np.abs(side.grid).max()) or 1.0
    places = np.clip(np.rint(255 + 255 * down @ side.grid @ across.T / most), 0, 510).astype(int)
    return PILImage.fromarray(RAMP[places], "RGBA")


def _between(edges: np.ndarray, pixels: int) -> np.ndarray:
    """(pixels, cells): how much each pixel of a line takes of each cell."""
    middles = (edges[1:] + edges[:-1]) / 2
    at = (np.arange(pixels) + 0.5) / pixels
    return np.stack([np.interp(at, middles, one) for one in np.eye(len(middles))], axis=1)


def row_of_heat(pictures: Sequence[PILImage.Image], sides: Sequence[Side], words: Sequence[str]) -> PILImage.Image:
    """Pictures beside one another at one height, with heat over them and a line of words below each."""
    shown = []
    for picture, side in zip(pictures, sides, strict=True):
        size = max(1, round(picture.width * HEIGHT / picture.height)), HEIGHT
        grey = ImageOps.grayscale(picture.resize(size, PILImage.Resampling.LANCZOS)).convert("RGBA")
        shown.append(PILImage.alpha_composite(grey, coloured(side, size)))
    font = ImageFont.load_default(15)
    widths = [max(one.width, round(font.getlength(text))) for one, text in zip(shown, words, strict=True)]
    row = PILImage.new("RGB", (sum(widths) + _GAP * (len(shown) - 1), HEIGHT + _LINE), "white")
    left = 0
    for one, width, text in zip(shown, widths, words, strict=True):
        row.paste(one.convert("RGB"), (left, 0))
        ImageDraw.Draw(row).text((left, HEIGHT + 4), text, "black", font)
        left += width + _GAP
    return row


def stacked(rows: Sequence[PILImage.Image]) -> PILImage.Image:
    """Pictures under one another."""
    whole = PILImage.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)), "white")
    top = 0
    for row in rows:
        whole.paste(row, (0, top))
        top += row.height
    return whole
