"""Weights to begin with where there is no parent."""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import nn


class Fitted(Protocol):
    """A network that layers can be fitted in."""

    @property
    def trunk(self) -> nn.Module:
        """What comes before the pooling."""
        ...

    def descriptors(self, images: torch.Tensor) -> torch.Tensor:
        """Descriptors (B, D) of normalised pictures (B, 3, H, W)."""
        ...

    def modules(self) -> Iterator[nn.Module]:
        """All its layers."""
        ...

    def eval(self) -> object:
        """Set it to evaluation."""
        ...


@torch.no_grad()
def fit_to_pictures(network: Fitted, images: torch.Tensor) -> None:
    """Scale every layer so that its outputs have mean 0 and deviation 1, channel by channel, over some pictures.

    AlexNet has no batch normalisation; with random weights its deep layers hardly differ from picture to picture, and it
    takes many epochs until they do. images: normalised (B, 3, H, W). Networks with batch normalisation stay as they are.
    Source: Mishkin and Matas, "All you need is a good init", ICLR 2016.
    """
    if any(isinstance(layer, nn.BatchNorm2d) for layer in network.modules()):
        return

    def fit(layer: nn.Conv2d | nn.Linear, _, output: torch.Tensor) -> torch.Tensor:
        positions = (0, 2, 3) if output.ndim == 4 else (0,)
        deviation, mean = torch.std_mean(output.float(), positions)
        deviation = deviation + 1e-5
        layer.weight.div_(deviation.view(-1, *[1] * (layer.weight.ndim - 1)))
        layer.bias.copy_((layer.bias - mean) / deviation)
        shape = (1, -1, 1, 1)[: output.ndim]
        return ((output - mean.view(shape)) / deviation.view(shape)).to(output.dtype)

    hooks = [layer.register_forward_hook(fit) for layer in network.trunk.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    network.eval()
    network.descriptors(images)
    for hook in hooks:
        hook.remove()
