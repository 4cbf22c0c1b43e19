"""The filters of a network's first layer as pictures: what it looks for in pixels, before and after a training."""

from dataclasses import dataclass

import numpy as np
from PIL import Image as PILImage
from PIL import ImageDraw, ImageFont

from retrieval_core.networks.weights import State

COLUMNS = 16  # filters in a row
SIDE = 44  # pixels of a filter as it is drawn
_GAP = 4
_MARGIN, _LINE = 24, 24  # pixels between sheets, and of a line of words


@dataclass(frozen=True, eq=False)
class FilterPictures:
    """The filters of a first layer as one picture each: before, after, and what changed, that `enlarged` times; 0 where nothing did."""

    name: str
    before: PILImage.Image
    after: PILImage.Image
    difference: PILImage.Image
    enlarged: float

    @property
    def moved(self) -> bool:
        """Whether any weight changed."""
        return self.enlarged > 0

    def beside(self, parent: str, child: str) -> PILImage.Image:
        """The three beside one another on white, each under its name."""
        titles = (f"{parent}: {self.name}", f"{child}: {self.name}", f"difference, {self.enlarged:,.0f} times enlarged")
        sheets, font = (self.before, self.after, self.difference), ImageFont.load_default(15)
        whole = PILImage.new("RGB", (sum(sheet.width for sheet in sheets) + 2 * _MARGIN, self.before.height + _LINE), "white")
        left = 0
        for title, sheet in zip(titles, sheets, strict=True):
            ImageDraw.Draw(whole).text((left, 2), title, "black", font)
            whole.paste(sheet, (left, _LINE), sheet)
            left += sheet.width + _MARGIN
        return whole


def first_layer(state: State) -> str | None:
    """The name of the layer that sees the pixels: the convolution of three channels; None if there is none."""
    return next((name for name in sorted(state) if state[name].ndim == 4 and state[name].shape[1] == 3), None)


def filter_pictures(before: State, after: State) -> FilterPictures | None:
    """The first filters of two weights in the same order; None where there is no such layer, or it has another shape.

    Grey is zero. A filter has one scale before and after, its largest weight in either; the difference is enlarged for all filters
    alike, until the largest fills the scale.
    """
    name = first_layer(after)
    if name is None or name not in before or before[name].shape != after[name].shape:
        return None
    old, new = (state[name].float().numpy() for state in (before, after))
    scale = np.maximum(abs(old), abs(new)).max((1, 2, 3), keepdims=True).clip(min=1e-12)
    change = (new - old) / scale
    largest = float(abs(change).max())
    enlarged = 1 / largest if largest else 0.0
    return FilterPictures(name.removeprefix("trunk.").removesuffix(".weight"), filter_sheet(old / scale), filter_sheet(new / scale),
                          filter_sheet(change * enlarged), enlarged)  # fmt: skip


def filter_sheet(filters: np.ndarray) -> PILImage.Image:
    """Filters (F, 3, k, k) with weights from −1 to 1 side by side, COLUMNS in a row, nothing between them: RGBA, grey is 0."""
    bytes_ = np.rint(127.5 + 127.5 * filters.clip(-1, 1)).astype(np.uint8).transpose(0, 2, 3, 1)
    rows = -(-len(filters) // COLUMNS)
    width = min(COLUMNS, len(filters))
    sheet = PILImage.new("RGBA", (width * (SIDE + _GAP) - _GAP, rows * (SIDE + _GAP) - _GAP))
    for number, pixels in enumerate(bytes_):
        picture = PILImage.fromarray(pixels).resize((SIDE, SIDE), PILImage.Resampling.NEAREST)
        sheet.paste(picture, (number % COLUMNS * (SIDE + _GAP), number // COLUMNS * (SIDE + _GAP)))
    return sheet
