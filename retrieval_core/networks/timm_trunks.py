"""Networks of timm by name as trunks: timm's own layers and parameter names, without the classifier."""

from functools import partial
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from retrieval_core.named_networks import NamedNetwork, create_timm, find_network


def build_timm(name: str, pooling: str) -> nn.Module:
    """The trunk of a network, `timm:…`, for a pooling, with random weights.

    Pooling `head`: pictures (B, 3, H, W) → (B, D), what the network gives to its own classifier: its class token, its attention
    pooling, or whatever else it was trained with. Every other: → its features as a map (B, C, h, w), tokens as one of width 1,
    without those that stand for no place. `patch` is the side of what a token stands for, in pixels; None for a map.
    """
    network = find_network(name)
    model: Any = create_timm(name, network.dynamic, num_classes=0)
    take = partial(_own_head, model) if pooling == "head" else partial(_as_map, network)
    model.forward = lambda images: take(model.forward_features(_fitted(images, network.multiple)))
    model.channels = network.width if pooling == "head" else network.channels
    model.mean, model.std = network.mean, network.std
    model.patch = network.multiple if network.layout == "NLC" else None
    return model


def _own_head(model: Any, features: torch.Tensor) -> torch.Tensor:
    return model.forward_head(features, pre_logits=True)


def _as_map(network: NamedNetwork, features: torch.Tensor) -> torch.Tensor:
    if network.layout == "NLC":
        return features[:, network.prefix :].transpose(1, 2).unsqueeze(3)
    return features.permute(0, 3, 1, 2) if network.layout == "NHWC" else features


def _fitted(images: torch.Tensor, multiple: int) -> torch.Tensor:
    """Pictures resized to sides that are the nearest multiples: nothing is cut off or added, and the shape changes by half a patch."""
    sides = tuple(multiple * max(1, round(side / multiple)) for side in images.shape[2:])
    return images if sides == tuple(images.shape[2:]) else functional.interpolate(images, sides, mode="bilinear", antialias=True)
