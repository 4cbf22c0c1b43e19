"""GeM: mean at p = 1, maximum as p grows, float32 under autocast, and a gradient for p."""

import pytest
import torch

from retrieval_core.networks.pooling import FLOOR, GeM, gem


@pytest.fixture
def features():
    return torch.rand(3, 5, 4, 6, generator=torch.Generator().manual_seed(0)) * 10


def test_power_one_is_the_mean(features):
    torch.testing.assert_close(gem(features, 1.0), features.mean((2, 3)))


def test_a_large_power_is_the_maximum(features):
    largest = features.amax((2, 3))
    pooled = gem(features / 10, 60.0) * 10
    assert (pooled <= largest + 1e-4).all()
    torch.testing.assert_close(pooled, largest, rtol=0.06, atol=0)


def test_hand_value():
    features = torch.tensor([1.0, 2.0, 3.0, 0.0]).view(1, 1, 2, 2)
    torch.testing.assert_close(gem(features, 3.0), torch.tensor([[(36 / 4) ** (1 / 3)]]))


def test_negative_and_zero_activations_count_as_the_floor():
    features = torch.tensor([-5.0, 0.0]).view(1, 1, 1, 2)
    torch.testing.assert_close(gem(features, 3.0), torch.tensor([[FLOOR]]))


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_half_precision_features_are_pooled_in_float32(kind):
    features = torch.full((1, 2, 3, 3), 60.0, dtype=kind)  # 60³ is more than float16 can hold
    with torch.autocast("cpu", dtype=torch.bfloat16):
        pooled = GeM()(features)
    assert pooled.dtype == torch.float32
    torch.testing.assert_close(pooled, torch.full((1, 2), 60.0), rtol=1e-5, atol=0)


def test_the_exponent_learns(features):
    pool = GeM()
    assert float(pool.p.detach()) == 3.0
    pool(features).sum().backward()
    step = 1e-2
    slope = (gem(features.double(), 3 + step).sum() - gem(features.double(), 3 - step).sum()) / (2 * step)
    assert float(pool.p.grad) == pytest.approx(float(slope), rel=1e-2)
    assert float(pool.p.grad) > 0


def test_the_gradient_of_dark_channels_is_finite():
    features = torch.zeros(1, 1, 2, 2, requires_grad=True)
    gem(features, 3.0).sum().backward()
    assert torch.isfinite(features.grad).all()
