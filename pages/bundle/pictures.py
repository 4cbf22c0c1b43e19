"""The pictures of a bundle: photographs, the crops of queries, and the sheets that the map draws from, all small, as WebP."""

import base64
import io
from collections.abc import Generator, Iterator, Sequence

from PIL import Image as PILImage

from pages.bundle.asked import Asked
from pages.state import loaders
from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.thumbnails import small_crop
from retrieval_core.progress import Progress
from retrieval_core.stored.results import list_sheets

SIDES = (256, 224, 192, 160, 128, 96)
"""Pixels of a photograph's longest side: the largest with which all of them find room."""
CROP = 144
QUALITY = 62
_TRIED = 24  # photographs, spread evenly, that the size of all is estimated from


def pictures(asked: Asked, room: int) -> Generator[Progress, None, dict[str, str]]:
    """The pictures in base64, by "photograph/ID", "crop/QUERY" and "sheet/NUMBER"; `room`: bytes that they may take, about.

    A photograph that is not there is left out; RetrievalError naming one that is broken.
    """
    found: dict[str, str] = {}
    if not asked.photographs:
        return found
    dataset = asked.dataset
    known = [image for image in dataset.images if image.path]
    for number, sheet in enumerate(list_sheets(loaders.workspace(), dataset)):
        yield Progress("sheets", number, 1)
        with PILImage.open(sheet) as picture:
            found[f"sheet/{number}"] = _packed(picture.convert("RGB"))
    for query in dataset.queries:
        if path := dataset.image(query.image_id).path:
            with PILImage.open(io.BytesIO(small_crop(path, query.box, CROP))) as picture:
                found[f"crop/{query.id}"] = _packed(picture.convert("RGB"))
    side = fitting_side([image.path for image in known], room - sum(map(len, found.values())))
    for number, image in enumerate(known):
        if number % 64 == 0:
            yield Progress("pictures", number, len(known), f"{side} pixels")
        found[f"photograph/{image.id}"] = photograph(image.path, side)
    yield Progress("pictures", len(known), len(known), f"{side} pixels")
    return found


def photograph(path: str, side: int) -> str:
    """A photograph whose longest side is at most `side` pixels."""
    picture = read_image(path, side)
    picture.thumbnail((side, side), PILImage.Resampling.LANCZOS, reducing_gap=3.0)
    return _packed(picture)


def fitting_side(paths: Sequence[str], room: int) -> int:
    """The largest of SIDES with which photographs take no more than `room` bytes, by those of a few; the smallest if none does."""
    some = [paths[number * len(paths) // _TRIED] for number in range(_TRIED)] if len(paths) > _TRIED else list(paths)
    return next((side for side in SIDES if _mean(photograph(path, side) for path in some) * len(paths) <= room), SIDES[-1])


def _mean(texts: Iterator[str]) -> float:
    lengths = [len(text) for text in texts]
    return sum(lengths) / max(1, len(lengths))


def _packed(picture: PILImage.Image) -> str:
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=QUALITY, method=4)
    return base64.b64encode(data.getvalue()).decode()
