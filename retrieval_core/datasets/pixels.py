"""Photographs decoded once at working size, and shared by all models that use this size."""

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.array_files import ArrayWriter, read_arrays
from retrieval_core.datasets.fingerprints import all_of
from retrieval_core.datasets.images import image_size, read_image, resize_longest
from retrieval_core.datasets.types import Image
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import publish, short_hash, temporary_name

BUDGET = 2 * 2**30  # bytes of decoded pictures that are kept on disk; a larger set is decoded at every use
THREADS = os.cpu_count() or 1
MIN_SIDE = 33  # pixels; a narrower picture is widened to it
"""The least side that a network takes.

Up to 32 pixels, ResNet's last strided convolution has a map of one column to make: there the AMX kernels of oneDNN 3.12,
which torch 2.14 computes bfloat16 with, read beyond the picture, and what comes out is different each time.
"""
CHUNK = 256  # photographs decoded between two reports of progress


@dataclass(frozen=True, eq=False)
class Pixels:
    """Pictures of a dataset as uint8 arrays (H, W, 3), by their position in `images`.

    shapes: (N, 2) height and width of each. flat: the bytes of all pictures one after the other, memory-mapped, or
    None where they are decoded at every use.
    """

    images: tuple[Image, ...]
    size: int
    square: bool
    shapes: np.ndarray
    flat: np.ndarray | None

    def read(self, positions: Sequence[int] | np.ndarray) -> list[np.ndarray]:
        """The pictures at these positions."""
        if self.flat is None:
            with all_named(self.images), ThreadPoolExecutor(THREADS) as threads:
                return list(threads.map(lambda k: decode(self.images[k], self.size, self.square), positions))
        ends = self._ends
        return [self.flat[ends[k] : ends[k + 1]].reshape(*self.shapes[k], 3) for k in map(int, positions)]

    @cached_property
    def _ends(self) -> np.ndarray:
        """Where each picture begins in `flat`, and where the last ends."""
        return np.concatenate([[0], np.cumsum(self.shapes.prod(1) * 3)])


def broken(images: Sequence[Image]) -> Iterator[RetrievalError | None]:
    """Decode photographs one after the other, as small as their format allows; what is wrong with each, None where nothing is."""

    def fault(image: Image) -> RetrievalError | None:
        try:
            if image.path:
                read_image(image.path, 1)
        except RetrievalError as error:
            return error
        return None

    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(images), CHUNK):
            yield from threads.map(fault, images[start : start + CHUNK])


@contextmanager
def all_named(images: Sequence[Image]) -> Iterator[None]:
    """Where one photograph can't be decoded, look for all that can't, so that a person mends them together."""
    try:
        yield
    except RetrievalError as error:
        raise all_of(list(filter(None, broken(images))) or [error]) from error


def decode(image: Image, size: int, square: bool) -> np.ndarray:
    """One photograph as (H, W, 3) uint8: squashed to a square of side `size`, or its longest side made `size`.

    Raises RetrievalError naming the file if it is broken.
    """
    return as_array(read_image(image.path), size, square)


def as_array(picture: PILImage.Image, size: int, square: bool) -> np.ndarray:
    """A decoded picture at working size, (H, W, 3) uint8."""
    if square:
        return np.asarray(picture.resize((size, size), PILImage.Resampling.BICUBIC))
    return widened(resize_longest(picture, size))


def widened(picture: PILImage.Image) -> np.ndarray:
    """A picture as (H, W, 3) uint8, its sides at least MIN_SIDE."""
    sides = max(MIN_SIDE, picture.width), max(MIN_SIDE, picture.height)
    return np.asarray(picture if sides == picture.size else picture.resize(sides, PILImage.Resampling.BICUBIC))


def open_pixels(
    images: Sequence[Image], fingerprint: str, size: int, square: bool, folder: Path, keep: bool = True
) -> Generator[Progress, None, Pixels]:
    """Decode photographs at working size into `folder`, or open what was decoded before; without `keep`, decode them at every use.

    `fingerprint` is of the photographs of the dataset that the images are of. A file is of these images, of this fingerprint and
    of this least side: another selection of the dataset has a file of its own, and the files of other fingerprints are removed.
    """
    images = tuple(images)
    begin = f"pixels-{size}{'-square' if square else ''}"
    about = {"fingerprint": fingerprint, "least_side": MIN_SIDE, "images": [image.id for image in images]}
    path = folder / f"{begin}-{short_hash(about)}.safetensors"
    if (known := _stored(path, about)) is not None:
        return Pixels(images, size, square, *known)
    with all_named(images):
        shapes = read_shapes(images, size, square)
    total = shapes.prod(1).sum() * 3
    if not (keep and len(images)) or total > BUDGET:
        return Pixels(images, size, square, shapes, None)
    folder.mkdir(parents=True, exist_ok=True)
    _remove_others(folder, begin, about)
    temporary = temporary_name(path)
    try:
        layout = {"shapes": (shapes.shape, np.int64), "flat": ((total,), np.uint8)}
        with all_named(images), ArrayWriter(temporary, layout, about) as writer, ThreadPoolExecutor(THREADS) as threads:
            writer.append("shapes", shapes)
            for start in range(0, len(images), CHUNK):
                yield Progress("decode photographs", start, len(images))
                for array in threads.map(lambda image: decode(image, size, square), images[start : start + CHUNK]):
                    writer.append("flat", array.reshape(-1))
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    yield Progress("decode photographs", len(images), len(images))
    return Pixels(images, size, square, *_stored(path, about))


def _stored(path: Path, about: dict) -> tuple[np.ndarray, np.ndarray] | None:
    """Shapes and bytes of the pictures that a file holds; None where it is missing, damaged, or of other pictures."""
    try:
        arrays, found = read_arrays(path)
    except RetrievalError:
        return None
    return (arrays["shapes"], arrays["flat"]) if found == about else None


def _remove_others(folder: Path, begin: str, about: dict) -> None:
    """Remove what was decoded at this size of photographs that have changed since, also by earlier versions of the program."""
    for file in (*folder.glob(f"{begin}-*.safetensors"), folder / f"{begin}.bin", folder / f"{begin}.json"):
        if "square" in file.name.removeprefix(begin):
            continue  # of another kind: pixels-60-square is not of pixels-60
        try:
            found = read_arrays(file)[1]
        except RetrievalError:
            found = {}
        if (found.get("fingerprint"), found.get("least_side")) != (about["fingerprint"], about["least_side"]):
            file.unlink(missing_ok=True)


def read_shapes(images: Sequence[Image], size: int, square: bool) -> np.ndarray:
    """Height and width of photographs at working size, (N, 2); only their headers are read."""
    return np.array([_shape(image, size, square) for image in images], np.int64).reshape(-1, 2)


def _shape(image: Image, size: int, square: bool) -> tuple[int, int]:
    if square:
        return size, size
    width, height = image_size(image.path)
    factor = size / max(width, height)
    return max(MIN_SIDE, round(height * factor)), max(MIN_SIDE, round(width * factor))
