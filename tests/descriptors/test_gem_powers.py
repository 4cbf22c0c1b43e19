"""GeM at many exponents from one pass is GeM at each of them."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from retrieval_core.descriptors.extract import describe_batch
from retrieval_core.descriptors.gem_powers import POWERS, AtPowers, gem_of_logarithms
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.network import build_network
from retrieval_core.networks.pooling import ShiftedGeM
from retrieval_core.presets import get_preset


def naive(channel: np.ndarray, power: float) -> float:
    """GeM of one channel in float64, by its definition."""
    values = np.maximum(channel.astype(np.float64).ravel(), 1e-6)
    return values.max() if math.isinf(power) else float(np.mean(values**power) ** (1 / power))


@pytest.mark.parametrize("power", POWERS)
def test_it_is_the_generalised_mean_by_its_definition(power):
    maps = torch.relu(torch.randn(2, 5, 3, 4, generator=torch.Generator().manual_seed(0)))
    found = gem_of_logarithms(maps.clamp(min=1e-6).log(), power)
    expected = [[naive(channel.numpy(), power) for channel in one] for one in maps]
    assert np.allclose(found, expected, rtol=2e-5, atol=1e-6)


def test_no_exponent_overflows():
    maps = torch.full((1, 1, 2, 2), 1e4)
    assert not torch.isfinite(maps.pow(50)).all()
    assert float(gem_of_logarithms(maps.log(), 50.0)) == pytest.approx(1e4, rel=1e-4)


@pytest.mark.parametrize(("key", "scales", "shifted"), [("1f", (1.0,), False), ("1d", (1.0, 0.5), False), ("1d", (1.0,), True)])
def test_each_descriptor_is_that_of_the_network_with_this_p(key, scales, shifted):
    network = build_network(get_preset(key)).eval()
    network.pool = ShiftedGeM() if shifted else network.pool
    pictures = torch.randint(0, 256, (2, 3, 80, 96), dtype=torch.uint8, generator=torch.Generator().manual_seed(1))
    powers = (1.0, 2.5, 7.0)
    with torch.inference_mode():
        together = AtPowers(network, powers)
        found = together.apart(describe_batch(together, pictures, scales))
        for number, power in enumerate(powers):
            network.pool.p.data.fill_(power)
            assert torch.allclose(found[number], describe_batch(network, pictures, scales), atol=2e-5)
    assert together.dim == 3 * network.dim


def test_what_gem_does_not_pool_has_no_p():
    with pytest.raises(RetrievalError, match="Only a network that GeM pools"):
        AtPowers(nn.Linear(2, 2), POWERS)
