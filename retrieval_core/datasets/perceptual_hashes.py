"""Perceptual hashes: 256 bits of a photograph that hardly change when it is resized, encoded again, brightened or cropped a little.

The hash is `phash` of the library ImageHash with 16 × 16 coefficients: the signs, against their median, of the lowest frequencies of
the grey picture (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010). The usual 8 × 8 coefficients
are too few: LOG.md has the figures.
"""

import os
import zipfile
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from itertools import repeat
from pathlib import Path
from typing import NamedTuple, cast

import imagehash
import numpy as np
from PIL import Image as PILImage
from PIL import ImageOps

from retrieval_core.datasets.images import read_image, shown_as_stored
from retrieval_core.datasets.pixels import THREADS
from retrieval_core.datasets.types import Image
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace

FILE = "perceptual_hashes.npz"
VERSION = 2  # raised when a photograph would get another hash than before
LYING = 1  # the version before: its hashes differ where a photograph is turned, scaled or flattened, and only there
SIDE = 16  # coefficients a side, so SIDE² bits
WORDS = SIDE * SIDE // 64
GREY = 4 * SIDE  # pixels a side of the grey picture that is transformed
ENOUGH = 2 * GREY  # decoded at least so large: the reduced decoding of a JPEG then changes 12 bits at most
FLAT = 1.0  # grey levels of standard deviation; below, the bits are those of the noise, and all such photographs resemble each other
STORE_EVERY = 20_000  # photographs: what a killed run loses at most
MISSING = (-1, 0)  # the stamp of a file that is not there


class Kept(NamedTuple):
    """The hashes (2, WORDS) of one photograph, its image id and file stamp when they were computed, and by which version."""

    id: str
    stamp: tuple[int, int]
    hashes: np.ndarray
    version: int = VERSION

    def holds(self, path: str, stamp: tuple[int, int]) -> bool:
        """Whether the photograph would get these hashes now."""
        return self.stamp == stamp and (self.version == VERSION or shown_as_stored(path))


def perceptual_hash(picture: PILImage.Image) -> np.ndarray:
    """The hash of a picture and that of its mirror image, (2, WORDS) uint64; all zero for a flat one, which has no hash.

    A hash is never zero itself: the bit of the mean is always set.
    """
    grey = picture.convert("L").resize((GREY, GREY), PILImage.Resampling.LANCZOS)
    if np.asarray(grey).std() < FLAT:
        return np.zeros((2, WORDS), np.uint64)
    return np.stack([_bits(grey), _bits(ImageOps.mirror(grey))])


def hashed(hashes: np.ndarray) -> np.ndarray:
    """Which rows (N,) bool of (N, 2, WORDS) hold a hash: not those of flat, unreadable and missing photographs."""
    return np.any(hashes[:, 0], axis=1)


def file_stamp(path: str) -> tuple[int, int]:
    """Size in bytes and time of change in nanoseconds of a file, which tell that it changed; MISSING where there is none."""
    try:
        stat = os.stat(path)
    except OSError:  # also for the path "" of an image without a photograph
        return MISSING
    return stat.st_size, stat.st_mtime_ns


def perceptual_hashes(workspace: Workspace, name: str, images: Sequence[Image]) -> Generator[Progress, None, np.ndarray]:
    """The hashes of photographs of the dataset `name`, (N, 2, WORDS) uint64 in the order of the images: see `perceptual_hash`.

    All zero for an image without a photograph, and for one that can't be read: whoever describes it says so. They are kept in
    the dataset's folder of the cache; only files whose size or time of change differs are read again. Where the cache can't be
    written they are computed and not kept.
    """
    file = workspace.folder(name) / FILE
    known = kept_hashes(workspace, name)
    hashes = np.zeros((len(images), 2, WORDS), np.uint64)
    current, todo = {}, []
    for place, image in enumerate(images):
        stamp, kept = file_stamp(image.path), known.get(image.path)
        if kept is not None and kept.holds(image.path, stamp):
            hashes[place] = kept.hashes
            current[image.path] = Kept(image.id, stamp, kept.hashes)
        elif stamp != MISSING:
            todo.append((place, stamp))
    with ThreadPoolExecutor(THREADS) as threads:
        for start in range(0, len(todo), STORE_EVERY):
            part = todo[start : start + STORE_EVERY]
            reading = cast("Generator[np.ndarray]", threads.map(_of_file, [images[place].path for place, _ in part]))
            with closing(reading) as rows:  # a cancelled run reads no more
                for number, ((place, stamp), row) in enumerate(zip(part, rows, strict=True), start):
                    if number % 128 == 0:
                        yield Progress("perceptual hashes", number, len(todo))
                    hashes[place] = row
                    current[images[place].path] = Kept(images[place].id, stamp, row)
            _store(workspace, file, current)
    if todo:
        yield Progress("perceptual hashes", len(todo), len(todo))
    elif current.keys() != known.keys() or any(kept.version != VERSION for kept in known.values()):  # some were taken out
        _store(workspace, file, current)
    return hashes


def kept_hashes(workspace: Workspace, name: str) -> dict[str, Kept]:
    """The hashes that were kept of a dataset's photographs, by path, whether or not they are still on the disk; empty if none were."""
    try:
        with np.load(workspace.folder(name) / FILE) as kept:
            if (version := int(kept["version"])) not in (LYING, VERSION):
                return {}
            stamps = map(tuple, kept["stamps"].tolist())
            rows = map(Kept, _split(kept["ids"]), stamps, kept["hashes"], repeat(version))
            return dict(zip(_split(kept["paths"]), rows, strict=True))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return {}  # missing or damaged: they are computed again


def _bits(grey: PILImage.Image) -> np.ndarray:
    return np.packbits(imagehash.phash(grey, hash_size=SIDE).hash.ravel()).view(np.uint64)


def _of_file(path: str) -> np.ndarray:
    try:
        return perceptual_hash(read_image(path, ENOUGH))
    except RetrievalError:
        return np.zeros((2, WORDS), np.uint64)


def _store(workspace: Workspace, file: Path, current: Mapping[str, Kept]) -> None:
    # A read-only cache or a full disk: nothing is wrong with the hashes themselves.
    with suppress(OSError, RetrievalError), workspace.writing(file, {"version": VERSION}) as temporary, temporary.open("wb") as handle:
        np.savez(
            handle,
            version=VERSION,
            paths=_joined(current),
            ids=_joined(kept.id for kept in current.values()),
            stamps=np.array([kept.stamp for kept in current.values()], np.int64).reshape(-1, 2),
            hashes=np.array([kept.hashes for kept in current.values()], np.uint64).reshape(-1, 2, WORDS),
        )


def _joined(texts) -> np.ndarray:
    """Texts as bytes, each closed by a zero, which no path holds: numpy's own arrays of texts are as wide as the longest."""
    return np.frombuffer("".join(f"{text}\0" for text in texts).encode("utf-8", "surrogateescape"), np.uint8)


def _split(data: np.ndarray) -> list[str]:
    return data.tobytes().decode("utf-8", "surrogateescape").split("\0")[:-1]
