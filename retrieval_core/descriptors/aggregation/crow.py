"""CroW, cross-dimensional weighting: of positions by how much is active there, of channels by how rarely they are.

Source: Kalantidis, Mellina and Osindero, "Cross-dimensional weighting for aggregated deep convolutional features", ECCV
Workshops 2016; `yahoo/crow`.
"""

import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation


class Crow(GlobalAggregation):
    """The weighted sum over the positions, times the weights of the channels."""

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """Σ over positions of √(S/‖S‖)·x, times log(ΣQ/Q_c)."""
        activity = maps.sum(1, keepdim=True)
        length = activity.square().sum((2, 3), keepdim=True).sqrt()
        places = (activity / length.clamp(min=torch.finfo(torch.float32).tiny)).clamp(min=0).sqrt()
        shares = (maps > 0).float().mean((2, 3))
        rarity = torch.log(shares.sum(1, keepdim=True) / shares)
        return (maps * places).sum((2, 3)) * torch.where(shares > 0, rarity, 0.0)
