"""Every aggregation equals its paper's definition in loops, on maps of all shapes, of one position and of nothing active."""

import naive
import numpy as np
import pytest
import torch

from retrieval_core.descriptors.aggregation.netvlad import sharpness
from retrieval_core.descriptors.aggregation.rmac import regions
from retrieval_core.descriptors.aggregation.spoc import centre_prior
from retrieval_core.descriptors.aggregation.table import TABLE as ALL
from retrieval_core.search_choices import AGGREGATIONS

TABLE = {name: kind for name, kind in ALL.items() if not AGGREGATIONS[name].sets}  # ASMK, which makes no vector: test_asmk.py
CLOSE = 2e-5  # of unit vectors in float32, by component
CHANNELS = 12
SHAPES = [(1, 1), (1, 6), (5, 1), (2, 2), (4, 7), (9, 5), (6, 6)]
LEARN = np.random.default_rng(1).normal(size=(400, CHANNELS)).astype(np.float32)
LEARN /= np.linalg.norm(LEARN, axis=1, keepdims=True)
LEARNT = {name: kind.learn(LEARN) for name, kind in TABLE.items()}
# Of 400 words for 400 vectors some are one and the same, and either is the nearest: here are words that all differ.
VOCABULARIES = {**LEARNT, "bow": {**LEARNT["bow"], "words": LEARN[:40]}}


def a_map(shape, seed=0):
    """Activations as after a rectifier, half of them 0, and one channel that is nowhere active."""
    maps = np.maximum(np.random.default_rng(seed).normal(size=(CHANNELS, *shape)), 0)
    maps[3] = 0
    return maps


def by_definition(name, maps):
    more = {"netvlad": lambda v: (v["centres"], float(v["sharpness"])), "vlad": lambda v: (v["centres"],),
            "fisher": lambda v: (v,), "bow": lambda v: (v,)}  # fmt: skip
    return naive.unit(getattr(naive, name)(maps, *more.get(name, lambda v: ())(VOCABULARIES[name])))


def computed(name, maps):
    parts = torch.nn.functional.normalize(TABLE[name](VOCABULARIES[name]).parts(torch.from_numpy(maps).float()[None]), dim=2)
    return torch.nn.functional.normalize(parts.sum(1), dim=1)[0].numpy()


def test_the_table_has_all_that_can_be_written_behind_a_key():
    assert ALL.keys() == AGGREGATIONS.keys()
    assert {name for name, about in AGGREGATIONS.items() if about.learns and not about.sets} == {
        name for name, made in VOCABULARIES.items() if made
    }


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", TABLE)
def test_it_equals_its_definition(name, shape):
    maps = a_map(shape) if not TABLE[name].before else np.random.default_rng(2).normal(size=(CHANNELS, *shape))
    wanted, found = by_definition(name, maps), computed(name, maps)
    assert found.shape == wanted.shape
    assert found == pytest.approx(wanted, abs=CLOSE)


@pytest.mark.parametrize("name", TABLE)
def test_a_map_of_nothing_gives_what_the_definition_gives_and_no_nan(name):
    maps = np.zeros((CHANNELS, 3, 4))
    assert computed(name, maps) == pytest.approx(by_definition(name, maps), abs=CLOSE)


@pytest.mark.parametrize("name", TABLE)
def test_a_batch_is_described_as_each_of_its_maps(name):
    maps = np.stack([a_map((4, 5), seed) for seed in range(3)])
    together = TABLE[name](VOCABULARIES[name]).parts(torch.from_numpy(maps).float())
    for k in range(3):
        alone = TABLE[name](VOCABULARIES[name]).parts(torch.from_numpy(maps[k]).float()[None])
        assert together[k].numpy() == pytest.approx(alone[0].numpy(), abs=CLOSE)


@pytest.mark.parametrize("name", TABLE)
def test_the_width_is_the_one_that_is_said(name):
    wide = np.random.default_rng(3).normal(size=(2000, 80)).astype(np.float32)
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    parts = TABLE[name](TABLE[name].learn(wide)).parts(torch.rand(1, 80, 3, 3))
    assert parts.shape[2] == AGGREGATIONS[name].dim(80)


@pytest.mark.parametrize("name", [name for name, made in VOCABULARIES.items() if made])
def test_few_vectors_make_a_small_vocabulary(name):
    few = LEARN[:5]
    parts = TABLE[name](TABLE[name].learn(few)).parts(torch.rand(2, CHANNELS, 2, 2))
    assert parts.isfinite().all()


@pytest.mark.parametrize("shape", [(h, w) for h in (1, 2, 3, 5, 7, 12, 30) for w in (1, 2, 4, 7, 10, 13, 32)], ids=str)
def test_regions_are_those_of_the_published_formula(shape):
    found = regions(*shape)
    assert found == naive.rmac_regions(*shape)
    assert all(top + side <= shape[0] and left + side <= shape[1] for top, left, side in found)
    covered = np.zeros(shape)
    for top, left, side in found:
        covered[top : top + side, left : left + side] += 1
    if max(shape) <= 3 * min(shape):  # seven regions at most stand in a row
        assert covered.all()


def test_a_square_map_has_1_4_and_9_regions():
    assert [side for *_, side in regions(12, 12)] == [12] * 1 + [8] * 4 + [6] * 9
    assert [side for *_, side in regions(12, 16)] == [12] * 2 + [8] * 6 + [6] * 12


def test_the_prior_of_spoc_is_1_in_the_centre_and_symmetric():
    weights = centre_prior(5, 9)
    assert weights[2, 4] == 1
    assert torch.equal(weights, weights.flip(0))
    assert torch.equal(weights, weights.flip(1))
    assert weights[0, 4] == pytest.approx(np.exp(-(2**2) / (2 * (5 / 6) ** 2)))


def test_the_softmax_of_netvlad_gives_the_second_nearest_centre_a_hundredth_on_the_mean():
    centres = VOCABULARIES["netvlad"]["centres"]
    alpha = sharpness(LEARN, centres)
    gaps = []
    for vector in LEARN:
        dots = sorted(float(vector @ (centre / np.linalg.norm(centre))) for centre in centres)
        gaps.append(dots[-1] - dots[-2])
    assert alpha * np.mean(gaps) == pytest.approx(-np.log(0.01), rel=1e-4)
    assert float(VOCABULARIES["netvlad"]["sharpness"]) == pytest.approx(alpha, rel=1e-6)
    assert sharpness(LEARN, centres[:1]) == 1.0


def test_vocabularies_are_the_same_every_time():
    for name, kind in TABLE.items():
        again = kind.learn(LEARN)
        for part, array in LEARNT[name].items():
            assert np.array_equal(array, again[part]), (name, part)
