"""GeM with p = 3, whatever exponent a training has found.

Source: Radenović, Tolias and Chum, "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2019.
"""

import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation
from retrieval_core.networks.pooling import gem

P = 3.0


class Gem(GlobalAggregation):
    """The generalised mean over the positions."""

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """mean(max(x, 1e-6)^3)^(1/3) of every channel."""
        return gem(maps, P)
