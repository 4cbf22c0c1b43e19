"""Generated pictures and file names as people, telephones, scanners and broken copies make them, by kind; the same at every call."""

import io
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image as PILImage

WIDTH, HEIGHT = 48, 36
ORIENTATION = 0x0112
LOSSLESS = {
    "PNG": {},
    "WEBP": {"lossless": True},
    "TIFF": {},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    "JPEG": {"quality": 95},
}


@dataclass(frozen=True)
class Odd:
    """One file: `sound` says whether it has to be read, or may be refused."""

    kind: str
    name: str
    data: bytes
    sound: bool


def ramp(mode: str = "RGB") -> PILImage.Image:
    """A picture without any symmetry, in a mode of Pillow."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    red, green, blue = 5 * columns, 7 * rows, 2 * (rows + columns)
    colour = PILImage.fromarray(np.stack([red, green, blue], 2).astype(np.uint8))
    grey = np.asarray(colour.convert("L"))
    deep = {"I;16": (257, np.uint16), "I;12": (16, np.uint16), "I": (2**23, np.int32), "F": (1 / 255, np.float32)}
    if mode in deep:
        factor, kind = deep[mode]
        return PILImage.fromarray((grey.astype(np.float64) * factor).astype(kind))
    if mode in ("RGBA", "LA"):
        layer = colour.convert(mode)
        layer.putalpha(PILImage.fromarray((255 * (columns < WIDTH // 2)).astype(np.uint8)))
        return layer
    if mode == "P+transparency":
        return colour.quantize(16)
    return colour.convert(mode)


def encoded(picture: PILImage.Image, kind: str, **options) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def modes() -> Iterator[Odd]:
    """Every mode that a format holds; the deep, clear and four-coloured ones are those that came out differently at different doors."""
    table = {
        "PNG": ("1", "L", "LA", "P", "P+transparency", "RGB", "RGBA", "I;16", "I;12"), "JPEG": ("L", "RGB", "CMYK"),
        "TIFF": ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"), "GIF": ("1", "L", "P", "P+transparency", "RGB"),
        "BMP": ("1", "L", "P", "RGB"), "WEBP": ("RGB", "RGBA", "L"), "AVIF": ("RGB", "RGBA", "L"),
        "PPM": ("1", "L", "RGB", "I;16", "F"),
        "TGA": ("L", "LA", "RGB", "RGBA", "P"), "JPEG2000": ("L", "LA", "RGB", "RGBA"), "QOI": ("RGB", "RGBA"),
        "PCX": ("1", "L", "P", "RGB"), "SGI": ("L", "RGB", "RGBA"), "DDS": ("RGB", "RGBA"), "ICO": ("RGB", "RGBA"),
        "DIB": ("RGB",), "MSP": ("1",), "XBM": ("1",),
    }  # fmt: skip
    endings = {"JPEG2000": "jp2", "TIFF": "tif", "JPEG": "jpg"}
    for kind, its in table.items():
        for number, mode in enumerate(its):
            options = {"transparency": 3} if mode == "P+transparency" else {}
            ending = {"F": "pfm"}.get(mode, "ppm") if kind == "PPM" else endings.get(kind, kind.lower())
            yield Odd("mode", f"{kind.lower()}_{number}.{ending}", encoded(ramp(mode), kind, **options), True)


def turned(number: int, kind: str) -> bytes:
    exif = PILImage.Exif()
    exif[ORIENTATION] = number
    return encoded(ramp(), kind, exif=exif, **LOSSLESS[kind])


def orientations() -> Iterator[Odd]:
    endings = {"TIFF": "tiff", "JPEG": "jpeg"}
    for kind in LOSSLESS:
        for number in range(1, 9):
            yield Odd("orientation", f"turned_{kind.lower()}_{number}.{endings.get(kind, kind.lower())}", turned(number, kind), True)


def animated() -> Iterator[Odd]:
    frames = [ramp(), PILImage.new("RGB", (WIDTH, HEIGHT), "red")]
    for kind, ending in (("GIF", "gif"), ("PNG", "png"), ("WEBP", "webp"), ("TIFF", "tif"), ("AVIF", "avif")):
        more = {"duration": 100} if kind != "TIFF" else {}
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **more)
        yield Odd("animation", f"moving_{kind.lower()}.{ending}", data, True)


def cut_short() -> Iterator[Odd]:
    for kind in ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "AVIF", "JPEG2000", "TGA", "QOI"):
        whole = encoded(ramp(), kind)
        for share in (0.02, 0.3, 0.6, 0.9):
            yield Odd("cut short", f"cut_{kind.lower()}_{int(100 * share)}.jpg", whole[: int(share * len(whole))], False)


def damaged(count: int = 80) -> Iterator[Odd]:
    random = np.random.default_rng(14)
    kinds = ("JPEG", "PNG", "GIF", "TIFF", "WEBP", "BMP", "AVIF", "TGA", "PCX", "SGI", "ICO", "DDS")
    for number in range(count):
        data = bytearray(encoded(ramp(), kinds[number % len(kinds)]))
        for place in random.integers(0, len(data) if number % 2 else min(len(data), 80), 1 + number % 5):
            data[place] = random.integers(256)
        yield Odd("damaged", f"damaged_{number:02}.png", bytes(data), False)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims so many pixels."""
    chunk = lambda kind, body: struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))  # noqa: E731
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def no_pictures() -> Iterator[Odd]:
    contents = {
        "empty": b"", "text": b"not a picture\n", "html": b"<html><img src=x onerror=alert(1)></html>", "zeros": bytes(4000),
        "zip": b"PK\x03\x04" + bytes(40), "svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>', "pdf": b"%PDF-1.7\n",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "jpeg_start": b"\xff\xd8\xff\xe0", "gif_start": b"GIF89a",
        "png_start": b"\x89PNG\r\n\x1a\n\x00\x00", "riff": b"RIFF\x00\x00\x00\x00WEBPVP8 ", "tiff_start": b"II*\x00\xff\xff\xff\x7f",
        "heic": b"\x00\x00\x00\x18ftypheic" + bytes(12),
    }  # fmt: skip
    for name, data in contents.items():
        yield Odd("no picture", f"no_{name}.jpg", data, False)
    for width, height in ((17_000, 17_000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (0, 10)):
        yield Odd("too large", f"bomb_{width}x{height}.png", bomb(width, height), False)


def names() -> list[bytes]:
    """Names that a file system of Linux allows, all of them of photographs but the last few."""
    return [os.fsencode(name) for name in (
        "plain.jpg", "UPPER.JPG", "Mixed.JpEg", "two.dots.jpg", "blank in it.jpg", " leading.jpg", "trailing .jpg", "new\nline.jpg",
        "tab\there.jpg", "carriage\rreturn.jpg", "bell\x07.jpg", "escape\x1b[31m.jpg", 'quo"te.jpg', "apo'strophe.jpg", "hash#1.jpg",
        "per%cent.jpg",
        "per%20cent.jpg", "question?.jpg", "amper&sand.jpg", "semi;colon.jpg", "comma,.jpg", "back\\slash.jpg", "pipe|.jpg",
        "star*.jpg", "less<than>.jpg", "<img src=x onerror=alert(1)>.jpg", "**bold** _it_ `c`.jpg", "![x](http:).jpg",
        "[link](x).jpg", "$x^2$.jpg", ":red[x].jpg", "-dash.jpg", "--help.jpg", "~tilde.jpg", "=1+1.jpg", "@at.jpg",
        "caf\u00e9.jpg", "cafe\u0301_nfd.jpg",
        "\u6771\u4eac.jpg", "\U0001f3f0.jpg", "\u202egpj.exe.jpg", "zero\u200bwidth.jpg", "line\u2028sep.jpg", "next\x85line.jpg",
        "NULL.jpg", "con.jpg", "007.jpg", "7.jpg", "07.jpg", "1e5.jpg", "2020-01-01.jpg", "x" * 250 + ".jpg", "\u00e9" * 120 + ".jpg",
        "a..jpg", "...jpg", ".hidden.jpg", "....", "noending", "wrong.jpg.txt", "photo.HEIC", "film.mov", "raw.CR2", "drawing.svg",
    )] + [b"caf\xe9.jpg", b"\xff\xfe.jpg", b"\x80\x81.PNG", b"mixed\xc3\xa9\xe9.jpg"]  # fmt: skip
