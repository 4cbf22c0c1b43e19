"""Thumbnails: a dataset's photographs side by side on sheets that a browser can draw from, and single ones."""

import io
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from PIL import Image as PILImage
from PIL import ImageDraw, ImageFont, ImageOps

from retrieval_core.datasets.images import browsers_show, crop_query, image_size, read_image
from retrieval_core.datasets.pixels import THREADS
from retrieval_core.datasets.types import Box, Image
from retrieval_core.progress import Progress

CELL = 96  # pixels of a cell's sides
COLUMNS = 42  # 42 × 96 = 4032: the largest square that every browser takes as one texture is 4096
PER_SHEET = COLUMNS * COLUMNS
MOST = 60_000  # photographs; above, the sheets would not fit into a browser's memory

_BACKGROUND = (128, 128, 128)


def sheet_count(images: Sequence[Image]) -> int:
    """How many sheets a dataset takes; none above MOST photographs, or where there are only descriptors of them."""
    return 0 if len(images) > MOST or not all(image.path for image in images) else -(-len(images) // PER_SHEET)


def write_sheet(images: Sequence[Image], number: int, path: Path) -> Generator[Progress, None, None]:
    """Write sheet `number` (from 0) of a dataset as a JPEG: COLUMNS cells a row, photographs in the dataset's order.

    Every photograph is cut to a square around its centre. Raises RetrievalError naming a photograph that is broken.
    """
    members = images[number * PER_SHEET : (number + 1) * PER_SHEET]
    rows = -(-len(members) // COLUMNS)
    sheet = PILImage.new("RGB", (COLUMNS * CELL, rows * CELL), _BACKGROUND)
    with ThreadPoolExecutor(THREADS) as threads:
        for place, picture in enumerate(threads.map(_square, members)):
            if place % 128 == 0:
                yield Progress("thumbnails", place, len(members))
            sheet.paste(picture, (place % COLUMNS * CELL, place // COLUMNS * CELL))
    with path.open("wb") as file:
        sheet.save(file, "JPEG", quality=80)
    yield Progress("thumbnails", len(members), len(members))


def small_jpeg(path: str | Path, side: int) -> bytes:
    """A photograph as a JPEG whose longest side is at most `side` pixels; the file itself where a browser shows it as it is.

    For the path "" of an image that has no photograph, a picture that says so.
    """
    if not path:
        return _as_jpeg(placeholder())
    if max(image_size(path)) <= side and browsers_show(path):
        return Path(path).read_bytes()
    picture = read_image(path, side)
    picture.thumbnail((side, side), PILImage.Resampling.LANCZOS, reducing_gap=3.0)
    return _as_jpeg(picture)


def small_crop(path: str | Path, box: Box | None, side: int) -> bytes:
    """What is in a box of a photograph as a JPEG whose longest side is `side` pixels; see `small_jpeg`."""
    return _as_jpeg(crop_query(read_image(path), box, side, "fill")) if path and box else small_jpeg(path, side)


@cache
def placeholder() -> PILImage.Image:
    """What stands for a photograph that is not there: a grey picture that says so."""
    picture = PILImage.new("RGB", (240, 180), _BACKGROUND)
    ImageDraw.Draw(picture).text((120, 90), "no photograph", (255, 255, 255), ImageFont.load_default(24), anchor="mm")
    return picture


def _as_jpeg(picture: PILImage.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=84)
    return data.getvalue()


def _square(image: Image) -> PILImage.Image:
    return ImageOps.fit(read_image(image.path, CELL), (CELL, CELL), PILImage.Resampling.BICUBIC)
