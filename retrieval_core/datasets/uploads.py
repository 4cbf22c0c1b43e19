"""Pictures that a person hands over: decided by their content, bounded before they are decoded, turned upright.

Nothing is written to disk.
"""

import io
import warnings

import numpy as np
from PIL import Image as PILImage
from PIL import ImageOps

from retrieval_core.errors import RetrievalError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 30_000_000
MOST_PIXELS = 60_000_000  # 180 MB once decoded
LEAST_SIDE = 16  # pixels; below, no network sees anything


def read_upload(data: bytes, name: str) -> PILImage.Image:
    """The picture in these bytes as RGB, upright as its EXIF orientation says, 16 bits a channel scaled to 8.

    `name` is what messages call it. Raises RetrievalError, each with its remedy, for what is no JPEG, PNG or WebP, is too
    large or too small, or is broken.
    """
    if len(data) > MOST_BYTES:
        raise RetrievalError(f"{name} has {len(data) / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f}. Save it smaller and try again.")
    try:
        with warnings.catch_warnings():
            # Its size is checked below, before anything is decoded.
            warnings.simplefilter("ignore", PILImage.DecompressionBombWarning)
            picture = PILImage.open(io.BytesIO(data), formats=FORMATS)
    except PILImage.DecompressionBombError:
        raise _too_many_pixels(name) from None
    except (OSError, SyntaxError, ValueError) as error:
        raise RetrievalError(
            f"{name} is not a JPEG, PNG or WebP picture, whatever its name says. Save it as one of these and try again."
        ) from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels(name, f"{width} × {height}")
    if min(width, height) < LEAST_SIDE:
        raise RetrievalError(f"{name} has {width} × {height} pixels. Take a picture of at least {LEAST_SIDE} pixels a side.")
    try:
        picture.load()
        return _as_rgb(ImageOps.exif_transpose(picture))
    except (OSError, SyntaxError, ValueError) as error:
        raise RetrievalError(f"{name} is broken or cut short ({error}). Export or copy it again.") from error


def _as_rgb(picture: PILImage.Image) -> PILImage.Image:
    if picture.mode.startswith("I"):
        # PIL would clip 16 bits to 255 instead of scaling them.
        grey = np.asarray(picture).astype(np.float64) / 257
        return PILImage.fromarray(grey.round().clip(0, 255).astype(np.uint8)).convert("RGB")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = PILImage.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _too_many_pixels(name: str, size: str = "far too many") -> RetrievalError:
    return RetrievalError(f"{name} has {size} pixels, more than {MOST_PIXELS / 1e6:.0f} million. Make it smaller and try again.")
