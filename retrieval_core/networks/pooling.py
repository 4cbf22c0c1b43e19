"""Generalised-mean pooling, from mean (p = 1) to maximum (p → ∞)."""

import torch
from torch import nn
from torch.nn import functional

SHIFT = 3.0  # standard deviations
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


class ShiftedGeM(GeM):
    """GeM of features that may be negative, as a transformer's tokens are: (B, C, h, w) → (B, C), always in float32.

    GeM counts what is negative as nothing, and would lose half of such features. So they are moved up by a constant first and back
    afterwards. For one constant to suit every network and every picture, each position's vector is first brought to mean 0 and
    deviation 1 over its channels (layer normalisation without weights, which most of these networks end with anyway): by
    Chebyshev's inequality at most one value in nine is then more than SHIFT deviations from 0, and only those below are cut off.
    """

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Standardise every position, shift, pool, shift back."""
        return gem(self.shifted(features), self.p) - SHIFT

    def shifted(self, features: torch.Tensor) -> torch.Tensor:
        """What GeM is taken of: every position's vector standardised and shifted, (B, C, h, w) float32."""
        with torch.autocast(features.device.type, enabled=False):
            rows = features.float().permute(0, 2, 3, 1)
            return functional.layer_norm(rows, rows.shape[-1:]).permute(0, 3, 1, 2) + SHIFT


def gem(features: torch.Tensor, p: torch.Tensor | float) -> torch.Tensor:
    """Generalised mean over the positions of (B, C, H, W) features: mean(max(x, 1e-6)^p)^(1/p), float32 (B, C)."""
    with torch.autocast(features.device.type, enabled=False):
        return features.float().clamp(min=FLOOR).pow(p).mean((2, 3)).pow(1.0 / p)
