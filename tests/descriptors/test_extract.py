import numpy as np
import pytest
import torch
from caches import result_of
from PIL import Image as PILImage

from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.datasets.types import Image, Query
from retrieval_core.descriptors import extract
from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.network import MEAN, STD, build_network
from retrieval_core.presets import get_preset

CPU = torch.device("cpu")


@pytest.fixture
def images(tmp_path):
    random = np.random.default_rng(0)
    found = []
    for k in range(14):
        shape = (48, 64, 3) if k % 3 else (64, 48, 3)
        path = tmp_path / f"{k:02}.png"
        PILImage.fromarray(random.integers(0, 255, shape, np.uint8)).save(path)
        found.append(Image(f"{k:02}", str(path)))
    return tuple(found)


@pytest.fixture
def network():
    return build_network(get_preset("1d")).eval()


def test_rows_stand_in_the_order_of_the_images_whatever_their_shape(images, network, tmp_path):
    pixels = result_of(open_pixels(images, "x", 64, False, tmp_path / "cache"))
    matrix = result_of(extract.extract_pixels(network, pixels, range(14), CPU))
    for k in (0, 1, 6, 13):
        alone = extract.describe_picture(network, pixels.read([k])[0], CPU)
        assert matrix[k] @ alone > 0.999


def test_an_extraction_that_is_interrupted_ends_with_the_same_bits(images, network, tmp_path, monkeypatch):
    monkeypatch.setattr(extract, "BATCH", 2)
    pixels = result_of(open_pixels(images, "x", 64, False, tmp_path / "cache"))
    whole = result_of(extract.extract_pixels(network, pixels, range(14), CPU, tmp_path / "whole"))
    broken = extract.extract_pixels(network, pixels, range(14), CPU, tmp_path / "broken")
    next(broken)
    broken.close()
    assert len(list((tmp_path / "broken").iterdir())) == 1
    seen = []
    monkeypatch.setattr(extract, "describe_batch", lambda *a, real=extract.describe_batch: seen.append(len(a[1])) or real(*a))
    again = result_of(extract.extract_pixels(network, pixels, range(14), CPU, tmp_path / "broken"))
    assert (again == whole).all()
    assert sum(seen) == 12


def test_a_photograph_that_has_changed_makes_its_own_batch_anew_and_no_other(images, network, tmp_path, monkeypatch):
    monkeypatch.setattr(extract, "BATCH", 2)
    describe = lambda: result_of(extract.extract_pixels(  # noqa: E731
        network, result_of(open_pixels(images, "x", 64, False, tmp_path / "none", keep=False)), range(14), CPU, tmp_path / "parts"
    ))  # fmt: skip
    before = describe()
    PILImage.new("RGB", (64, 48), "red").save(images[1].path)
    seen = []
    monkeypatch.setattr(extract, "describe_batch", lambda *a, real=extract.describe_batch: seen.append(len(a[1])) or real(*a))
    after = describe()
    assert seen == [2]
    assert np.flatnonzero((before != after).any(1)).tolist() == [1]


def test_full_batches_of_the_first_pictures_are_batches_of_the_whole(monkeypatch):
    monkeypatch.setattr(extract, "BATCH", 3)
    shapes = np.random.default_rng(1).choice([48, 64], (40, 1)) * [1, 1]
    whole = {tuple(batch) for batch in extract.batches_of(shapes)}
    for count in range(41):
        first = [tuple(batch) for batch in extract.full_batches(shapes[:count])]
        assert set(first) <= whole
    assert len(first) == sum(np.unique(shapes[:, 0], return_counts=True)[1] // 3)


def test_a_broken_photograph_is_named(images, network, tmp_path):
    with open(images[4].path, "r+b") as file:
        file.truncate(200)
    with pytest.raises(RetrievalError, match=r"04\.png"):
        result_of(open_pixels(images, "x", 64, False, tmp_path / "cache"))


def test_the_crop_rules_give_other_pictures(images):
    query = Query("a_1", "01", "a", (8, 8, 40, 24), ("01",), (), ())
    photograph = read_image(images[1].path)
    assert extract.query_picture(photograph, query.box, 80, False, "fill").shape == (40, 80, 3)
    assert extract.query_picture(photograph, query.box, 160, False, "same").shape == (40, 80, 3)
    assert extract.query_picture(photograph, query.box, 64, True, "same").shape == (64, 64, 3)


def test_descriptors_are_found_by_id():
    rows = Descriptors(("b", "a"), np.eye(2, dtype=np.float32))
    assert rows.row("a") == 1
    with pytest.raises(KeyError):
        rows.row("c")


def test_several_scales_are_the_mean_of_each_ones_descriptor_as_numpy_and_pil_have_it(network):
    picture = np.random.default_rng(3).integers(0, 255, (96, 128, 3), np.uint8)
    values = (picture / 255.0 - MEAN) / STD
    total = np.zeros(512)
    for size in ((128, 96), (96, 72), (64, 48)):
        planes = [PILImage.fromarray(values[..., k].astype(np.float32)).resize(size, PILImage.Resampling.BILINEAR) for k in range(3)]
        batch = torch.from_numpy(np.stack([np.asarray(plane) for plane in planes])[None])
        with torch.inference_mode():
            total += network.descriptors(batch).numpy()[0].astype(np.float64)
    found = extract.describe_picture(network, picture, CPU, (1.0, 0.75, 0.5))
    np.testing.assert_allclose(found, total / np.linalg.norm(total), atol=2e-3)
    assert found @ extract.describe_picture(network, picture, CPU) < 0.9999


def test_one_scale_is_the_plain_descriptor(network):
    picture = np.random.default_rng(4).integers(0, 255, (64, 64, 3), np.uint8)
    assert (extract.describe_picture(network, picture, CPU, (1.0,)) == extract.describe_picture(network, picture, CPU)).all()
