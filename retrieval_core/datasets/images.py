"""Photographs as files: find them, read them, crop and resize them."""

import os
from collections.abc import Iterable
from pathlib import Path

from PIL import Image as PILImage

from retrieval_core.datasets.fingerprints import unreadable
from retrieval_core.datasets.types import Box, Image
from retrieval_core.errors import RetrievalError, check_choice

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
CROP_RULES = ("fill", "same")

_DECODE_ERRORS = (OSError, SyntaxError, ValueError, PILImage.DecompressionBombError)


def list_photographs(folder: str | Path) -> dict[str, str]:
    """Absolute path of every photograph directly in a folder by its file stem, sorted by stem.

    Empty where the folder is missing. Raises RetrievalError if two photographs have the same stem.
    """
    folder = os.path.abspath(folder)
    found: dict[str, str] = {}
    if not os.path.isdir(folder):
        return found
    with os.scandir(folder) as entries:
        for entry in entries:
            stem, suffix = os.path.splitext(entry.name)
            if suffix.lower() not in SUFFIXES or stem.startswith(".") or not entry.is_file():
                continue
            if stem in found:
                raise RetrievalError(
                    f"{found[stem]} and {entry.path} would have the same image id {stem!r}. "
                    "Rename or remove one of them."
                )
            found[stem] = entry.path
    return dict(sorted(found.items()))


def image_size(path: str | Path) -> tuple[int, int]:
    """Width and height of a photograph as stored, in pixels, from its header only."""
    try:
        with PILImage.open(path) as image:
            return image.size
    except _DECODE_ERRORS as error:
        raise unreadable(path, error) from error


def read_image(path: str | Path, enough: int | None = None) -> PILImage.Image:
    """Decode a photograph as RGB, in its stored orientation: the boxes of a ground truth refer to stored pixels.

    With `enough`, a JPEG may be decoded at an eighth, a quarter or half its size as long as no side falls below so many
    pixels, which is several times faster and does for thumbnails.
    Raises RetrievalError naming the file if it is missing, broken or truncated.
    """
    try:
        with PILImage.open(path) as image:
            if enough is not None:
                image.draft("RGB", (enough, enough))
            return image.convert("RGB")
    except _DECODE_ERRORS as error:
        raise unreadable(path, error) from error


def resize_longest(image: PILImage.Image, size: int) -> PILImage.Image:
    """Shrink or enlarge a picture so that its longest side is `size` pixels; the shape is kept."""
    return _scale(image, size / max(image.size))


def crop_query(image: PILImage.Image, box: Box | None, size: int, rule: str) -> PILImage.Image:
    """Cut a query's box out of the full photograph, then resize it.

    Rule "fill": the crop's longest side becomes `size` pixels (the practical's way). Rule "same": the crop is scaled by
    the factor that would bring the whole photograph to `size` (the field's default). Without a box the whole photograph
    is the query and the rules agree.
    """
    check_choice("crop rule", rule, CROP_RULES)
    crop = image if box is None else image.crop(_pixel_box(box, image.size))
    return _scale(crop, size / max((crop if rule == "fill" else image).size))


def read_box(text: str, size: tuple[int, int]) -> Box:
    """A box written as "x1,y1,x2,y2", pixels of a picture of this width and height.

    Raises RetrievalError if it is not four numbers, is empty, or does not lie on the picture.
    """
    try:
        left, top, right, bottom = (float(part) for part in text.split(","))
    except ValueError:
        raise RetrievalError(f"The box {text!r} is not four numbers. Write it as x1,y1,x2,y2.") from None
    if not (0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]):
        raise RetrievalError(f"The box {text!r} does not lie on a picture of {size[0]} × {size[1]} pixels.")
    return left, top, right, bottom


def folders_of(root: str | Path, images: Iterable[Image]) -> set[str]:
    """The folder `root` and every folder between it and a photograph; all paths are absolute."""
    root = str(root)
    found = {root}
    for folder in {os.path.dirname(image.path) for image in images}:
        while folder not in found and folder.startswith(root):
            found.add(folder)
            folder = os.path.dirname(folder)
    return found


def _scale(image: PILImage.Image, factor: float) -> PILImage.Image:
    width, height = (max(1, round(side * factor)) for side in image.size)
    if (width, height) == image.size:
        return image
    # reducing_gap first shrinks by a whole factor: several times faster, and the eye sees no difference at 3.
    return image.resize((width, height), PILImage.Resampling.LANCZOS, reducing_gap=3.0)


def _pixel_box(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Round a box to whole pixels inside the picture, at least one pixel wide and high."""
    width, height = size
    left, top = min(max(round(box[0]), 0), width - 1), min(max(round(box[1]), 0), height - 1)
    return left, top, min(max(round(box[2]), left + 1), width), min(max(round(box[3]), top + 1), height)
