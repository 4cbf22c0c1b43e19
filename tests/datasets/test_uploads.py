"""Pictures of strangers: each kind of bad one has its own sentence, the odd but sound ones come out right."""

import io
from pathlib import Path

import numpy as np
import pytest
import tomllib
from odd_files import bomb
from PIL import Image as PILImage

from retrieval_core.datasets import uploads
from retrieval_core.errors import RetrievalError


def encoded(picture, kind="PNG", **options):
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


@pytest.fixture
def noise():
    return PILImage.fromarray(np.random.default_rng(0).integers(0, 256, (40, 60, 3), np.uint8))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_sound_picture_comes_back(noise, kind):
    assert (np.asarray(uploads.read_upload(encoded(noise, kind, lossless=True), "a")) == np.asarray(noise)).all()


def test_it_is_turned_upright(noise):
    exif = PILImage.Exif()
    exif[0x0112] = 6
    assert uploads.read_upload(encoded(noise, "JPEG", exif=exif), "a.jpg").size == (40, 60)


def test_sixteen_bits_are_scaled_and_not_clipped():
    values = np.linspace(0, 65535, 256).round().astype(np.uint16).reshape(16, 16)
    read = np.asarray(uploads.read_upload(encoded(PILImage.fromarray(values)), "a.png"))
    assert (read == np.arange(256).reshape(16, 16, 1)).all()


def test_cmyk_keeps_its_colour():
    red = PILImage.new("CMYK", (32, 32), (0, 255, 255, 0))
    read = np.asarray(uploads.read_upload(encoded(red, "JPEG"), "a.jpg"))[16, 16]
    assert read[0] > 200
    assert read[1:].max() < 60


def test_what_is_clear_becomes_white():
    clear = PILImage.new("RGBA", (32, 32), (200, 0, 0, 0))
    assert uploads.read_upload(encoded(clear), "a.png").getpixel((3, 3)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (lambda noise: b'<svg xmlns="http://www.w3.org/2000/svg"/>', "no picture of a kind that Pillow reads"),
        (lambda noise: b"", "no picture of a kind that Pillow reads"),
        (lambda noise: b"\0\0\0\x18ftypheic" + bytes(40), "a HEIC picture, .*Save it as JPEG"),
        (lambda noise: encoded(noise, "JPEG")[:-200], "broken or cut short"),
        (lambda noise: encoded(noise)[:2000], "broken or cut short"),
        (lambda noise: bomb(17_000, 17_000), "more than 256 million"),
        (lambda noise: bomb(60_000, 60_000), "more than 256 million"),
    ],
)
def test_a_bad_one_is_named_with_the_remedy(noise, data, words):
    with pytest.raises(RetrievalError, match=words) as caught:
        uploads.read_upload(data(noise), "holiday.jpg")
    assert str(caught.value).startswith("holiday.jpg")


def test_the_server_takes_no_more_bytes_than_are_read():
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] * 1e6 == uploads.MOST_BYTES


def test_too_many_bytes_are_not_looked_at(monkeypatch, noise):
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    with pytest.raises(RetrievalError, match="MB, more than"):
        uploads.read_upload(encoded(noise), "holiday.jpg")
