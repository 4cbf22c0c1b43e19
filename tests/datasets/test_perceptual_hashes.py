"""Perceptual hashes: stable under what happens to a copy, far apart for other pictures, computed once, kept whole."""

import io
import os
import time

import numpy as np
import pytest
from caches import result_and_reports, result_of
from PIL import Image as PILImage
from PIL import ImageEnhance, ImageOps

from retrieval_core.datasets import perceptual_hashes as module
from retrieval_core.datasets.perceptual_hashes import FILE, WORDS, hashed, kept_hashes, perceptual_hash, perceptual_hashes
from retrieval_core.datasets.types import Image
from retrieval_core.workspace import Workspace


def picture(seed, size=(320, 240)):
    """A smooth random picture: noise whose power falls with frequency, as that of photographs does."""
    random = np.random.default_rng(seed)
    total = np.zeros((size[1], size[0], 3))
    for cells in (2, 4, 8, 16, 32):
        noise = PILImage.fromarray(random.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
        total += np.asarray(noise.resize(size, PILImage.Resampling.BICUBIC), float) / cells
    return PILImage.fromarray((255 * (total - total.min()) / np.ptp(total)).astype(np.uint8))


def jpeg(image, quality):
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return PILImage.open(io.BytesIO(data.getvalue()))


def bits(first, second):
    """Bits that differ between two pictures, the second mirrored or not."""
    ours, theirs = perceptual_hash(first), perceptual_hash(second)
    return min(int(np.bitwise_count(ours[0] ^ side).sum()) for side in theirs)


COPIES = {
    "half the size": lambda image: image.resize((160, 120), PILImage.Resampling.LANCZOS),
    "encoded again": lambda image: jpeg(image, 60),
    "cropped by 3 %": lambda image: image.crop((5, 4, 315, 236)),
    "redder": lambda image: PILImage.merge("RGB", [image.getchannel(0).point(lambda v: min(255, int(v * 1.15))), *image.split()[1:]]),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "mirrored": ImageOps.mirror,
    "mirrored, small and encoded again": lambda image: jpeg(ImageOps.mirror(image).resize((160, 120)), 60),
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_copy_has_almost_the_same_hash(copy):
    assert max(bits(picture(seed), copy(picture(seed))) for seed in range(12)) <= 64


def test_other_pictures_have_another_hash():
    hashes = np.stack([perceptual_hash(picture(seed)) for seed in range(60)])
    distances = np.bitwise_count(hashes[:, None, :1] ^ hashes[None]).sum(axis=3).min(axis=2)
    assert distances[~np.eye(60, dtype=bool)].min() > 64


def test_a_flat_picture_has_no_hash():
    random = np.random.default_rng(0)
    grainy = PILImage.fromarray(np.clip(random.normal(120, 3, (240, 320, 3)), 0, 255).astype(np.uint8))
    for flat in (PILImage.new("RGB", (320, 240), "black"), PILImage.new("RGB", (320, 240), "skyblue"), jpeg(grainy, 85)):
        assert not hashed(perceptual_hash(flat)[None]).any()
    assert hashed(perceptual_hash(picture(0))[None]).all()


@pytest.fixture
def folder(tmp_path):
    for number in range(5):
        picture(number).save(tmp_path / f"{number}.jpg", quality=90)
    (tmp_path / "broken.jpg").write_bytes((tmp_path / "0.jpg").read_bytes()[:900])
    return tmp_path


def images(folder):
    return [*(Image(name, str(folder / f"{name}.jpg")) for name in ("3", "0", "broken", "1", "4", "2", "gone")), Image("described", "")]


def test_hashes_come_in_the_order_of_the_images_and_those_without_a_picture_have_none(folder):
    hashes, _ = result_and_reports(perceptual_hashes(Workspace(folder / "cache"), "mine", images(folder)))
    assert hashes.shape == (8, 2, WORDS)
    assert hashed(hashes).tolist() == [True, True, False, True, True, True, False, False]
    for row, name in zip(hashes, "30.142", strict=False):
        if name != ".":
            assert np.bitwise_count(row[0] ^ perceptual_hash(PILImage.open(folder / f"{name}.jpg"))[0]).sum() <= 16


def test_only_what_changed_is_read_again(folder, monkeypatch):
    workspace = Workspace(folder / "cache")
    first, _ = result_and_reports(perceptual_hashes(workspace, "mine", images(folder)))
    read = []
    of_file = module._of_file
    monkeypatch.setattr(module, "_of_file", lambda path: read.append(os.path.basename(path)) or of_file(path))
    again, reports = result_and_reports(perceptual_hashes(workspace, "mine", images(folder)))
    assert (read, reports) == ([], [])
    np.testing.assert_array_equal(again, first)
    picture(77).save(folder / "1.jpg", quality=90)
    changed, _ = result_and_reports(perceptual_hashes(workspace, "mine", images(folder)))
    assert read == ["1.jpg"]
    assert (changed != first).any(axis=(1, 2)).tolist() == [False, False, False, True, False, False, False, False]
    assert {one.id for one in kept_hashes(workspace, "mine").values()} == {"3", "0", "broken", "1", "4", "2"}
    result_and_reports(perceptual_hashes(workspace, "mine", images(folder)[:2]))
    assert {one.id for one in kept_hashes(workspace, "mine").values()} == {"3", "0"}


def test_a_damaged_file_and_a_cache_that_cannot_be_written_only_cost_time(folder):
    workspace = Workspace(folder / "cache")
    first, _ = result_and_reports(perceptual_hashes(workspace, "mine", images(folder)))
    file = workspace.folder("mine") / FILE
    file.write_bytes(file.read_bytes()[:200])
    np.testing.assert_array_equal(result_of(perceptual_hashes(workspace, "mine", images(folder))), first)
    (folder / "no folder").write_text("a file where the cache should be")
    np.testing.assert_array_equal(result_of(perceptual_hashes(Workspace(folder / "no folder"), "mine", images(folder))), first)


def test_a_killed_computation_keeps_what_it_stored(folder, monkeypatch):
    workspace = Workspace(folder / "cache")
    monkeypatch.setattr(module, "STORE_EVERY", 2)
    of_file = module._of_file

    def killed_at_the_fifth(path):
        if path.endswith("4.jpg"):
            raise KeyboardInterrupt
        return of_file(path)

    monkeypatch.setattr(module, "_of_file", killed_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        result_and_reports(perceptual_hashes(workspace, "mine", images(folder)))
    assert {one.id for one in kept_hashes(workspace, "mine").values()} == {"3", "0", "broken", "1"}


def test_a_cancelled_computation_reads_no_more_photographs(folder, monkeypatch):
    read = []
    monkeypatch.setattr(module, "_of_file", lambda path: time.sleep(0.01) or read.append(path) or np.ones((2, WORDS), np.uint64))
    many = [Image(str(number), str(folder / "0.jpg")) for number in range(1000)]
    steps = perceptual_hashes(Workspace(folder / "cache"), "mine", many)
    next(steps)
    steps.close()
    assert len(read) < 500
