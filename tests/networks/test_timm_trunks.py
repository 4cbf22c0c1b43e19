"""Networks by name as trunks: their own features, at their own sizes, in the layouts that they come in."""

import pytest
import timm
import torch
import torchvision

from retrieval_core.named_networks import find_network
from retrieval_core.networks.backbones import build_trunk
from retrieval_core.networks.network import build_network
from retrieval_core.networks.pooling import SHIFT, ShiftedGeM, gem
from retrieval_core.presets import get_preset

VIT, SWIN = "timm:test_vit.r160_in1k", "timm:swin_tiny_patch4_window7_224.ms_in1k"


def pictures(*sides):
    return torch.rand(2, 3, *sides, generator=torch.Generator().manual_seed(2))


@pytest.mark.parametrize("key", [
    VIT, f"{VIT}-gem", "timm:test_convnext.r160_in1k", "timm:test_resnet.r160_in1k", SWIN, f"{SWIN}-gem", "timm:volo_d1_224.sail_in1k",
    "timm:vit_base_patch16_siglip_224.webli", "torchvision:vgg16",
])  # fmt: skip
def test_descriptors_have_the_width_that_is_said_and_length_one(key):
    preset = get_preset(key)
    network = build_network(preset).eval()
    size = preset.schedule("quick").extract_size
    with torch.inference_mode():
        found = network.descriptors(network.normalise(pictures(*((size, size) if preset.square else (97, 150)))))
    assert found.shape == (2, preset.dim)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.norm(dim=1), torch.ones(2))
    assert not torch.equal(found[0], found[1])


def test_parameters_keep_the_names_of_the_library():
    for key, whole in ((VIT, timm.create_model("test_vit", num_classes=0)), ("timm:test_resnet.r160_in1k", timm.create_model(
            "test_resnet", num_classes=0))):  # fmt: skip
        assert [name.removeprefix("trunk.") for name in build_network(get_preset(key)).state_dict() if name != "pool.p"] == list(
            whole.state_dict())  # fmt: skip
    vgg = torchvision.models.vgg16(weights=None, init_weights=False).state_dict()
    assert set(build_trunk("torchvision:vgg16", "gem").state_dict()) == {name for name in vgg if name.startswith("features.")}


def test_the_head_is_what_the_network_gives_to_its_own_classifier():
    trunk = build_trunk(VIT, "head").eval()
    whole = timm.create_model("test_vit", num_classes=0).eval()
    whole.load_state_dict(trunk.state_dict())
    images = pictures(160, 160)
    with torch.inference_mode():
        torch.testing.assert_close(trunk(images), whole(images))


def test_tokens_become_a_map_without_those_that_stand_for_no_place():
    trunk = build_trunk(VIT, "shifted").eval()
    whole = timm.create_model("test_vit", num_classes=0).eval()
    whole.load_state_dict(trunk.state_dict())
    images = pictures(160, 160)
    with torch.inference_mode():
        found, tokens = trunk(images), whole.forward_features(images)
    assert found.shape == (2, 64, 100, 1)
    torch.testing.assert_close(found.squeeze(3).transpose(1, 2), tokens[:, 1:])


def test_maps_with_channels_last_are_turned():
    trunk = build_trunk(SWIN, "shifted").eval()
    whole = timm.create_model("swin_tiny_patch4_window7_224", num_classes=0).eval()
    whole.load_state_dict(trunk.state_dict())
    images = pictures(224, 224)
    with torch.inference_mode():
        found, theirs = trunk(images), whole.forward_features(images)
    assert theirs.shape == (2, 7, 7, 768)
    torch.testing.assert_close(found, theirs.permute(0, 3, 1, 2))


@pytest.mark.parametrize(("sides", "fitted"), [((96, 160), (6, 10)), ((97, 150), (6, 9)), ((33, 160), (2, 10)), ((105, 152), (7, 10))])
def test_sides_become_the_nearest_multiples_of_a_patch_and_the_shape_is_kept(sides, fitted):
    assert find_network(VIT).multiple == 16
    with torch.inference_mode():
        found = build_trunk(VIT, "shifted").eval()(pictures(*sides))
    assert found.shape == (2, 64, fitted[0] * fitted[1], 1)


def test_gem_of_negative_features_keeps_what_the_clamp_would_lose():
    random = torch.Generator().manual_seed(0)
    tokens = torch.randn(3, 64, 25, 1, generator=random) * 4 + 0.5
    pooled = ShiftedGeM()(tokens)
    rows = tokens.permute(0, 2, 3, 1)
    standard = ((rows - rows.mean(-1, keepdim=True)) / rows.std(-1, correction=0, keepdim=True)).permute(0, 3, 1, 2)
    expected = (standard + SHIFT).clamp(min=1e-6).pow(3).mean((2, 3)).pow(1 / 3) - SHIFT
    torch.testing.assert_close(pooled, expected, rtol=1e-3, atol=1e-4)
    assert (pooled > standard.mean((2, 3))).all()
    assert (pooled < standard.amax((2, 3))).all()
    assert (gem(-tokens.abs(), 3.0) < 1e-5).all()
    assert (ShiftedGeM()(-tokens.abs()).std(1) > 0.1).all()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert ShiftedGeM()(tokens.bfloat16()).dtype == torch.float32


def test_pictures_are_normalised_by_the_configuration_of_the_network():
    picture = torch.randint(0, 256, (1, 3, 5, 7), dtype=torch.uint8)
    network = build_network(get_preset(VIT))
    torch.testing.assert_close(network.normalise(picture), picture.float() / 127.5 - 1)
