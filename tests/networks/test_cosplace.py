"""Our 1f against CosPlace's ResNet18 with 512 dimensions, which is the same but for where it normalises.

CosPlace: L2 of every position → GeM → FC → L2 (Berton et al., "Rethinking visual geo-localization", CVPR 2022;
`gmberton/CosPlace: cosplace_model/cosplace_network.py`). Ours: GeM → L2 → FC → L2. Trunk, pooling and FC are compared one by one.
With the published weights in a file that COSPLACE_RESNET18_512 names, these are taken; with random ones the test always runs.
"""

import os

import pytest
import torch
import torchvision
from torch import nn
from torch.nn import functional

from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import inherit
from retrieval_core.presets import get_preset

FILE = "COSPLACE_RESNET18_512"
OURS = {"backbone.0.": "trunk.conv1.", "backbone.1.": "trunk.bn1.", **{f"backbone.{k + 3}.": f"trunk.layer{k}." for k in (1, 2, 3, 4)},
        "aggregation.1.p": "pool.p", "aggregation.3.": "fc."}  # fmt: skip


def theirs():
    """Their network out of torchvision's layers, with random weights: backbone, and p, weight and bias of the aggregation."""
    network = nn.Module()
    network.backbone = nn.Sequential(*list(torchvision.models.resnet18(weights=None).children())[:-2])
    pooling = nn.Module()
    pooling.p = nn.Parameter(torch.full((1,), 2.7))
    network.aggregation = nn.ModuleList([nn.Identity(), pooling, nn.Identity(), nn.Linear(512, 512)])
    return network


def their_descriptors(network, images):
    positions = functional.normalize(network.backbone(images), dim=1)
    p = network.aggregation[1].p
    pooled = functional.avg_pool2d(positions.clamp(min=1e-6).pow(p), positions.shape[2:]).pow(1 / p).flatten(1)
    return functional.normalize(network.aggregation[3](pooled), dim=1)


def given():
    if FILE not in os.environ:
        pytest.skip(f"{FILE} names no file of CosPlace's weights (ResNet18, 512 dimensions)")
    return torch.load(os.environ[FILE], map_location="cpu", weights_only=True)


@pytest.mark.parametrize("weights", ["random", "published"])
def test_1f_is_cosplace_but_for_where_it_normalises(weights):
    torch.manual_seed(4)
    network = theirs()
    if weights == "published":
        network.load_state_dict(given())
    network.eval()
    state = {}
    for name, tensor in network.state_dict().items():
        begin = next(begin for begin in OURS if name.startswith(begin))
        state[OURS[begin] + name.removeprefix(begin)] = tensor.squeeze(0) if name == "aggregation.1.p" else tensor
    ours = build_network(get_preset("1f"))
    assert inherit(ours, state) == []
    ours.eval()
    images = ours.normalise(torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)))
    with torch.inference_mode():
        maps = ours.trunk(images)
        found = functional.normalize(ours.fc(ours.pool(functional.normalize(maps, dim=1))), dim=1)
        expected = their_descriptors(network, images)
    torch.testing.assert_close(maps, network.backbone(images), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
