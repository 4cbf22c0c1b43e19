"""The product of patches and weights is the convolution, forwards and backwards, and is used where it should be."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from retrieval_core.networks import convolution
from retrieval_core.networks.convolution import SmallMapConv2d, with_small_maps
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(("kernel", "stride", "padding"), [(1, 1, 0), (1, 2, 0), (3, 1, 1), (3, 2, 1), ((5, 3), (2, 1), (2, 0))])
def test_it_is_the_convolution_and_its_gradients(kernel, stride, padding, bias):
    torch.manual_seed(0)
    layer = SmallMapConv2d(4, 6, kernel, stride, padding, bias=bias).double()
    maps = torch.randn(3, 4, 6, 5, dtype=torch.float64).contiguous(memory_format=torch.channels_last).requires_grad_()
    expected = functional.conv2d(maps, layer.weight, layer.bias, stride, padding)
    assert expected[0, 0].numel() <= convolution.MOST_POSITIONS
    weights = torch.randn_like(expected)
    wanted = torch.autograd.grad((expected * weights).sum(), [maps, *layer.parameters()])
    found = layer(maps)
    torch.testing.assert_close(found, expected)
    for gradient, right in zip(torch.autograd.grad((found * weights).sum(), [maps, *layer.parameters()]), wanted, strict=True):
        torch.testing.assert_close(gradient, right)


def test_large_maps_are_left_to_the_library(monkeypatch):
    layer = SmallMapConv2d(2, 3, 3, padding=1)
    monkeypatch.setattr(convolution.functional, "linear", lambda *_: pytest.fail("multiplied a large map"))
    assert layer(torch.rand(1, 2, 7, 7)).shape == (1, 3, 7, 7)


def test_only_plain_convolutions_are_taken():
    module = with_small_maps(nn.Sequential(nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 3, groups=2), nn.Conv2d(4, 4, 3, dilation=2)))
    assert [type(layer) is SmallMapConv2d for layer in module] == [True, False, False]


@pytest.mark.parametrize("key", ["1b", "1c", "1d", "1h"])
def test_the_descriptors_are_those_of_the_librarys_convolutions(key, monkeypatch):
    network = build_network(get_preset(key)).eval()
    images = torch.rand(2, 3, 96, 96)
    multiplied = []
    cat = torch.cat
    monkeypatch.setattr(convolution.torch, "cat", lambda *given: multiplied.append(1) or cat(*given))
    ours = network.descriptors(images).detach()
    assert multiplied
    with torch.inference_mode():
        multiplied.clear()
        theirs = network.descriptors(images)
    assert not multiplied
    assert (ours * theirs).sum(1).min() > 0.999  # convolutions are computed in bfloat16


@pytest.mark.parametrize("key", ["1c", "1d", "1h"])
def test_descriptors_do_not_depend_on_the_number_of_threads(key):
    network = build_network(get_preset(key)).eval()
    images = torch.rand(10, 3, 48, 64)
    before = torch.get_num_threads()
    found = []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            with torch.inference_mode():
                found.append(network.descriptors(images))
    finally:
        torch.set_num_threads(before)
    # Not to the bit: on some processors the library splits a sum of float32 by the number of threads.
    torch.testing.assert_close(*found, rtol=0, atol=1e-6)
