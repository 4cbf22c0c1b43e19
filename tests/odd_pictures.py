"""Small pictures of every kind that once came out differently as a photograph of a dataset and as a picture handed over."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image as PILImage

ORIENTATION = 0x0112


def scene(number: int) -> np.ndarray:
    """A picture (90, 120, 3) uint8 with shapes in it, another one for every number."""
    random = np.random.default_rng((14, number))
    picture = np.full((90, 120, 3), random.integers(60, 200, 3), np.uint8)
    for _ in range(12):
        x, y, width, height = random.integers((0, 0, 8, 8), (110, 80, 60, 50))
        picture[y : y + height, x : x + width] = random.integers(0, 256, 3)
    return picture


def saved(picture: PILImage.Image, kind: str, **options) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def photograph(number: int) -> bytes:
    """A plain JPEG."""
    return saved(PILImage.fromarray(scene(number)), "JPEG")


def one_of_each() -> Iterator[tuple[str, bytes]]:
    """Name and content of files, each with a scene of its own: deep, turned, clear, of four colours, of a palette, moving, lying."""
    picture = lambda number: PILImage.fromarray(scene(number))  # noqa: E731
    grey = np.asarray(picture(0).convert("L")).astype(np.uint16)
    yield "deep.png", saved(PILImage.fromarray(grey * 257), "PNG")
    yield "deep_tiff.tif", saved(PILImage.fromarray(np.asarray(picture(1).convert("L")).astype(np.uint16) * 257), "TIFF")
    for number in (3, 6, 8):
        exif = PILImage.Exif()
        exif[ORIENTATION] = number
        yield f"turned_{number}.jpg", saved(picture(number), "JPEG", exif=exif)
    clear = picture(10).convert("RGBA")
    clear.putalpha(PILImage.fromarray((255 * (np.mgrid[:90, :120][1] < 70)).astype(np.uint8)))
    yield "clear.png", saved(clear, "PNG")
    yield "grey_clear.png", saved(clear.convert("LA"), "PNG")
    yield "four_colours.jpg", saved(picture(11).convert("CMYK"), "JPEG")
    yield "palette.png", saved(picture(12).quantize(32), "PNG")
    yield "palette_clear.gif", saved(picture(13).quantize(32), "GIF", transparency=1)
    yield "bits.bmp", saved(picture(14).convert("1"), "BMP")
    yield "moving.webp", saved(picture(15), "WEBP", save_all=True, append_images=[picture(16)], lossless=True)
    yield "narrow.png", saved(PILImage.fromarray(np.ascontiguousarray(scene(17)[:, :20])), "PNG")
    yield "tiny.jpg", saved(picture(18).resize((9, 7)), "JPEG")
    yield "large.jpg", saved(picture(19).resize((1700, 1300)), "JPEG")
    yield "modern.avif", saved(picture(20), "AVIF")
