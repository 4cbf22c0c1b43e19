"""Poolings between the convolutions of a trunk that are learnt, in the place of its max-poolings: mixed, gated and tree.

Source: Lee, Gallagher and Tu, "Generalizing pooling functions in convolutional neural networks: mixed, gated, and tree", AISTATS 2016.
Masks are as large as the window, and all channels share them; their first values are drawn with deviation DEVIATION.
"""

from abc import ABC, abstractmethod
from typing import cast

import torch
from torch import nn
from torch.nn import functional

DEVIATION = 0.1


class LocalPooling(nn.Module, ABC):
    """Pools the windows of a max-pooling in another way. Masks are vectors, so that weight decay leaves them alone."""

    def __init__(self, replaced: nn.MaxPool2d):
        super().__init__()
        self.side, self.stride = cast(int, replaced.kernel_size), cast(int, replaced.stride)

    def largest(self, maps: torch.Tensor) -> torch.Tensor:
        """The maximum of every window (B, C, h, w)."""
        return functional.max_pool2d(maps, self.side, self.stride)

    def mean(self, maps: torch.Tensor) -> torch.Tensor:
        """The mean of every window (B, C, h, w)."""
        return functional.avg_pool2d(maps, self.side, self.stride)

    def answer(self, maps: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The dot product of every window with a mask (side²,): (B, C, h, w)."""
        channels = maps.shape[1]
        weight = mask.view(1, 1, self.side, self.side).expand(channels, 1, -1, -1)
        return functional.conv2d(maps, weight, stride=self.stride, groups=channels)

    def mask(self) -> nn.Parameter:
        """A mask whose first values `start` draws."""
        return nn.Parameter(torch.zeros(self.side**2))

    def start(self, generator: torch.Generator) -> None:
        """Draw the first values of the masks."""
        for parameter in self.parameters():
            if parameter.ndim:
                nn.init.normal_(parameter, std=DEVIATION, generator=generator)

    @abstractmethod
    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps (B, C, H, W) → pooled maps (B, C, h, w)."""


class Mixed(LocalPooling):
    """a · max + (1 − a) · mean, with one a for the whole layer, ½ at the start."""

    def __init__(self, replaced: nn.MaxPool2d):
        super().__init__(replaced)
        self.share = nn.Parameter(torch.tensor(0.5))

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """See the class."""
        share = self.share.clamp(0, 1)
        return share * self.largest(maps) + (1 - share) * self.mean(maps)


class Gated(LocalPooling):
    """σ(ω · x) · max + (1 − σ(ω · x)) · mean: what a window x holds says how it is pooled."""

    def __init__(self, replaced: nn.MaxPool2d):
        super().__init__(replaced)
        self.gate = self.mask()

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """See the class."""
        share = self.answer(maps, self.gate).sigmoid()
        return share * self.largest(maps) + (1 - share) * self.mean(maps)


class Tree(LocalPooling):
    """A tree of two levels, σ(ω · x) · (v₁ · x) + (1 − σ(ω · x)) · (v₂ · x): the poolings at its leaves are learnt, too."""

    def __init__(self, replaced: nn.MaxPool2d):
        super().__init__(replaced)
        self.first, self.second, self.gate = self.mask(), self.mask(), self.mask()

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        """See the class."""
        share = self.answer(maps, self.gate).sigmoid()
        return share * self.answer(maps, self.first) + (1 - share) * self.answer(maps, self.second)


POOL1, POOL2, POOL5 = 2, 5, 12  # places of AlexNet's max-poolings among its `features`
LOCAL_POOLINGS: dict[str, dict[int, type[LocalPooling]]] = {
    "mixed": {POOL1: Mixed, POOL2: Mixed, POOL5: Mixed},
    "gated": {POOL2: Gated, POOL5: Gated},  # as the authors' AlexNet has it: a tree at pool1, gates at pool2 and pool5
    "tree": {POOL1: Tree},
}
"""What stands where, by the name that a preset gives it."""


def pool_locally(features: nn.Sequential, name: str) -> None:
    """Put the poolings of a name in the place of AlexNet's max-poolings, as far as the trunk has these."""
    for place, kind in LOCAL_POOLINGS[name].items():
        if place < len(features):  # pool5 is cut off where the map is pooled as a whole
            features[place] = kind(cast(nn.MaxPool2d, features[place]))
