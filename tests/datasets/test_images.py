"""Photographs as files: broken ones are named, crops and sizes are exact."""

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets.images import (
    crop_query,
    image_size,
    list_photographs,
    photographs_below,
    read_image,
    resize_longest,
)
from retrieval_core.errors import RetrievalError


@pytest.fixture
def photograph(tmp_path):
    """A noisy photograph of 200 x 100 pixels, about 20 kB."""
    pixels = np.random.default_rng(0).integers(0, 256, (100, 200, 3), dtype=np.uint8)
    path = tmp_path / "noise.jpg"
    PILImage.fromarray(pixels).save(path, quality=90)
    return path


def test_every_mode_becomes_rgb(tmp_path):
    for mode in ("L", "RGBA", "P", "CMYK", "1"):
        path = tmp_path / f"{mode}.{'jpg' if mode == 'CMYK' else 'png'}"
        PILImage.new(mode, (5, 4)).save(path)
        assert read_image(path).mode == "RGB"
        assert image_size(path) == read_image(path).size == (5, 4)


def test_a_truncated_photograph_is_named_but_its_size_is_known(photograph):
    photograph.write_bytes(photograph.read_bytes()[:3000])
    assert image_size(photograph) == (200, 100)
    with pytest.raises(RetrievalError, match=r"noise\.jpg can't be read .*truncated"):
        read_image(photograph)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_a_broken_photograph_is_named(tmp_path, content):
    path = tmp_path / "broken.jpg"
    path.write_bytes(content)
    for read in (read_image, image_size):
        with pytest.raises(RetrievalError, match=r"broken\.jpg can't be read .*replace it"):
            read(path)


def test_a_missing_photograph_is_named(tmp_path):
    with pytest.raises(RetrievalError, match=r"gone\.jpg is missing"):
        read_image(tmp_path / "gone.jpg")


def test_the_longest_side_gets_the_size():
    assert resize_longest(PILImage.new("RGB", (200, 100)), 50).size == (50, 25)
    assert resize_longest(PILImage.new("RGB", (100, 200)), 400).size == (200, 400)
    assert resize_longest(PILImage.new("RGB", (300, 1)), 30).size == (30, 1)


def test_crop_rules():
    image = PILImage.new("RGB", (200, 100))
    box = (20, 10, 60, 30)  # 40 x 20
    assert crop_query(image, box, 100, "fill").size == (100, 50)
    assert crop_query(image, box, 100, "same").size == (20, 10)
    assert crop_query(image, None, 100, "fill").size == crop_query(image, None, 100, "same").size == (100, 50)
    with pytest.raises(RetrievalError, match="fill, same"):
        crop_query(image, box, 100, "filled")


def test_the_crop_shows_what_is_in_the_box():
    pixels = np.zeros((100, 200, 3), np.uint8)
    pixels[10:30, 20:60] = 255
    crop = crop_query(PILImage.fromarray(pixels), (19.6, 10.4, 60.2, 29.7), 40, "fill")
    assert crop.size == (40, 20)
    assert np.asarray(crop).min() == 255


def test_a_box_that_rounds_to_nothing_or_stands_out_still_gives_pixels():
    image = PILImage.new("RGB", (200, 100))
    assert crop_query(image, (10.1, 5.1, 10.2, 5.2), 8, "fill").size == (8, 8)
    assert crop_query(image, (-1, -1, 201, 101), 200, "same").size == (200, 100)


def test_photographs_are_listed_by_stem_without_other_files(tmp_path):
    for name in ("b.JPG", "a.png", "notes.txt", ".hidden.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    assert list_photographs(tmp_path) == {"a": str(tmp_path / "a.png"), "b": str(tmp_path / "b.JPG")}
    assert list_photographs(tmp_path / "nowhere") == {}
    (tmp_path / "b.png").touch()
    (tmp_path / "a.tif").touch()
    assert list_photographs(tmp_path) == {"a": str(tmp_path / "a.png"), "b": str(tmp_path / "b.JPG")}


def test_photographs_in_folders_are_found_however_deep_and_in_no_circle(tmp_path):
    for name in ("a.jpg", "one/b.jpg", "one/two/c.jpg", ".hidden/d.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "one" / "back").symlink_to(tmp_path)
    (tmp_path / "other").symlink_to(tmp_path / "one" / "two")
    found, folders = photographs_below(tmp_path)
    assert sorted(found) == [("a",), ("one", "b"), ("one", "two", "c"), ("other", "c")]
    assert str(tmp_path / "one" / "two") in folders
    assert str(tmp_path / ".hidden") not in folders
