"""NetVLAD as it starts before any training: VLAD whose positions count for every centre, by a softmax.

Source: Arandjelović, Gronat, Torii, Pajdla and Sivic, "NetVLAD: CNN architecture for weakly supervised place recognition",
CVPR 2016; its start as in `Nanne/pytorch-NetVlad`.
"""

import numpy as np
import torch

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation, local_vectors
from retrieval_core.descriptors.aggregation.centres import find_centres, residual_sums
from retrieval_core.search_choices import CLUSTERS

SECOND = 0.01  # share of the second nearest centre, relative to the nearest, on the mean


class NetVlad(GlobalAggregation):
    """Every position counts for all centres, for the nearest most."""

    before = True
    centres: torch.Tensor
    sharpness: torch.Tensor

    @staticmethod
    def learn(vectors: np.ndarray) -> dict[str, np.ndarray]:
        """Centres by k-means, and how sharply the softmax tells them apart."""
        centres = find_centres(vectors, CLUSTERS)
        return {"centres": centres, "sharpness": np.array(sharpness(vectors, centres), np.float32)}

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """The sums of residuals."""
        local = local_vectors(maps)
        directions = self.centres / self.centres.norm(dim=1, keepdim=True).clamp(min=1e-12)
        return residual_sums(local, (self.sharpness * local @ directions.T).softmax(2), self.centres)


def sharpness(vectors: np.ndarray, centres: np.ndarray) -> float:
    """α = −ln 0.01 / the mean gap between the two largest dot products of a vector (N, C) with the directions of the centres."""
    directions = centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    if len(directions) < 2:
        return 1.0  # one centre has everything, however sharp
    best = np.sort(vectors @ directions.T, axis=1)[:, -2:]
    return float(-np.log(SECOND) / max(np.mean(best[:, 1] - best[:, 0]), 1e-6))
