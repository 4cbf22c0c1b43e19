"""The map of a trunk after its last rectifier and, where it is asked for, before it."""

import torch
from torch import nn

from retrieval_core.datasets.pixels import MIN_SIDE
from retrieval_core.named_networks import RECTIFIERS
from retrieval_core.networks.backbones import Trunk
from retrieval_core.networks.device import autocast


class FeatureMaps:
    """Gives both maps of one pass through a trunk in evaluation mode; see `of`."""

    def __init__(self, trunk: Trunk):
        self.trunk = trunk
        self._before: list[torch.Tensor] = []
        self._last: nn.Module | None = None

    def of(self, images: torch.Tensor, before: bool) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Normalised pictures (B, 3, H, W) → the map (B, C, h, w) float32 after the last rectifier, and with `before` that before it.

        ValueError for pictures with a side below MIN_SIDE.
        """
        if min(images.shape[2:]) < MIN_SIDE:
            raise ValueError(f"Pictures of {tuple(images.shape[2:])} pixels: the networks need {MIN_SIDE} a side.")
        if before and self._last is None:
            self._last = _last_rectifier(self.trunk, images[:1])
        hook = self._last.register_forward_pre_hook(self._keep) if before else None
        try:
            with autocast(images.device):
                features = self.trunk(images).float()
        finally:
            if hook:
                hook.remove()
        return features, self._before.pop().float() if before else None

    def _keep(self, layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        self._before[:] = [inputs[0].clone()]  # the layer may write into it; one that is used several times ends with its last


def _last_rectifier(trunk: Trunk, images: torch.Tensor) -> nn.Module:
    """The rectifier that is at work last. ValueError if a trunk has none: its map would be no map of activations."""
    used: list[nn.Module] = []
    layers = [layer for layer in trunk.modules() if type(layer).__name__ in RECTIFIERS]
    hooks = [layer.register_forward_hook(lambda layer, *_: used.append(layer)) for layer in layers]
    with torch.no_grad():
        trunk(images)
    for hook in hooks:
        hook.remove()
    if not used:
        raise ValueError(f"{type(trunk).__name__} has no rectifier.")
    return used[-1]
