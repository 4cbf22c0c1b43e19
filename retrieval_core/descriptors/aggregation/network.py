"""A trunk whose map is aggregated: it describes pictures as RetrievalNetwork does."""

from collections.abc import Iterable, Sequence

import torch
from torch import nn
from torch.nn import functional

from retrieval_core.descriptors.aggregation.aggregation import Aggregation, Vocabulary
from retrieval_core.descriptors.aggregation.asmk import Asmk
from retrieval_core.descriptors.aggregation.table import TABLE
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.networks.backbones import Trunk, build_trunk
from retrieval_core.networks.feature_maps import FeatureMaps
from retrieval_core.networks.network import RetrievalNetwork, normalise, over_scales
from retrieval_core.presets import Preset

Maps = tuple[torch.Tensor, torch.Tensor | None]
"""The map after the last rectifier, and that before it where some aggregation takes it."""


class AggregatingNetwork(nn.Module):
    """Map → vectors of its regions → L2 → whitening, if there is one → L2 → their sum → L2.

    An aggregation of one vector a map is whitened as ever by this; R-MAC is whitened region by region, as its paper says. ASMK makes
    a set of words instead (see word_sets). Several aggregations of one network share its `trunk`.
    """

    centre: torch.Tensor
    axes: torch.Tensor

    def __init__(self, preset: Preset, vocabulary: Vocabulary, whitening: Whitening | None = None, trunk: Trunk | None = None):
        super().__init__()
        self.trunk = trunk or build_trunk(preset.backbone, "gem", preset.local_pooling).to(memory_format=torch.channels_last)
        self.aggregation: Aggregation = TABLE[preset.aggregation](vocabulary)
        self.whitens = whitening is not None
        if whitening is not None:
            self.register_buffer("centre", torch.from_numpy(whitening.mean), persistent=False)
            self.register_buffer("axes", torch.from_numpy(whitening.projection), persistent=False)
        self.dim = whitening.projection.shape[1] if whitening else self._width()
        self.feature_maps = FeatureMaps(self.trunk)

    def _width(self) -> int:
        if isinstance(self.aggregation, Asmk):
            return self.aggregation.width
        return self.aggregation.parts(torch.zeros(1, self.trunk.channels, 2, 2)).shape[2]

    def normalise(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures as `normalise` takes them → what this network takes."""
        return normalise(pictures, self.trunk.mean, self.trunk.std)

    def maps(self, images: torch.Tensor, before: bool | None = None) -> Maps:
        """Normalised pictures (B, 3, H, W) → their maps; by default the one that this aggregation takes, and maybe the other."""
        return self.feature_maps.of(images, self.aggregation.before if before is None else before)

    def parts(self, maps: Maps) -> torch.Tensor:
        """The vectors (B, R, D) of the regions, of length 1, not whitened yet."""
        return functional.normalize(self.aggregation.parts(maps[1] if self.aggregation.before else maps[0]), dim=2)

    def aggregated(self, maps: Maps) -> torch.Tensor:
        """Maps → descriptors (B, D), float32 rows of length 1."""
        parts = self.parts(maps)
        if self.whitens:
            whitened = functional.normalize((parts - self.centre) @ self.axes, dim=2)
            parts = whitened * parts.any(2, keepdim=True)  # a region in which nothing is active has no direction
        return functional.normalize(parts.sum(1), dim=1)

    def combined(self, found: Sequence[Maps]) -> torch.Tensor:
        """The maps of the same pictures at one or several scales → descriptors (B, D) float32 of length 1, or sets (B, ·) int32."""
        if isinstance(self.aggregation, Asmk):
            return self.aggregation.sets([maps for maps, _ in found])
        return over_scales([self.aggregated(maps) for maps in found])

    def described(self, scaled: Iterable[torch.Tensor]) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) at one or several scales → what `combined` makes of their maps."""
        return self.combined([self.maps(images) for images in scaled])


DescribingNetwork = RetrievalNetwork | AggregatingNetwork
"""What makes descriptors of pictures."""
