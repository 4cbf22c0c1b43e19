"""The plain mean over the positions, which some libraries call SPoC: SPoC has a centre prior (see spoc.py)."""

import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation


class Mean(GlobalAggregation):
    """The mean activation of every channel."""

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """The mean over the positions."""
        return maps.mean((2, 3))
