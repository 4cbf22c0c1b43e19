"""Photographs as files: find them, read them, crop and resize them."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from PIL import Image as PILImage

from retrieval_core.datasets import decoding
from retrieval_core.datasets.decoding import SUFFIXES
from retrieval_core.datasets.fingerprints import unreadable
from retrieval_core.datasets.names import id_of
from retrieval_core.datasets.types import Box, Image
from retrieval_core.errors import RetrievalError, check_choice

CROP_RULES = ("fill", "same")
ENDINGS_IN_WORDS = "JPEG, PNG, TIFF, WebP, AVIF, GIF, BMP and other formats that Pillow reads"

Place = tuple[str, ...]
"""Where a photograph lies below a folder: what the folders between are called here, then its own name without the ending."""


def list_photographs(folder: str | Path) -> dict[str, str]:
    """Absolute path of every photograph directly in a folder by its image id, the stem as `names.id_of` writes it; sorted by id.

    Of several with one id the one whose ending comes first in SUFFIXES is taken. Empty where the folder is missing.
    """
    folder = os.path.abspath(folder)
    return _photographs(_entries(folder)) if os.path.isdir(folder) else {}


def walk(root: str | Path) -> Iterator[tuple[Place, str, list[os.DirEntry]]]:
    """Every folder from `root` down: its place below it, its path, and what is in it, sorted; nothing for one that can't be opened.

    Folders whose names begin with a dot are left out. Links to folders are followed, but not to one that they lie in.
    """
    waiting: list[tuple[Place, str, frozenset]] = [((), os.path.abspath(root), frozenset())]
    while waiting:
        place, folder, above = waiting.pop()
        try:
            stat = os.stat(folder)
        except OSError:
            continue
        if (here := (stat.st_dev, stat.st_ino)) in above:
            continue
        entries = _entries(folder)
        yield place, folder, entries
        inner = [entry for entry in entries if not entry.name.startswith(".") and entry.is_dir()]
        waiting += [((*place, id_of(entry.name)), entry.path, above | {here}) for entry in reversed(inner)]


def photographs_below(root: str | Path) -> tuple[dict[Place, str], list[str]]:
    """The absolute path of every photograph in a folder, however deep, by its place; and all folders that were looked into."""
    found: dict[Place, str] = {}
    folders = []
    for place, folder, entries in walk(root):
        folders.append(folder)
        found |= {(*place, stem): path for stem, path in _photographs(entries).items()}
    return found, folders


@contextmanager
def _file(path: str | Path) -> Iterator[BinaryIO]:
    try:
        with open(path, "rb") as file:
            yield file
    except Exception as error:  # a broken file may make a decoder raise anything
        raise unreadable(path, error) from error


def image_size(path: str | Path) -> tuple[int, int]:
    """Width and height in pixels of a photograph as it is shown, upright, from its header only."""
    with _file(path) as file:
        return decoding.picture_size(file)


def browsers_show(path: str | Path) -> bool:
    """Whether a browser shows the same pixels as we do when it is given the file of a photograph."""
    with _file(path) as file:
        return decoding.is_plain_jpeg(file)


def shown_as_stored(path: str | Path) -> bool:
    """Whether a photograph can be opened, and its pixels are simply the stored ones as RGB: see `decoding.peculiarity`."""
    try:
        with open(path, "rb") as file:
            return not decoding.peculiarity(file)
    except OSError:
        return False


def read_image(path: str | Path, enough: int | None = None) -> PILImage.Image:
    """Decode a photograph as RGB, upright, as `decode_picture` says, which also explains `enough`.

    Raises RetrievalError naming the file if it is missing, broken, truncated or too large.
    """
    with _file(path) as file:
        return decoding.decode_picture(file, enough)


def box_as_shown(box: Box | None, path: str | Path) -> Box | None:
    """A box in pixels of a photograph as stored, in those of the photograph as it is shown: both are turned together."""
    if box is None:
        return None
    with _file(path) as file:
        turn = decoding.stored_orientation(file)
    if turn == 1:
        return box
    width, height = image_size(path) if turn < 5 else image_size(path)[::-1]
    turned = {
        2: lambda x, y: (width - x, y), 3: lambda x, y: (width - x, height - y), 4: lambda x, y: (x, height - y),
        5: lambda x, y: (y, x), 6: lambda x, y: (height - y, x), 7: lambda x, y: (height - y, width - x),
        8: lambda x, y: (y, width - x),
    }[turn]  # fmt: skip
    (x1, y1), (x2, y2) = turned(*box[:2]), turned(*box[2:])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def resize_longest(image: PILImage.Image, size: float) -> PILImage.Image:
    """Shrink or enlarge a picture so that its longest side is `size` pixels; the shape is kept."""
    return _scale(image, size / max(image.size))


def crop_query(image: PILImage.Image, box: Box | None, size: int, rule: str) -> PILImage.Image:
    """Cut a query's box out of the full photograph, then resize it.

    Rule "fill": the crop's longest side becomes `size` pixels (the practical's way). Rule "same": the crop is scaled by
    the factor that would bring the whole photograph to `size` (the field's default). Without a box the whole photograph
    is the query and the rules agree.
    """
    check_choice("crop rule", rule, CROP_RULES)
    crop = crop_box(image, box)
    return _scale(crop, size / max((crop if rule == "fill" else image).size))


def crop_box(image: PILImage.Image, box: Box | None) -> PILImage.Image:
    """What is in a box of a picture, at least one pixel wide and high; the picture itself without a box."""
    return image if box is None else image.crop(_pixel_box(box, image.size))


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


def _entries(folder: str) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []  # `left_out` says so


def _photographs(entries: Iterable[os.DirEntry]) -> dict[str, str]:
    found: dict[str, tuple[int, str]] = {}
    for entry in entries:
        stem, suffix = os.path.splitext(entry.name)
        if suffix.lower() in _PLACES and not stem.startswith(".") and entry.is_file():
            image_id, rank = id_of(stem), _PLACES[suffix.lower()]
            if image_id not in found or rank < found[image_id][0]:
                found[image_id] = rank, entry.path
    return {image_id: path for image_id, (_, path) in sorted(found.items())}


_PLACES = {ending: place for place, ending in enumerate(SUFFIXES)}
