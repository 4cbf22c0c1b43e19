"""What every aggregation is: it makes vectors of maps, and some learn a vocabulary for it first."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn
from torch.nn import functional

Vocabulary = Mapping[str, np.ndarray]
"""What an aggregation has learnt from the training landmarks, by names of its own; empty where there is nothing to learn."""


class Aggregation(nn.Module, ABC):
    """Makes one vector of a map, or one for each of its regions; the descriptor is their sum (see AggregatingNetwork)."""

    before = False  # whether it takes the map as it is before the last rectifier

    def __init__(self, vocabulary: Vocabulary):
        super().__init__()
        for name, array in vocabulary.items():
            self.register_buffer(name, torch.from_numpy(np.array(array, np.float32)), persistent=False)

    @abstractmethod
    def parts(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps (B, C, H, W) float32 → vectors (B, R, D) float32 of any length, one a region."""

    @staticmethod
    def learn(vectors: np.ndarray) -> dict[str, np.ndarray]:
        """A vocabulary, learnt from local vectors (N, C) float32 of the training landmarks."""
        return {}


class GlobalAggregation(Aggregation):
    """An aggregation of one vector a map."""

    @abstractmethod
    def pooled(self, maps: torch.Tensor) -> torch.Tensor:
        """Maps (B, C, H, W) float32 → vectors (B, D) float32 of any length."""

    def parts(self, maps: torch.Tensor) -> torch.Tensor:
        """The one vector of each map."""
        return self.pooled(maps)[:, None]


def local_vectors(maps: torch.Tensor) -> torch.Tensor:
    """Maps (B, C, H, W) → the vectors of their positions (B, H·W, C), each of length 1, or 0 where nothing is active."""
    return functional.normalize(maps.flatten(2).transpose(1, 2), dim=2)
