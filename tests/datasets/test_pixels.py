"""Decoded photographs: the same from the file as decoded at every use, made anew when the set changes."""

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.datasets import pixels as module
from retrieval_core.datasets.pixels import MIN_SIDE, decode, open_pixels
from retrieval_core.datasets.types import Image
from retrieval_core.errors import RetrievalError

SIZES = [(90, 60), (60, 90), (90, 60), (400, 20), (33, 33)]


@pytest.fixture
def photographs(tmp_path):
    random, found = np.random.default_rng(0), []
    for number, (width, height) in enumerate(SIZES):
        path = tmp_path / f"p{number}.png"
        PILImage.fromarray(random.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(path)
        found.append(Image(f"p{number}", str(path)))
    return found


def opened(*arguments):
    steps = open_pixels(*arguments)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_the_longest_side_becomes_the_size_and_no_side_is_too_short(photographs, tmp_path):
    found = opened(photographs, "f", 60, False, tmp_path / "out")
    assert found.shapes.tolist() == [[40, 60], [60, 40], [40, 60], [MIN_SIDE, 60], [60, 60]]
    squashed = opened(photographs, "f", 48, True, tmp_path / "out")
    assert squashed.shapes.tolist() == [[48, 48]] * 5


@pytest.mark.parametrize("square", [False, True])
def test_the_file_holds_what_decoding_gives(photographs, tmp_path, monkeypatch, square):
    stored = opened(photographs, "f", 60, square, tmp_path / "out")
    assert stored.flat is not None
    monkeypatch.setattr(module, "BUDGET", 10)
    fresh = opened(photographs, "f", 60, square, tmp_path / "elsewhere")
    assert fresh.flat is None
    assert not (tmp_path / "elsewhere").exists()
    order = [3, 0, 4, 1, 0]
    for one, other, position in zip(stored.read(order), fresh.read(order), order, strict=True):
        assert (one == other).all()
        assert (one == decode(photographs[position], 60, square)).all()
        assert one.shape == (*stored.shapes[position], 3)


def test_with_another_least_side_a_set_is_decoded_anew(photographs, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MIN_SIDE", MIN_SIDE - 1)
    opened(photographs, "f", 60, False, tmp_path / "out")
    monkeypatch.undo()
    assert opened(photographs, "f", 60, False, tmp_path / "out").read([3])[0].shape == (MIN_SIDE, 60, 3)


def test_a_second_opening_decodes_nothing_and_a_changed_set_is_decoded_anew(photographs, tmp_path, monkeypatch):
    first = opened(photographs, "f", 60, False, tmp_path / "out").read([0])[0].copy()
    with monkeypatch.context() as patch:
        patch.setattr(module, "read_image", lambda path: pytest.fail("decoded again"))
        assert (opened(photographs, "f", 60, False, tmp_path / "out").read([0])[0] == first).all()
    PILImage.new("RGB", SIZES[0], "red").save(photographs[0].path)
    assert (opened(photographs, "g", 60, False, tmp_path / "out").read([0])[0] == [255, 0, 0]).all()


def test_a_file_that_was_cut_off_is_made_anew(photographs, tmp_path):
    whole = opened(photographs, "f", 60, False, tmp_path / "out").read([4])[0].copy()
    path = tmp_path / "out" / "pixels-60.bin"
    path.write_bytes(path.read_bytes()[:100])
    assert (opened(photographs, "f", 60, False, tmp_path / "out").read([4])[0] == whole).all()


def test_a_broken_photograph_is_named_and_nothing_half_done_is_left(photographs, tmp_path):
    path = tmp_path / "p2.png"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(RetrievalError, match=r"p2\.png"):
        opened(photographs, "f", 60, False, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_set_without_photographs(tmp_path):
    found = opened([], "f", 60, False, tmp_path / "out")
    assert found.shapes.shape == (0, 2)
    assert found.read([]) == []
