"""Decoded photographs: the same from the file as decoded at every use, made anew when the set changes."""

import threading

import numpy as np
import pytest
from caches import result_of
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


def test_the_longest_side_becomes_the_size_and_no_side_is_too_short(photographs, tmp_path):
    found = result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out"))
    assert found.shapes.tolist() == [[40, 60], [60, 40], [40, 60], [MIN_SIDE, 60], [60, 60]]
    squashed = result_of(open_pixels(photographs, "f", 48, True, tmp_path / "out"))
    assert squashed.shapes.tolist() == [[48, 48]] * 5


@pytest.mark.parametrize("square", [False, True])
def test_the_file_holds_what_decoding_gives(photographs, tmp_path, monkeypatch, square):
    stored = result_of(open_pixels(photographs, "f", 60, square, tmp_path / "out"))
    assert stored.flat is not None
    monkeypatch.setattr(module, "BUDGET", 10)
    fresh = result_of(open_pixels(photographs, "f", 60, square, tmp_path / "elsewhere"))
    assert fresh.flat is None
    assert not (tmp_path / "elsewhere").exists()
    order = [3, 0, 4, 1, 0]
    for one, other, position in zip(stored.read(order), fresh.read(order), order, strict=True):
        assert (one == other).all()
        assert (one == decode(photographs[position], 60, square)).all()
        assert one.shape == (*stored.shapes[position], 3)


def test_with_another_least_side_a_set_is_decoded_anew(photographs, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MIN_SIDE", MIN_SIDE - 1)
    result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out"))
    monkeypatch.undo()
    assert result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out")).read([3])[0].shape == (MIN_SIDE, 60, 3)


def test_a_second_opening_decodes_nothing_and_a_changed_set_is_decoded_anew(photographs, tmp_path, monkeypatch):
    first = result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out")).read([0])[0].copy()
    with monkeypatch.context() as patch:
        patch.setattr(module, "read_image", lambda path: pytest.fail("decoded again"))
        assert (result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out")).read([0])[0] == first).all()
    PILImage.new("RGB", SIZES[0], "red").save(photographs[0].path)
    assert (result_of(open_pixels(photographs, "g", 60, False, tmp_path / "out")).read([0])[0] == [255, 0, 0]).all()


def test_a_file_that_was_cut_off_is_made_anew(photographs, tmp_path):
    whole = result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out")).read([4])[0].copy()
    (path,) = (tmp_path / "out").iterdir()
    content = path.read_bytes()
    for damaged in (content[:100], content[:-1], b"", b"no arrays at all", bytes(len(content))):
        path.write_bytes(damaged)
        assert (result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out")).read([4])[0] == whole).all()
    assert path.read_bytes() == content


def test_a_part_of_the_photographs_is_not_taken_for_the_whole(photographs, tmp_path):
    """What is described first holds all photographs; training then asks for the labelled ones of the same dataset."""
    whole = result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out"))
    labelled = photographs[1::2]
    for _ in range(2):
        part = result_of(open_pixels(labelled, "f", 60, False, tmp_path / "out"))
        assert part.shapes.tolist() == whole.shapes[1::2].tolist()
        for picture, image in zip(part.read(range(len(labelled))), labelled, strict=True):
            assert (picture == decode(image, 60, False)).all()


def test_selections_lie_side_by_side_and_leave_when_the_photographs_change(photographs, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    kinds = [(photographs, False), (photographs[1::2], False), (photographs, True)]
    for images, square in kinds:
        result_of(open_pixels(images, "f", 60, square, folder))
    with monkeypatch.context() as patch:
        patch.setattr(module, "read_image", lambda path: pytest.fail("decoded again"))
        for images, square in kinds:
            result_of(open_pixels(images, "f", 60, square, folder))
    before = set(folder.iterdir())
    for name in ("pixels-60.bin", "pixels-60.json"):  # of an earlier version
        (folder / name).write_text("{")
    result_of(open_pixels(photographs, "g", 60, False, folder))
    (changed,) = set(folder.iterdir()) - before
    (square,) = set(folder.iterdir()) - {changed}
    assert "square" in square.name


def test_threads_of_one_process_do_not_write_into_one_another(photographs, tmp_path):
    barrier, found = threading.Barrier(4), []

    def open_together():
        barrier.wait()
        found.append(result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out")))

    threads = [threading.Thread(target=open_together) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for pixels in found:
        assert (pixels.read([3])[0] == decode(photographs[3], 60, False)).all()
    assert len(list((tmp_path / "out").iterdir())) == 1


def test_a_broken_photograph_is_named_and_nothing_half_done_is_left(photographs, tmp_path):
    path = tmp_path / "p2.png"
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(RetrievalError, match=r"p2\.png"):
        result_of(open_pixels(photographs, "f", 60, False, tmp_path / "out"))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_set_without_photographs(tmp_path):
    found = result_of(open_pixels([], "f", 60, False, tmp_path / "out"))
    assert found.shapes.shape == (0, 2)
    assert found.read([]) == []
