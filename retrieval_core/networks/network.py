"""From pictures to descriptors and class scores: trunk, pooling, and in the ranking models an FC after it."""

from collections.abc import Iterable, Sequence
from functools import reduce

import torch
from torch import nn
from torch.nn import functional

from retrieval_core.datasets.pixels import MIN_SIDE
from retrieval_core.networks.backbones import MEAN, STD, build_trunk, initialise
from retrieval_core.networks.device import autocast
from retrieval_core.networks.pooling import GeM, ShiftedGeM
from retrieval_core.presets import BACKBONES, Preset

_POOLS = {"gem": GeM, "shifted": ShiftedGeM}  # fc7 and a network's own head give vectors already
SCALE = 12.0  # unit vectors times this go into the classifier; without it the softmax could never become sure


class RetrievalNetwork(nn.Module):
    """A preset as a network. `classifier` exists while it is trained by classification, `fc` in the ranking models.

    Ranking models: pool → L2 → FC → L2 (`naver/deep-image-retrieval: dirtorch/nets/rmac_resnet.py`).
    """

    def __init__(self, preset: Preset, classes: int | None = None):
        super().__init__()
        self.dim = preset.dim
        self.trunk = build_trunk(preset.backbone, preset.pooling, preset.local_pooling)
        self.pool = _POOLS[preset.pooling]() if preset.pooling in _POOLS else None
        self.fc = nn.Linear(self.trunk.channels, preset.dim) if preset.head else None
        self.classifier = nn.Linear(preset.dim, classes) if classes else None
        self.dropout = nn.Dropout(0.1)

    def normalise(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures as `normalise` takes them → what this network takes."""
        return normalise(pictures, self.trunk.mean, self.trunk.std)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) → what is pooled: maps (B, C, h, w), or vectors (B, C) where nothing is.

        ValueError for pictures with a side below MIN_SIDE.
        """
        if min(images.shape[2:]) < MIN_SIDE:
            raise ValueError(f"Pictures of {tuple(images.shape[2:])} pixels: the networks need {MIN_SIDE} a side.")
        with autocast(images.device):
            return self.trunk(images)

    def pooled(self, images: torch.Tensor) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) → pooled activations (B, C) float32, not yet unit vectors (fc7: before ReLU)."""
        features = self.features(images)
        return self.pool(features) if self.pool is not None else features.float()

    def descriptors(self, images: torch.Tensor) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) → descriptors (B, D), float32 rows of length 1."""
        descriptor = functional.normalize(self.pooled(images), dim=1)
        return descriptor if self.fc is None else functional.normalize(self.fc(descriptor), dim=1)

    def described(self, scaled: Iterable[torch.Tensor]) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) at one or several scales → descriptors (B, D), float32 rows of length 1."""
        return over_scales([self.descriptors(images) for images in scaled])

    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) → class scores (B, classes), float32."""
        if self.pool is None:
            return self.classifier(self.dropout(functional.relu(self.pooled(images))))
        return self.classifier(SCALE * self.descriptors(images))


def over_scales(found: Sequence[torch.Tensor]) -> torch.Tensor:
    """One descriptor (B, D) of those that each scale gave: their mean, normalised again.

    Source: Radenović et al., "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2018.
    """
    return found[0] if len(found) == 1 else functional.normalize(reduce(torch.add, found), dim=1)


def build_network(preset: Preset, classes: int | None = None, seed: int = 0) -> RetrievalNetwork:
    """A freshly initialised network of a preset, in channels-last memory order; `classes` adds a classifier."""
    network = RetrievalNetwork(preset, classes)
    if preset.backbone in BACKBONES:  # one by name is never trained: its weights are about to be loaded
        initialise(network, torch.Generator().manual_seed(seed))
    return network.to(memory_format=torch.channels_last)


def normalise(pictures: torch.Tensor, mean: tuple[float, ...] = MEAN, std: tuple[float, ...] = STD) -> torch.Tensor:
    """uint8 pictures (B, 3, H, W), or floats in 0…1, → what the networks take, in channels-last memory order."""
    centre, spread = (torch.tensor(figures, device=pictures.device).view(1, 3, 1, 1) for figures in (mean, std))
    # In place where it is not the caller's memory: new memory for every step takes longer than the arithmetic.
    values = pictures.float().div_(255).sub_(centre) if pictures.dtype == torch.uint8 else pictures - centre
    return values.div_(spread).contiguous(memory_format=torch.channels_last)
