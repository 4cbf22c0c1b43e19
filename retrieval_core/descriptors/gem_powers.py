"""GeM at many exponents from one pass: a network whose map is pooled at each p, and described from there on as ever."""

import math
from collections.abc import Iterable, Sequence

import torch
from torch import nn
from torch.nn import functional

from retrieval_core.errors import RetrievalError
from retrieval_core.networks.network import RetrievalNetwork, over_scales
from retrieval_core.networks.pooling import FLOOR, SHIFT, GeM, ShiftedGeM

POWERS = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 25.0, 50.0, math.inf)
"""Exponents of GeM from the mean (1) to the maximum (∞)."""
NOTHING = -80.0  # whose exp adds nothing to 1; that of less than −87 is a denormal number, with which processors are slow


class AtPowers(nn.Module):
    """A network pooled by GeM that describes at each of some exponents but its `own`: its descriptors stand side by side in one row.

    What comes after the pooling, such as the FC of a ranking model, stays as it was learnt at the network's own exponent. Each
    descriptor has length 1; where a row is the mean of several scales, `apart` gives each its length again.
    """

    def __init__(self, network: nn.Module, powers: Sequence[float]):
        super().__init__()
        if not isinstance(network, RetrievalNetwork) or not isinstance(network.pool, GeM):
            raise RetrievalError("Only a network that GeM pools has a p. Choose such a model, as 1d.")
        self.network, self.pool, self.own = network, network.pool, float(network.pool.p.detach())
        self.powers = tuple(power for power in powers if power != self.own)
        self.dim = len(self.powers) * network.dim

    def normalise(self, pictures: torch.Tensor) -> torch.Tensor:
        """Pictures as the network's `normalise` takes them → what it takes."""
        return self.network.normalise(pictures)

    def maps(self, images: torch.Tensor) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) → what GeM is taken of: (B, C, h, w) float32."""
        features = self.network.features(images)
        return self.pool.shifted(features) if isinstance(self.pool, ShiftedGeM) else features.float()

    def descriptors(self, images: torch.Tensor) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) → descriptors (B, P·D) float32, one exponent after the other."""
        logarithms, back = self.maps(images).clamp(min=FLOOR).log(), SHIFT if isinstance(self.pool, ShiftedGeM) else 0.0
        found = []
        for power in self.powers:
            unit = functional.normalize(gem_of_logarithms(logarithms, power) - back, dim=1)
            found.append(unit if self.network.fc is None else functional.normalize(self.network.fc(unit), dim=1))
        return torch.cat(found, 1)

    def described(self, scaled: Iterable[torch.Tensor]) -> torch.Tensor:
        """Normalised pictures (B, 3, H, W) at one or several scales → their `descriptors`, as one."""
        return over_scales([self.descriptors(images) for images in scaled])

    def apart(self, rows: torch.Tensor) -> torch.Tensor:
        """Rows (N, P·D) → descriptors (P, N, D) of length 1."""
        return functional.normalize(rows.unflatten(1, (len(self.powers), -1)), dim=2).transpose(0, 1)


def gem_of_logarithms(logarithms: torch.Tensor, power: float) -> torch.Tensor:
    """GeM (B, C) of maps whose logarithms (B, C, H, W) these are, for any p ≥ 1 up to infinity, where it is the maximum.

    (mean x^p)^(1/p) as max x · (mean exp(p·(log x − log max x)))^(1/p), which no p makes overflow: 60³⁰ would.
    """
    top = logarithms.amax((2, 3), keepdim=True)
    if math.isinf(power):
        return top[:, :, 0, 0].exp()
    shares = (power * (logarithms - top)).clamp(min=NOTHING).exp().mean((2, 3))
    return (top[:, :, 0, 0] + shares.log() / power).exp()
