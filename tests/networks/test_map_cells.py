"""The cells of a map lie where its positions look: compared with the pixels that change a position the most."""

import numpy as np
import pytest
import torch

from retrieval_core.networks.backbones import build_trunk
from retrieval_core.networks.map_cells import cell_edges, steps_of
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset


def edges_of(trunk, height, width):
    with torch.inference_mode(), steps_of(trunk) as steps:
        rows, columns = trunk(torch.rand(1, 3, height, width)).shape[2:]
    return cell_edges(steps[0], rows), cell_edges(steps[1], columns)


@pytest.mark.parametrize("key", ["1c", "1d", "1h"])
@pytest.mark.parametrize("side", [160, 224])
def test_the_middle_of_a_map_looks_where_its_gradient_says(key, side):
    trunk = build_network(get_preset(key)).eval().requires_grad_(False).trunk
    images = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0)).requires_grad_()
    features = trunk(images)
    cells = features.shape[2]
    middle = sorted({(cells - 1) // 2, cells // 2})  # their neighbourhoods are cut off alike on both sides
    [gradient] = torch.autograd.grad(features[:, :, middle][..., middle].square().sum(), images)
    weights = gradient.square().sum((0, 1, 3))
    looked = float((weights * (torch.arange(side) + 0.5)).sum() / weights.sum()) / side
    inner = edges_of(trunk, side, side)[0]
    said = np.mean([(inner[cell] + inner[cell + 1]) / 2 for cell in middle])
    assert said == pytest.approx(looked, abs=0.15 / cells)


def test_strides_with_even_padding_shift_the_cells_and_the_ends_stay():
    for edges, side in zip(edges_of(build_trunk("resnet18", "gem").eval(), 224, 160), (224, 160), strict=True):
        cells = len(edges) - 1
        np.testing.assert_allclose(edges[1:-1], (32 * np.arange(cells - 1) + 16.5) / side)
        assert (edges[0], edges[-1]) == (0, 1)


@pytest.mark.parametrize("name", ["lite0", "timm:test_vit.r160_in1k"])
def test_where_no_shift_is_known_the_cells_are_even(name):
    trunk = build_trunk(name, "shifted" if ":" in name else "gem").eval()
    for edges in edges_of(trunk, 160, 160)[: 1 if ":" in name else 2]:
        np.testing.assert_allclose(edges, np.linspace(0, 1, len(edges)))


def test_a_map_of_one_cell_is_the_whole_picture():
    for edges in edges_of(build_trunk("resnet18", "gem").eval(), 33, 33):
        assert (np.diff(edges) > 0).all()
        assert (edges[0], edges[-1]) == (0, 1)
    assert cell_edges([], 1).tolist() == [0, 1]
