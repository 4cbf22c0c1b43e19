"""What the networks are: the width of every descriptor, where AlexNet is cut, and what stands after the pooling."""

import pytest
import torch
import torchvision
from torch.nn import functional

from retrieval_core.datasets.pixels import MIN_SIDE
from retrieval_core.networks.network import MEAN, STD, build_network, normalise
from retrieval_core.networks.weights import inherit
from retrieval_core.presets import PRESETS, get_preset

WIDTHS = {"1a": 4096, "1b": 4096, "1c": 256, "1d": 512, "1e": 512, "1f": 512, "1g": 512, "1h": 2048, "2a": 1280, "2t": 1280}


def pictures(*shape):
    return normalise(torch.rand(shape, generator=torch.Generator().manual_seed(1)))


@pytest.mark.parametrize("key", PRESETS)
def test_descriptors_have_the_width_of_the_table_and_length_one(key):
    shape = (2, 3, 64, 64) if get_preset(key).square else (2, 3, 64, 96)
    network = build_network(get_preset(key)).eval()
    with torch.inference_mode():
        descriptors = network.descriptors(pictures(*shape))
    assert descriptors.shape == (2, WIDTHS[key])
    assert descriptors.dtype == torch.float32
    torch.testing.assert_close(descriptors.norm(dim=1), torch.ones(2))


def test_fc7_is_torchvisions_second_large_layer_before_its_relu():
    network = build_network(get_preset("1a")).eval()
    whole = torchvision.models.alexnet(weights=None).eval()
    state = {name.removeprefix("trunk."): tensor for name, tensor in network.state_dict().items()}
    assert set(whole.state_dict()) - set(state) == {"classifier.6.weight", "classifier.6.bias"}
    whole.load_state_dict(state, strict=False)
    images = pictures(2, 3, 224, 224)
    with torch.inference_mode():
        hidden = whole.classifier[:5](whole.avgpool(whole.features(images)).flatten(1))
        ours = network.descriptors(images)
    assert (hidden < 0).any(), "a ReLU would have taken these away"
    similarity = (functional.normalize(hidden, dim=1) * ours).sum(1)
    assert (similarity > 0.999).all()  # ours is computed in bfloat16


def test_alexnet_gem_keeps_the_resolution_of_the_last_convolution():
    network = build_network(get_preset("1c")).eval()
    images = pictures(1, 3, 96, 128)
    with torch.inference_mode():
        fine = network.trunk(images)
        coarse = torchvision.models.alexnet(weights=None).features(images)
    assert fine.shape[1] == 256
    assert fine.shape[2] > coarse.shape[2]
    assert (fine >= 0).all()


def test_ranking_models_normalise_before_and_after_the_fc():
    network = build_network(get_preset("1f")).eval()
    images = pictures(2, 3, 64, 64)
    with torch.inference_mode():
        unit = functional.normalize(network.pooled(images), dim=1)
        expected = functional.normalize(network.fc(unit), dim=1)
        torch.testing.assert_close(network.descriptors(images), expected)
    assert build_network(get_preset("1d")).fc is None


def test_fine_tuning_gets_a_new_classifier_and_everything_else_from_the_parent():
    parent = build_network(get_preset("1a"), 60, seed=1)
    child = build_network(get_preset("1b"), 140, seed=2)
    assert inherit(child, parent.state_dict()) == ["classifier.bias", "classifier.weight"]
    assert child.logits(pictures(2, 3, 64, 64)).shape == (2, 140)
    assert torch.equal(child.trunk.classifier[1].weight, parent.trunk.classifier[1].weight)


@pytest.mark.parametrize("key", ["1c", "1d", "1h", "2a"])
@pytest.mark.parametrize("sides", [(MIN_SIDE, MIN_SIDE), (MIN_SIDE, 112), (112, MIN_SIDE)])
def test_the_narrowest_picture_is_described_the_same_each_time_and_as_in_float32(key, sides):
    network = build_network(get_preset(key)).eval()
    images = pictures(3, 3, *sides)
    with torch.inference_mode():
        found = [network.descriptors(images) for _ in range(4)]
        exact = functional.normalize(network.pool(network.trunk(images)), dim=1)
        exact = exact if network.fc is None else functional.normalize(network.fc(exact), dim=1)
    assert all(torch.equal(found[0], again) for again in found)
    assert ((found[0] * exact).sum(1) > 0.999).all()


def test_a_picture_that_is_too_narrow_is_refused():
    with pytest.raises(ValueError, match=f"the networks need {MIN_SIDE}"):
        build_network(get_preset("1d")).pooled(pictures(1, 3, MIN_SIDE, MIN_SIDE - 1))


def test_the_seed_decides_the_weights():
    one, same, other = (build_network(get_preset("1c"), 5, seed).state_dict() for seed in (3, 3, 4))
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not torch.equal(one["trunk.features.0.weight"], other["trunk.features.0.weight"])


def test_pictures_are_normalised_as_torchvision_does_it():
    picture = torch.randint(0, 256, (1, 3, 5, 7), dtype=torch.uint8)
    expected = torchvision.transforms.functional.normalize(picture.float() / 255, MEAN, STD)
    torch.testing.assert_close(normalise(picture), expected)
    assert normalise(picture).is_contiguous(memory_format=torch.channels_last)
    own = build_network(get_preset("2a")).normalise(picture)
    torch.testing.assert_close(own, picture.float() / 127.5 - 1)
    assert torch.equal(build_network(get_preset("1d")).normalise(picture), normalise(picture))
