"""VLAD, vectors of locally aggregated descriptors, of the positions of a map; nothing of it is trained.

Source: Jégou, Douze, Schmid and Pérez, "Aggregating local descriptors into a compact image representation", CVPR 2010.
"""

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation, local_vectors
from retrieval_core.descriptors.aggregation.centres import find_centres, residual_sums
from retrieval_core.search_choices import CLUSTERS


class Vlad(GlobalAggregation):
    """Every position counts for its nearest centre."""

    before = True
    centres: torch.Tensor

    @staticmethod
    def learn(vectors: np.ndarray) -> dict[str, np.ndarray]:
        """Centres by k-means."""
        return {"centres": find_centres(vectors, CLUSTERS)}

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """The sums of residuals."""
        local = local_vectors(maps)
        nearest = (2 * local @ self.centres.T - self.centres.square().sum(1)).argmax(2)
        return residual_sums(local, functional.one_hot(nearest, len(self.centres)).to(local.dtype), self.centres)
