"""The parts of a similarity add up to it, whatever the network, the exponent, the shapes and the maps; and equal naive loops."""

import itertools

import numpy as np
import pytest
import torch

from retrieval_core.descriptors import match_maps
from retrieval_core.descriptors.extract import describe_picture
from retrieval_core.descriptors.match_maps import gem_parts, match, split_picture
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.network import build_network
from retrieval_core.networks.pooling import FLOOR, gem
from retrieval_core.presets import get_preset

CPU = torch.device("cpu")
SCALES = (1.0, 2**-0.5, 0.5)
EXACT = {"atol": 1e-5, "rtol": 0}
VIT = "timm:test_vit.r160_in1k-gem"


def pictures(*shapes):
    random = np.random.default_rng(4)
    return [random.integers(0, 255, (*shape, 3), np.uint8) for shape in shapes]


def network_of(key, p=3.0):
    network = build_network(get_preset(key)).eval()
    network.pool.p.data.fill_(p)
    if network.fc is not None:
        torch.nn.init.normal_(network.fc.bias, 0, 0.05, generator=torch.Generator().manual_seed(1))
    return network


def whitening(dim):
    random = np.random.default_rng(2)
    return Whitening.fit(random.normal(0.05, 0.1, (3 * dim, dim)).astype(np.float32))


@pytest.mark.parametrize("p", [0.5, 1.0, 3.0, 6.7, 400.0])
def test_the_parts_of_gem_are_those_of_naive_loops_and_sum_to_it(p):
    maps = np.random.default_rng(0).normal(size=(5, 6)) ** 3
    maps[1], maps[2], maps[3, 1:] = 0, -1, 0  # dead channels, and one that is alive at one position
    parts = gem_parts(maps, p)
    if p < 50:  # beyond, the naive way overflows
        for channel, position in np.ndindex(5, 6):
            powers = [max(value, FLOOR) ** p for value in maps[channel]]
            pooled = (sum(powers) / 6) ** (1 / p)
            assert parts[position, channel] == pytest.approx(pooled * powers[position] / sum(powers), rel=1e-9)
        pooled = gem(torch.from_numpy(maps.astype(np.float32))[None, :, :, None], p)[0].numpy()
        np.testing.assert_allclose(parts.sum(0), pooled, **EXACT)
    np.testing.assert_allclose(parts[:, 1], FLOOR / 6)  # where nothing answers, every position counts alike
    assert parts[0, 3] == pytest.approx(parts[:, 3].sum(), rel=0.03)  # the floor of the others counts a little where p is small
    assert np.isfinite(parts).all()


@pytest.mark.parametrize("shapes", [((64, 64), (64, 64)), ((48, 80), (96, 40)), ((33, 33), (70, 41))])
@pytest.mark.parametrize(
    ("key", "p"), [("1c", 3.0), ("1d", 1.0), ("1d", 8.5), ("1f", 3.0), ("2a", 3.0), ("timm:test_convnext.r160_in1k-gem", 2.0)]
)
def test_all_positions_and_constants_sum_to_the_similarity(key, p, shapes):
    network, found = network_of(key, p), pictures(*shapes)
    splits = [split_picture(network, picture, CPU) for picture in found]
    rows = [describe_picture(network, picture, CPU) for picture in found]
    for split, row in zip(splits, rows, strict=True):
        np.testing.assert_allclose(split.descriptor, row, **EXACT)
    sums_to(match(*splits), rows[0] @ rows[1])


def sums_to(found, similarity):
    assert found.similarity == pytest.approx(similarity, abs=1e-5)
    for side in (found.first, found.second):
        assert side.grid.sum() + sum(side.constants.values()) == pytest.approx(similarity, abs=1e-5)
        assert sum(share for _, share in side.scales) == pytest.approx(side.grid.sum(), abs=1e-9)
    np.testing.assert_allclose(found.pairs.sum((2, 3)) + found.first.beside, found.first.grid, **EXACT)
    np.testing.assert_allclose(found.pairs.sum((0, 1)) + found.second.beside, found.second.grid, **EXACT)


@pytest.mark.parametrize("scales", [(1.0,), SCALES])
@pytest.mark.parametrize("key", ["1d", "1f"])
def test_whitening_and_scales_keep_the_sum_and_their_constant_is_named(key, scales):
    network, found = network_of(key), pictures((96, 70), (64, 64))
    learnt = whitening(network.dim)
    splits = [split_picture(network, picture, CPU, scales, learnt) for picture in found]
    rows = learnt.transform(np.stack([describe_picture(network, picture, CPU, scales) for picture in found]))
    for split, row in zip(splits, rows, strict=True):
        np.testing.assert_allclose(split.descriptor, row, **EXACT)
    result = match(*splits)
    sums_to(result, rows[0] @ rows[1])
    names = {"mean of the whitening"} | ({"bias of the FC"} if key == "1f" else set())
    assert set(result.first.constants) == set(result.second.constants) == names
    assert [scale for scale, _ in result.first.scales] == list(scales)


def test_a_transformer_s_tokens_lie_where_its_patches_are():
    network = network_of(VIT)
    plain, other = np.full((160, 160, 3), 128, np.uint8), pictures((160, 160))[0]
    spotted = plain.copy()
    spotted[32:48, 96:112] = other[32:48, 96:112]
    split = split_picture(network, spotted, CPU)
    assert split.parts[0].shape[:2] == (10, 10)
    np.testing.assert_allclose(split.descriptor, describe_picture(network, spotted, CPU), **EXACT)
    changed = np.linalg.norm(split.parts[0] - split_picture(network, plain, CPU).parts[0], axis=2)
    assert np.unravel_index(changed.argmax(), (10, 10)) == (2, 6)


def test_pairs_are_those_of_naive_loops():
    network, found = network_of("1c"), pictures((64, 80), (64, 48))
    shares, pooled = [], []
    for picture in found:
        with torch.inference_mode():
            batch = network.normalise(torch.from_numpy(picture).permute(2, 0, 1)[None])
            maps = network.features(batch)[0].double().clamp(min=FLOOR).flatten(1).numpy()
        powers = maps**3
        shares.append(powers / powers.sum(1, keepdims=True))
        vector = powers.mean(1) ** (1 / 3)
        pooled.append(vector / np.linalg.norm(vector))
    result = match(*(split_picture(network, picture, CPU) for picture in found))
    pairs = result.pairs.reshape(shares[0].shape[1], -1)
    for i, j in itertools.product(range(pairs.shape[0]), range(pairs.shape[1])):
        wanted = sum(pooled[0][c] * pooled[1][c] * shares[0][c, i] * shares[1][c, j] for c in range(len(pooled[0])))
        assert pairs[i, j] == pytest.approx(wanted, abs=1e-7)


def test_a_finer_map_is_put_together_without_losing_anything():
    network = network_of("1c")
    splits = [split_picture(network, picture, CPU, SCALES) for picture in pictures((300, 180), (180, 180))]
    rows, columns = splits[0].parts[0].shape[:2]
    assert rows > 10
    result = match(*splits, most=10)
    assert result.first.grid.shape == (10, min(10, columns))
    sums_to(result, splits[0].descriptor @ splits[1].descriptor)
    whole = match(*splits, most=10**6)
    assert whole.first.grid.shape == (rows, columns)
    assert whole.similarity == pytest.approx(result.similarity)
    centre = lambda grid: (grid * np.arange(len(grid))[:, None]).sum() / grid.sum() / len(grid)  # noqa: E731
    assert centre(result.first.grid) == pytest.approx(centre(whole.first.grid), abs=0.06)  # nothing has moved


def test_shares_of_overlaps_add_up():
    even = lambda cells: np.linspace(0, 1, cells + 1)  # noqa: E731
    for cells, others in itertools.product((1, 2, 3, 7, 24), (1, 2, 5, 24, 31)):
        found = match_maps._overlaps(even(cells), even(others))
        np.testing.assert_allclose(found.sum(0), 1)
        np.testing.assert_allclose(found.sum(1), others / cells)
    np.testing.assert_allclose(match_maps._overlaps(even(3), even(2)), [[2 / 3, 0], [1 / 3, 1 / 3], [0, 2 / 3]])
    np.testing.assert_allclose(match_maps._overlaps(np.array([0, 0.3, 1]), np.array([0, 0.6, 1])), [[0.5, 0], [0.5, 1]])


def test_equal_pictures_match_wholly_and_symmetrically():
    network, [picture] = network_of("1d"), pictures((64, 64))
    one = split_picture(network, picture, CPU)
    found = match(one, split_picture(network, picture.copy(), CPU))
    assert found.similarity == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(found.first.grid, found.second.grid)
    assert found.first.constants == {}
    assert (found.first.grid >= 0).all()


@pytest.mark.parametrize("key", ["1a", "timm:test_vit.r160_in1k"])
def test_where_there_is_no_exact_split_it_is_said(key):
    network = build_network(get_preset(key))
    with pytest.raises(RetrievalError, match="no exact split"):
        split_picture(network, pictures((160, 160))[0], CPU)
