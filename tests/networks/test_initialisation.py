import torch

from retrieval_core.networks.initialisation import fit_to_pictures
from retrieval_core.networks.network import build_network, normalise
from retrieval_core.presets import get_preset


def spread(network, images):
    """How far the descriptors of the pictures lie apart: mean distance to their mean."""
    with torch.inference_mode():
        rows = network.eval().descriptors(images)
    return float((rows - rows.mean(0)).norm(dim=1).mean())


def test_the_last_layer_has_mean_0_and_deviation_1():
    network = build_network(get_preset("start-alexnet"), 5)
    images = normalise(torch.rand(32, 3, 64, 64, generator=torch.Generator().manual_seed(0)))
    before = spread(network, images)
    fit_to_pictures(network, images)
    assert spread(network, images) > 2 * before
    with torch.inference_mode():
        outputs = network.pooled(images)
    assert outputs.mean(0).abs().max() < 0.1
    assert ((outputs.std(0) - 1).abs() < 0.15).float().mean() > 0.99


def test_a_network_with_batch_normalisation_stays_as_it_is():
    network = build_network(get_preset("start-resnet18"), 5)
    before = network.trunk.conv1.weight.clone()
    fit_to_pictures(network, normalise(torch.rand(4, 3, 64, 64)))
    assert torch.equal(network.trunk.conv1.weight, before)
