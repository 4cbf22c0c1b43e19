"""Generalised-mean pooling, from mean (p = 1) to maximum (p → ∞)."""

import torch
from torch import nn

FLOOR = 1e-6  # activations below count as this much, so that the power and its gradient exist


class GeM(nn.Module):
    """GeM pooling with one learnable exponent: (B, C, H, W) → (B, C), always in float32.

    In half precision the floor would be zero and 60³ would overflow.
    Source: Radenović, Tolias and Chum, "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2019.
    """

    def __init__(self, p: float = 3.0):
        super().__init__()
        self.p = nn.Parameter(torch.tensor(p))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Pool every channel over its positions."""
        return gem(features, self.p)


def gem(features: torch.Tensor, p: torch.Tensor | float) -> torch.Tensor:
    """Generalised mean over the positions of (B, C, H, W) features: mean(max(x, 1e-6)^p)^(1/p), float32 (B, C)."""
    with torch.autocast(features.device.type, enabled=False):
        return features.float().clamp(min=FLOOR).pow(p).mean((2, 3)).pow(1.0 / p)
