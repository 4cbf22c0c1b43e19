"""A picture from its bytes: the one way for photographs of a dataset, uploads, files that are searched, thumbnails, what is served.

What comes out is RGB with 8 bits a channel, upright as the EXIF orientation says, what is clear on white, of several frames the
first. So a photograph and the same file handed over are the same pixels, and a box means the same pixels everywhere.
"""

import struct
import warnings
from contextlib import ExitStack
from functools import cache
from threading import Lock
from typing import BinaryIO

import numpy as np
from PIL import Image as PILImage

from retrieval_core.errors import RetrievalError

ENDINGS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), "PNG": (".png", ".apng"), "WEBP": (".webp",), "TIFF": (".tif", ".tiff"),
    "BMP": (".bmp",), "GIF": (".gif",), "AVIF": (".avif", ".avifs"),
    "JPEG2000": (".jp2", ".j2k", ".j2c", ".jpc", ".jpf", ".jpx"), "PPM": (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"),
    "TGA": (".tga", ".icb", ".vda", ".vst"), "QOI": (".qoi",), "PCX": (".pcx",), "DCX": (".dcx",), "DIB": (".dib",),
    "SGI": (".sgi", ".rgb", ".rgba", ".bw"), "PSD": (".psd",), "DDS": (".dds",), "SUN": (".ras",), "PCD": (".pcd",),
    "ICO": (".ico",), "ICNS": (".icns",), "CUR": (".cur",), "XBM": (".xbm",), "XPM": (".xpm",), "MSP": (".msp",), "BLP": (".blp",),
    "FTEX": (".ftc", ".ftu"), "GBR": (".gbr",), "PIXAR": (".pxr",), "FLI": (".fli", ".flc"),
}  # fmt: skip
"""Pillow's formats that are read, with the endings of their files: pictures of pixels that it decodes by itself."""
SUFFIXES = tuple(ending for endings in ENDINGS.values() for ending in endings)

MOST_PIXELS = 256_000_000  # the largest telephones take 200 million; decoded, this is 768 MB
LARGE = 50_000_000  # pixels from which pictures are decoded one at a time, so that threads do not fill the memory together

_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: PILImage.Transpose.FLIP_LEFT_RIGHT, 3: PILImage.Transpose.ROTATE_180, 4: PILImage.Transpose.FLIP_TOP_BOTTOM,
    5: PILImage.Transpose.TRANSPOSE, 6: PILImage.Transpose.ROTATE_270, 7: PILImage.Transpose.TRANSVERSE,
    8: PILImage.Transpose.ROTATE_90,
}  # fmt: skip
_ON_ITS_SIDE = (5, 6, 7, 8)

# Pillow raises for what is larger than twice this, also for frames inside of a file, before anything is decoded.
PILImage.MAX_IMAGE_PIXELS = MOST_PIXELS // 2
warnings.filterwarnings("ignore", category=PILImage.DecompressionBombWarning)
warnings.filterwarnings("ignore", module=r"PIL\.")  # of odd tags in sound files: what matters is raised

_one_at_a_time = Lock()


class TooManyPixels(RetrievalError):
    """A picture of more than MOST_PIXELS. The message is the end of a sentence that begins with the name of the file."""

    def __init__(self) -> None:
        super().__init__(f"has more than {MOST_PIXELS / 1e6:.0f} million pixels. Make it smaller.")


def decode_picture(file: BinaryIO, enough: int | None = None) -> PILImage.Image:
    """The picture in an open file as RGB, upright.

    Grey of 16 bits, of 32 and of floating point is scaled to 8 bits, not clipped. With `enough`, a JPEG may be decoded at an eighth,
    a quarter or half its size as long as no side falls below so many pixels, which is several times faster and does for thumbnails.
    Raises TooManyPixels; for what is broken, cut short or no picture whatever the decoder of the format raises.
    """
    picture = _open(file)
    if enough is not None:
        picture.draft("RGB", (enough, enough))
    turn = None if picture.format == "TIFF" else _TURNS.get(_orientation(picture))  # Pillow turns TIFF itself
    with ExitStack() as held:
        if picture.width * picture.height > LARGE:
            held.enter_context(_one_at_a_time)
        picture.load()
        rgb = _as_rgb(picture)
        return rgb if turn is None else rgb.transpose(turn)


def picture_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height in pixels of what `decode_picture` gives, from the header alone; raises as it does."""
    picture = _open(file)
    turned = picture.format != "TIFF" and _orientation(picture) in _ON_ITS_SIDE
    return (picture.height, picture.width) if turned else picture.size


def stored_orientation(file: BinaryIO) -> int:
    """How the pixels of a picture are stored: an EXIF orientation from 1, as shown, to 8; raises as `decode_picture` does."""
    return _orientation(_open(file))


def peculiarity(file: BinaryIO) -> str:
    """In which way the pixels of a picture are not simply the stored ones as RGB; empty for most, and for what can't be read."""
    try:
        picture = _open(file)
    except Exception:  # whoever decodes it says so
        return ""
    ways = [f"turned {turn}" if (turn := _orientation(picture)) in _TURNS and picture.format != "TIFF" else "",
            "scaled" if _is_deep(picture) else "", "flattened" if picture.has_transparency_data else ""]  # fmt: skip
    return " ".join(filter(None, ways))


def is_plain_jpeg(file: BinaryIO) -> bool:
    """Whether a browser shows exactly these pixels when it is given the file."""
    picture = _open(file)
    return picture.format == "JPEG" and picture.mode in ("RGB", "L") and _orientation(picture) not in _TURNS


def reason(error: Exception) -> str:
    """Why a picture could not be read, in words that follow its name."""
    if isinstance(error, PILImage.UnidentifiedImageError):
        return "is no picture of a kind that Pillow reads, whatever its name says"
    if isinstance(error, PermissionError):
        return "may not be read by you"
    if isinstance(error, MemoryError):
        return "does not fit into the memory"
    words = str(error).strip() if isinstance(error, (OSError, SyntaxError, ValueError)) else ""
    return f"is broken or cut short ({words or type(error).__name__})"


@cache
def _formats() -> tuple[str, ...]:
    PILImage.init()  # by itself Pillow first knows five formats
    return tuple(name for name in ENDINGS if name in PILImage.OPEN)


def _open(file: BinaryIO) -> PILImage.Image:
    try:
        picture = PILImage.open(file, formats=_formats())
    except PILImage.DecompressionBombError:
        raise TooManyPixels from None
    if picture.width * picture.height > MOST_PIXELS:
        raise TooManyPixels
    if 0 in picture.size:
        raise ValueError("it has no pixels")
    return picture


def _orientation(picture: PILImage.Image) -> int:
    try:
        # PNG's own method decodes the whole picture to look behind it: an orientation counts where it stands before the pixels.
        found = PILImage.Image.getexif(picture).get(_ORIENTATION, 1)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, AttributeError, struct.error):
        return 1  # EXIF that can't be read says nothing
    return found if isinstance(found, int) and 1 <= found <= 8 else 1


def _is_deep(picture: PILImage.Image) -> bool:
    return picture.mode.startswith("I") or picture.mode == "F"


def _as_rgb(picture: PILImage.Image) -> PILImage.Image:
    if _is_deep(picture):
        return _scaled(picture).convert("RGB")
    if picture.has_transparency_data:
        straight = {"La": "LA", "RGBa": "RGBA"}.get(picture.mode)  # colours that were multiplied by their opacity
        layer = (picture.convert(straight) if straight else picture).convert("RGBA")
        paper = PILImage.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return picture.convert("RGB")


def _scaled(picture: PILImage.Image) -> PILImage.Image:
    """Grey of more than 8 bits as 8 bits: whole numbers of 16 bits, or of 32 where one is larger; floats up to 1, 255 or as those."""
    values = np.nan_to_num(np.asarray(picture).astype(np.float32 if picture.mode.startswith("I;16") else np.float64))
    steps = (1.0, 255.0, 65535.0, 2.0**31 - 1) if picture.mode == "F" else (65535.0, 2.0**31 - 1)
    most = next((step for step in steps if values.max() <= step), steps[-1])
    grey = (values * (255 / most)).round().clip(0, 255).astype(np.uint8)
    if isinstance(clear := picture.info.get("transparency"), int):
        grey[values == clear] = 255
    return PILImage.fromarray(grey)
