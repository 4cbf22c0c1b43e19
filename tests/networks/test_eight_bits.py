"""Weights at eight bits: small, close, and all of them back under their names."""

import torch

from retrieval_core.networks.backbones import build_trunk, initialise
from retrieval_core.networks.eight_bits import SCALE, pack, unpack


def test_values_come_back_within_half_a_step_of_their_channel():
    state = {"conv": torch.randn(5, 3, 3, 3), "fc": torch.randn(4, 7) * 1e-3, "bias": torch.randn(5), "zeros": torch.zeros(2, 2),
             "count": torch.tensor(7)}  # fmt: skip
    packed = pack(state)
    found = unpack(packed)
    assert list(found) == list(state)
    for name, tensor in state.items():
        if tensor.ndim < 2:
            assert torch.equal(found[name], tensor)
            continue
        assert packed[name].dtype == torch.int8
        half = packed[name + SCALE].view(-1, *[1] * (tensor.ndim - 1)) / 2
        assert ((found[name] - tensor).abs() <= half * 1.001 + 1e-12).all()


def test_a_network_with_packed_weights_takes_the_same_for_alike():
    trunk = build_trunk("resnet18", "gem").eval()
    initialise(trunk, torch.Generator().manual_seed(0))
    pictures = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        before = trunk(pictures).flatten(1)
        trunk.load_state_dict(unpack(pack(trunk.state_dict())))
        after = trunk(pictures).flatten(1)
    assert torch.nn.functional.cosine_similarity(before, after).min() > 0.999
