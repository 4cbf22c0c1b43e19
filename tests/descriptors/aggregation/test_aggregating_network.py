"""A trunk with an aggregation: the map before its last rectifier, whitened regions, and one pass that equals many."""

import numpy as np
import pytest
import torch
from caches import result_of
from naive import rmac, unit
from PIL import Image as PILImage

from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.descriptors import extract
from retrieval_core.descriptors.aggregation import one_pass
from retrieval_core.descriptors.aggregation.network import AggregatingNetwork
from retrieval_core.descriptors.aggregation.table import TABLE
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.networks.backbones import build_trunk
from retrieval_core.networks.feature_maps import FeatureMaps
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset

CPU = torch.device("cpu")
LOCAL = np.random.default_rng(0).normal(size=(300, 256)).astype(np.float32)


@pytest.fixture
def dataset(tmp_path):
    random, images = np.random.default_rng(0), []
    for k in range(7):
        shape = (70, 96, 3) if k % 3 else (96, 70, 3)
        PILImage.fromarray(random.integers(0, 255, shape, np.uint8)).save(tmp_path / f"{k}.png")
        images.append(Image(f"{k}", str(tmp_path / f"{k}.png"), "mill"))
    queries = tuple(Query(f"mill_{k}", f"{k}", "mill", (4, 4, 60, 60), ("0", "1"), (), ()) for k in range(2))
    return Dataset("few", tuple(images), queries, "photographs", "truth")


@pytest.fixture
def pixels(dataset, tmp_path):
    return result_of(open_pixels(dataset.images, "photographs", 96, False, tmp_path / "decoded"))


@pytest.fixture(scope="module")
def trunk():
    torch.manual_seed(0)
    return build_trunk("alexnet", "gem").to(memory_format=torch.channels_last)


def network(name, trunk, whitening=None):
    return AggregatingNetwork(get_preset(f"1a-{name}"), TABLE[name].learn(LOCAL), whitening, trunk).eval()


@pytest.mark.parametrize(("backbone", "rectify"), [
    ("alexnet", torch.relu), ("resnet18", torch.relu), ("resnet50", torch.relu), ("lite0", torch.nn.functional.relu6),
    ("torchvision:vgg16", torch.relu),
])  # fmt: skip
def test_the_map_after_the_last_rectifier_is_the_rectified_one_before_it(backbone, rectify):
    trunk = build_trunk(backbone, "gem").eval()
    images = torch.randn(1, 3, 64, 80).contiguous(memory_format=torch.channels_last)
    with torch.inference_mode():
        after, before = FeatureMaps(trunk).of(images, before=True)
        plain, nothing = FeatureMaps(trunk).of(images, before=False)
    assert nothing is None
    assert torch.equal(after, plain)
    assert torch.equal(rectify(before), after)
    assert (before < 0).any()


def test_what_fc7_hides_is_aggregated_with_the_same_weights():
    whole, mac = build_network(get_preset("1a")).eval(), AggregatingNetwork(get_preset("1a-mac"), {}).eval()
    mac.load_state_dict({name: tensor for name, tensor in whole.state_dict().items() if "features" in name}, strict=False)
    images = torch.randn(2, 3, 100, 120)
    with torch.inference_mode():
        expected = whole.trunk.features[:-1](images).amax((2, 3))
        assert torch.allclose(mac.described([images]), torch.nn.functional.normalize(expected, dim=1), atol=1e-2)  # bfloat16


def test_regions_are_whitened_each_by_itself_and_a_dead_one_stays_nothing(trunk):
    random = np.random.default_rng(3)
    whitening = Whitening.fit(random.normal(size=(600, 256)).astype(np.float32), dim=32)
    maps = np.maximum(random.normal(size=(256, 6, 8)), 0)
    maps[:, :, 5:] = 0
    found = network("rmac", trunk, whitening).aggregated((torch.from_numpy(maps).float()[None], None))[0].numpy()
    by_definition = rmac(maps, lambda part: (part - whitening.mean) @ whitening.projection)
    assert found == pytest.approx(unit(by_definition), abs=2e-5)
    dead = network("rmac", trunk, whitening).aggregated((torch.zeros(1, 256, 5, 5), None))
    assert torch.equal(dead, torch.zeros(1, 32))


@pytest.mark.parametrize("scales", ["", "-ms"])
def test_one_pass_leaves_what_each_would_have_made_alone(dataset, pixels, tmp_path, scales, monkeypatch, trunk):
    monkeypatch.setattr(extract, "BATCH", 2)
    preset = get_preset(f"1a{scales}-mac")
    networks = {tmp_path / name: network(name, trunk) for name in ("mac", "rmac", "netvlad", "bow")}
    recipe = {"size": 96, "crop": "fill", "scales": preset.scales}
    alone = {folder: result_of(extract.extract_dataset(one, None, dataset, pixels, recipe, CPU)) for folder, one in networks.items()}
    passes, real = [], FeatureMaps.of
    monkeypatch.setattr(FeatureMaps, "of", lambda self, images, before: passes.append(1) or real(self, images, before))
    (tmp_path / "bow").mkdir()
    list(one_pass.leave_batches(networks, dataset, pixels, 96, "fill", preset.scales, CPU))
    assert len(passes) == len(preset.scales) * (len(list(extract.batches_of(pixels.shapes))) + len(dataset.queries))
    passes.clear()
    list(one_pass.leave_batches(networks, dataset, pixels, 96, "fill", preset.scales, CPU))
    for folder, one in networks.items():
        together = result_of(extract.extract_dataset(one, None, dataset, pixels, recipe, CPU, folder))
        for found, expected in zip(together, alone[folder], strict=True):
            assert np.array_equal(found, expected), folder.name
    assert not passes  # all of it lay there


def test_a_dataset_without_queries_leaves_none(dataset, pixels, tmp_path, trunk):
    lonely = Dataset("few", dataset.images, (), "photographs", "truth")
    list(one_pass.leave_batches({tmp_path / "mac": network("mac", trunk)}, lonely, pixels, 96, "fill", (1.0,), CPU))
    assert not list((tmp_path / "mac").glob("queries*"))
    recipe = {"size": 96, "crop": "fill", "scales": (1.0,)}
    matrix, queries = result_of(extract.extract_dataset(network("mac", trunk), None, lonely, pixels, recipe, CPU, tmp_path / "mac"))
    assert (matrix.shape, queries.shape) == ((7, 256), (0, 256))


def test_what_is_learnt_from_is_drawn_alike_of_every_photograph(pixels, monkeypatch, trunk):
    monkeypatch.setattr(one_pass, "MOST_VECTORS", 21)
    mac = network("mac", trunk)
    found = result_of(one_pass.collect_vectors(mac, pixels, CPU, {True, False}))
    assert found[True].shape == found[False].shape == (21, 256)
    assert np.allclose(np.linalg.norm(found[True], axis=1), 1, atol=1e-5)
    again = result_of(one_pass.collect_vectors(mac, pixels, CPU, {False}))
    assert np.array_equal(again[False], found[False])


def test_wide_vectors_are_taken_of_fewer_photographs(pixels, monkeypatch, trunk):
    networks = [network("mac", trunk), network("rmac", trunk), network("vlad", trunk)]
    mac, rmac_parts, vlad = result_of(one_pass.collect_parts(networks, pixels, CPU, (1.0,)))
    assert (mac.shape, vlad.shape) == ((7, 256), (7, 64 * 256))
    assert len(rmac_parts) > 7 * 14
    monkeypatch.setattr(one_pass, "MOST_BYTES", 3 * 4 * 64 * 256)
    assert len(result_of(one_pass.collect_parts(networks, pixels, CPU, (1.0,)))[2]) == 3
