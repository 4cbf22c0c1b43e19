"""BoW-CNN, a bag of visual words: how many positions of a map are nearest to each word.

Source: Mohedano et al., "Bags of local convolutional features for scalable instance search", ICMR 2016.
"""

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.descriptors.aggregation.aggregation import GlobalAggregation, local_vectors
from retrieval_core.descriptors.aggregation.centres import whitened_words
from retrieval_core.search_choices import WORDS

KEPT = 512  # dimensions of a whitened position: as many as the paper's network has channels


class Bow(GlobalAggregation):
    """The histogram of words."""

    mean: torch.Tensor
    projection: torch.Tensor
    words: torch.Tensor

    @staticmethod
    def learn(vectors: np.ndarray) -> dict[str, np.ndarray]:
        """A whitening of the positions, and the words among them."""
        return whitened_words(vectors, KEPT, WORDS)

    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """How many positions say each word."""
        local = functional.normalize((local_vectors(maps) - self.mean) @ self.projection, dim=2)
        said = (2 * local @ self.words.T - self.words.square().sum(1)).argmax(2)
        counts = torch.zeros(len(maps), len(self.words), device=maps.device)
        return counts.scatter_add_(1, said, torch.ones(said.shape, device=maps.device))
