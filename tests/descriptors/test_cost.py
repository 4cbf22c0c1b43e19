"""What a network costs: against the figures that torchvision and timm publish, and what sizes and scales make of it."""

import numpy as np
import pytest
import timm
import torch
import torchvision

from retrieval_core.descriptors.cost import count_operations, count_parameters
from retrieval_core.networks.network import build_network, normalise
from retrieval_core.presets import get_preset

CPU = torch.device("cpu")


def operations(key, *shapes, scales=(1.0,)):
    return count_operations(build_network(get_preset(key)).eval(), np.array(shapes), CPU, scales)


@pytest.mark.parametrize(("key", "name", "classifier"), [
    ("1a", "alexnet", 4096 * 1000 + 1000), ("1d", "resnet18", 512 * 1000 + 1000),
])  # fmt: skip
def test_parameters_and_operations_are_those_that_torchvision_publishes_without_the_classifier(key, name, classifier):
    published = torchvision.models.get_model_weights(name).DEFAULT.meta
    pooling = 0 if get_preset(key).square else 1  # the exponent of GeM
    assert count_parameters(build_network(get_preset(key))) == published["num_params"] - classifier + pooling
    assert operations(key, (224, 224)) / 1e9 == pytest.approx(published["_ops"] - classifier / 1e9, abs=1e-3)


def test_the_network_that_comes_as_a_package_is_counted():
    whole = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    classifier = sum(parameter.numel() for parameter in whole.get_classifier().parameters())
    assert count_parameters(build_network(get_preset("2a"))) == sum(one.numel() for one in whole.parameters()) - classifier + 1
    assert operations("2a", (224, 224)) / 1e9 == pytest.approx(0.384, abs=1e-3)


def test_a_head_is_counted():
    assert count_parameters(build_network(get_preset("1f"))) - count_parameters(build_network(get_preset("1d"))) == 512 * 512 + 512
    assert operations("1f", (64, 64)) - operations("1d", (64, 64)) == 512 * 512


def test_several_shapes_give_the_mean_over_pictures():
    small, large = operations("1c", (64, 96)), operations("1c", (96, 128))
    assert small < large
    assert operations("1c", (64, 96), (96, 128), (64, 96)) == pytest.approx((2 * small + large) / 3)


def test_scales_add_up():
    whole, half = operations("1c", (96, 128)), operations("1c", (48, 64))
    assert operations("1c", (96, 128), scales=(1.0, 0.5)) == whole + half


def test_attention_is_counted():
    class Wrapped(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.whole = timm.create_model("vit_small_patch16_224", pretrained=False)
            self.normalise = normalise

        def described(self, scaled):
            return torch.cat([self.whole(images) for images in scaled])

    # timm's own table: 4.6 billion for this network; without attention it would be 4.24.
    assert count_operations(Wrapped().eval(), np.array([(224, 224)]), CPU) / 1e9 == pytest.approx(4.60, abs=0.01)
