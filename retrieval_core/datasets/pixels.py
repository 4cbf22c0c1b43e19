"""Photographs decoded once at working size, and shared by all models that use this size."""

import json
import os
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.images import image_size, read_image, resize_longest
from retrieval_core.datasets.types import Image
from retrieval_core.progress import Progress
from retrieval_core.workspace import publish, write_json

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

    def read(self, positions: Sequence[int]) -> list[np.ndarray]:
        """The pictures at these positions."""
        if self.flat is None:
            with ThreadPoolExecutor(THREADS) as threads:
                return list(threads.map(lambda k: decode(self.images[k], self.size, self.square), positions))
        offsets = self._offsets()
        return [self.flat[offsets[k] : offsets[k + 1]].reshape(*self.shapes[k], 3) for k in map(int, positions)]

    def _offsets(self) -> np.ndarray:
        known = self.__dict__.get("_known")
        if known is None:
            known = np.concatenate([[0], np.cumsum(self.shapes.prod(1) * 3)])
            object.__setattr__(self, "_known", known)
        return known


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
    sides = tuple(max(MIN_SIDE, side) for side in picture.size)
    return np.asarray(picture if sides == picture.size else picture.resize(sides, PILImage.Resampling.BICUBIC))


def open_pixels(
    images: Sequence[Image], fingerprint: str, size: int, square: bool, folder: Path
) -> Generator[Progress, None, Pixels]:
    """Decode photographs at working size into `folder`, or open what was decoded before.

    `fingerprint` is the dataset's: a set that changed is decoded anew, as is one of another least side.
    """
    images = tuple(images)
    path = folder / f"pixels-{size}{'-square' if square else ''}.bin"
    index = path.with_suffix(".json")
    known = json.loads(index.read_text()) if index.exists() and path.exists() else {}
    wanted = {"fingerprint": fingerprint, "least_side": MIN_SIDE}
    if wanted.items() <= known.items() and known.get("bytes") == path.stat().st_size:
        shapes = np.array(known["shapes"], np.int64).reshape(-1, 2)
        return Pixels(images, size, square, shapes, np.memmap(path, np.uint8, "r"))
    shapes = np.array([_shape(image, size, square) for image in images], np.int64).reshape(-1, 2)
    if not len(images) or shapes.prod(1).sum() * 3 > BUDGET:
        return Pixels(images, size, square, shapes, None)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.writing")
    try:
        with temporary.open("wb") as file, ThreadPoolExecutor(THREADS) as threads:
            for start in range(0, len(images), CHUNK):
                yield Progress("decode photographs", start, len(images))
                for array in threads.map(lambda image: decode(image, size, square), images[start : start + CHUNK]):
                    file.write(array.tobytes())
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    write_json(index, wanted | {"bytes": path.stat().st_size, "shapes": shapes.tolist()})
    yield Progress("decode photographs", len(images), len(images))
    return Pixels(images, size, square, shapes, np.memmap(path, np.uint8, "r"))


def _shape(image: Image, size: int, square: bool) -> tuple[int, int]:
    if square:
        return size, size
    width, height = image_size(image.path)
    factor = size / max(width, height)
    return max(MIN_SIDE, round(height * factor)), max(MIN_SIDE, round(width * factor))
