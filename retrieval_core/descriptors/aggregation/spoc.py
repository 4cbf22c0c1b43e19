"""SPoC, sum-pooled convolutional features with a centre prior: what people photograph stands in the middle.

Source: Babenko and Lempitsky, "Aggregating deep convolutional features for image retrieval", ICCV 2015.
"""

import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation

SHARE = 6  # the deviation of the prior is the shorter side divided by this


class Spoc(GlobalAggregation):
    """The sum over the positions, each weighted by its distance from the centre."""

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """Σ w·x with w = exp(−(distance from the centre)² / 2σ²)."""
        return (maps * centre_prior(maps.shape[2], maps.shape[3]).to(maps.device)).sum((2, 3))


def centre_prior(height: int, width: int) -> torch.Tensor:
    """The weight (H, W) of every position, 1 in the centre."""
    down, across = (torch.arange(side) - (side - 1) / 2 for side in (height, width))
    spread = min(height, width) / SHARE
    return torch.exp(-(down[:, None] ** 2 + across[None] ** 2) / (2 * spread**2))
