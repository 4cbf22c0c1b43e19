"""Learnt poolings equal their definition window by window, values and gradients, and stand where the authors' AlexNet has them."""

from dataclasses import replace
from math import exp

import pytest
import torch
from torch import nn

from retrieval_core.networks.backbones import build_trunk
from retrieval_core.networks.local_pooling import LOCAL_POOLINGS, Gated, Mixed, Tree
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import inherit
from retrieval_core.presets import get_preset

SIDE, STRIDE = 3, 2


def pooling(kind):
    made = kind(nn.MaxPool2d(SIDE, STRIDE)).double()
    made.start(torch.Generator().manual_seed(0))
    return made


def by_definition(made, maps):
    """One window and channel after the other."""
    sigmoid = lambda value: 1 / (1 + exp(-value))  # noqa: E731
    batch, channels, height, width = maps.shape
    rows, columns = (height - SIDE) // STRIDE + 1, (width - SIDE) // STRIDE + 1
    found = torch.zeros(batch, channels, rows, columns, dtype=torch.float64)
    for b in range(batch):
        for c in range(channels):
            for y in range(rows):
                for x in range(columns):
                    window = [float(maps[b, c, STRIDE * y + i, STRIDE * x + j]) for i in range(SIDE) for j in range(SIDE)]
                    dot = lambda mask, window=window: sum(float(m) * v for m, v in zip(mask.detach(), window, strict=True))  # noqa: E731
                    largest, mean = max(window), sum(window) / len(window)
                    if isinstance(made, Tree):
                        share, leaves = sigmoid(dot(made.gate)), (dot(made.first), dot(made.second))
                    else:
                        share, leaves = (
                            float(made.share.detach()) if isinstance(made, Mixed) else sigmoid(dot(made.gate)),
                            (largest, mean),
                        )
                    found[b, c, y, x] = share * leaves[0] + (1 - share) * leaves[1]
    return found


@pytest.mark.parametrize("kind", [Mixed, Gated, Tree])
def test_values_and_gradients_are_those_of_the_definition(kind):
    made = pooling(kind)
    maps = torch.randn(2, 3, 7, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert made(maps).detach().numpy() == pytest.approx(by_definition(made, maps).numpy(), abs=1e-12)
    weight = torch.randn(made(maps).shape, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    (made(maps) * weight).sum().backward()
    for parameter in made.parameters():
        flat = parameter.detach().view(-1)
        for place in range(len(flat)):
            found = []
            for step in (1e-6, -1e-6):
                flat[place] += step
                found.append(float((by_definition(made, maps) * weight).sum()))
                flat[place] -= step
            assert float(parameter.grad.view(-1)[place]) == pytest.approx((found[0] - found[1]) / 2e-6, abs=1e-6)


def test_a_mixture_stays_one():
    made = pooling(Mixed)
    maps = torch.rand(1, 2, 5, 5, dtype=torch.float64)
    with torch.no_grad():
        made.share.fill_(1.7)
    assert torch.equal(made(maps), made.largest(maps))


@pytest.mark.parametrize("name", LOCAL_POOLINGS)
def test_they_take_the_place_of_max_poolings_and_all_else_stays(name):
    plain, other = (build_trunk("alexnet", "gem", local) for local in (None, name))
    places = [place for place, layer in enumerate(plain.features) if isinstance(layer, nn.MaxPool2d)]
    wanted = [place for place in LOCAL_POOLINGS[name] if place < len(plain.features)]  # pool5 is not in this trunk
    assert [place for place in places if type(other.features[place]) is LOCAL_POOLINGS[name].get(place)] == wanted
    pictures = torch.rand(1, 3, 96, 112)
    assert other(pictures).shape == plain(pictures).shape
    assert all(type(one) is type(two) for place, (one, two) in enumerate(zip(plain.features, other.features, strict=True))
               if place not in wanted)  # fmt: skip


def test_masks_are_drawn_from_the_seed_and_weights_of_alexnet_fit():
    parent = build_network(get_preset("1c"), seed=3).state_dict()
    made = {}
    for seed in (1, 1, 2):
        network = build_network(replace(get_preset("1c"), local_pooling="gated"), seed=seed)
        new = inherit(network, parent)
        assert new == ["trunk.features.5.gate"]
        made.setdefault(seed, []).append(network.trunk.features[5].gate.detach().clone())
    assert torch.equal(*made[1])
    assert not torch.equal(made[1][0], made[2][0])
    assert 0.01 < float(made[1][0].std()) < 0.3
