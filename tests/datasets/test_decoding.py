"""The one way from a file to pixels: upright, scaled, flattened; fingerprints say where that is not simply what was stored."""

import hashlib
import json
import os

import numpy as np
import odd_files
import pytest
from PIL import Image as PILImage
from PIL import ImageOps

from retrieval_core.datasets import decoding, fingerprints
from retrieval_core.datasets.images import box_as_shown, image_size, read_image, shown_as_stored
from retrieval_core.datasets.thumbnails import small_crop, small_jpeg
from retrieval_core.datasets.types import Image
from retrieval_core.errors import RetrievalError


def saved(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("number", range(1, 9))
def test_every_orientation_is_shown_upright(tmp_path, kind, number):
    exif = PILImage.Exif()
    exif[odd_files.ORIENTATION] = number
    stored = odd_files.ramp()
    expected = stored.copy()
    expected.getexif()[odd_files.ORIENTATION] = number
    expected = ImageOps.exif_transpose(expected)
    path = saved(tmp_path, "a.jpg", odd_files.turned(number, kind))
    read = read_image(path)
    assert read.size == image_size(path) == expected.size
    assert np.abs(np.asarray(read).astype(int) - np.asarray(expected)).max() <= (12 if kind == "JPEG" else 0)


@pytest.mark.parametrize("number", range(1, 9))
def test_a_box_in_stored_pixels_is_turned_with_its_photograph(tmp_path, number):
    path, box = saved(tmp_path, "a.png", odd_files.turned(number, "PNG")), (4, 6, 20, 16)
    stored = np.asarray(odd_files.ramp().crop(box))
    shown = np.asarray(read_image(path).crop(box_as_shown(box, path)))
    assert sorted(map(tuple, shown.reshape(-1, 3).tolist())) == sorted(map(tuple, stored.reshape(-1, 3).tolist()))


def test_what_is_served_and_cropped_is_upright(tmp_path):
    path = saved(tmp_path, "a.jpg", odd_files.turned(6, "JPEG"))
    import io

    for data in (small_jpeg(path, 360), small_jpeg(path, 20), small_crop(path, (0, 0, 18, 24), 24)):
        picture = PILImage.open(io.BytesIO(data))
        assert picture.height > picture.width
        assert picture.getexif().get(odd_files.ORIENTATION, 1) == 1


def test_orientation_that_can_not_be_read_says_nothing(tmp_path):
    for number, exif in enumerate((b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"")):
        path = saved(tmp_path, f"{number}.jpg", odd_files.encoded(odd_files.ramp(), "JPEG", exif=exif))
        assert read_image(path).size == (odd_files.WIDTH, odd_files.HEIGHT)


@pytest.mark.parametrize(("mode", "kind"), [("I;16", "PNG"), ("I;16", "TIFF"), ("I", "TIFF"), ("F", "TIFF"), ("I;16", "PPM")])
def test_deep_grey_is_scaled_and_not_clipped(tmp_path, mode, kind):
    path = saved(tmp_path, "a.png", odd_files.encoded(odd_files.ramp(mode), kind))
    wanted = np.asarray(odd_files.ramp().convert("L")).astype(int)
    assert np.abs(np.asarray(read_image(path))[..., 0].astype(int) - wanted).max() <= 1


def test_floats_that_are_no_numbers_give_a_picture(tmp_path):
    values = np.full((8, 8), np.nan, np.float32)
    values[0] = np.inf
    path = saved(tmp_path, "a.tif", odd_files.encoded(PILImage.fromarray(values), "TIFF"))
    assert read_image(path).size == (8, 8)


def test_what_is_clear_becomes_white_in_every_format(tmp_path):
    for kind in ("PNG", "WEBP", "TIFF", "TGA", "QOI"):
        path = saved(
            tmp_path, "a.png", odd_files.encoded(odd_files.ramp("RGBA"), kind, **({"lossless": True} if kind == "WEBP" else {}))
        )
        assert (np.asarray(read_image(path))[:, -1] == 255).all(), kind
        assert (np.asarray(read_image(path))[:, 0] == np.asarray(odd_files.ramp())[:, 0]).all(), kind


def test_too_many_pixels_are_named_with_the_limit_before_anything_is_decoded(tmp_path):
    path = saved(tmp_path, "huge.png", odd_files.bomb(60_000, 60_000))
    for read in (read_image, image_size):
        with pytest.raises(RetrievalError, match=r"huge\.png has more than 256 million pixels\. Make it smaller"):
            read(path)


def test_a_large_photograph_is_read_by_one_thread_at_a_time(tmp_path, monkeypatch):
    path = saved(tmp_path, "a.png", odd_files.encoded(odd_files.ramp(), "PNG"))
    monkeypatch.setattr(decoding, "LARGE", 10)
    with decoding._one_at_a_time:
        from concurrent.futures import ThreadPoolExecutor
        from concurrent.futures import TimeoutError as Late

        with ThreadPoolExecutor(1) as threads:
            waiting = threads.submit(read_image, path)
            with pytest.raises(Late):
                waiting.result(0.2)
            decoding._one_at_a_time.release()
            assert waiting.result(5).size == (odd_files.WIDTH, odd_files.HEIGHT)
            decoding._one_at_a_time.acquire()


def before(path):
    """The fingerprint of one photograph as it was made before pictures were turned, scaled and flattened."""
    content = path.read_bytes()
    head, tail = content[:4096], content[max(0, len(content) - 4096) :][:4096]
    line = json.dumps(["a", os.path.splitext(path)[1], len(content), len(head), len(tail)], separators=(",", ":"))
    return hashlib.sha256(line.encode() + b"\n" + head + tail).hexdigest()


@pytest.mark.parametrize(
    ("name", "data", "same"),
    [
        ("plain.jpg", odd_files.encoded(odd_files.ramp(), "JPEG"), True),
        ("upright.jpg", odd_files.turned(1, "JPEG"), True),
        ("grey.png", odd_files.encoded(odd_files.ramp("L"), "PNG"), True),
        ("palette.png", odd_files.encoded(odd_files.ramp("P"), "PNG"), True),
        ("cmyk.jpg", odd_files.encoded(odd_files.ramp("CMYK"), "JPEG"), True),
        ("broken.jpg", b"no picture", True),
        ("turned.jpg", odd_files.turned(6, "JPEG"), False),
        ("deep.png", odd_files.encoded(odd_files.ramp("I;16"), "PNG"), False),
        ("clear.png", odd_files.encoded(odd_files.ramp("RGBA"), "PNG"), False),
    ],
)
def test_only_photographs_that_come_out_differently_have_another_fingerprint_than_before(tmp_path, name, data, same):
    path = saved(tmp_path, name, data)
    now, _ = fingerprints.hash_photographs([Image("a", str(path))], ())
    assert (now == before(path)) == same
    assert shown_as_stored(path) == same


def test_all_that_can_not_be_opened_are_named_together(tmp_path):
    images = [Image(name, str(tmp_path / f"{name}.jpg")) for name in "abc"]
    saved(tmp_path, "b.jpg", odd_files.turned(1, "JPEG"))
    with pytest.raises(RetrievalError, match=r"(?s)2 photographs can't be read.*a\.jpg is missing.*c\.jpg is missing"):
        fingerprints.hash_photographs(images, ())
