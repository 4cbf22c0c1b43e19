"""ASMK, the aggregated selective match kernel: a photograph is the set of its visual words, with a code of what is special in each.

Source: Tolias, Avrithis and Jégou, "To aggregate or not to aggregate: selective match kernels for image search", ICCV 2013; codes of
signs (ASMK*), one word a position and no idf. Positions of a map as local features: Tolias, Jenicek and Chum, "Learning and aggregating
deep local descriptors for instance-level recognition", ECCV 2020. `ranking/selective_match.py` compares two sets.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.descriptors.aggregation.aggregation import Aggregation, local_vectors
from retrieval_core.descriptors.aggregation.centres import whitened_words
from retrieval_core.descriptors.word_sets import pack, width_of
from retrieval_core.search_choices import CODE, WORDS


class Asmk(Aggregation):
    """The residuals of all positions that are nearest to a word, summed, and of the sum the signs."""

    mean: torch.Tensor
    projection: torch.Tensor
    words: torch.Tensor

    @staticmethod
    def learn(vectors: np.ndarray) -> dict[str, np.ndarray]:
        """A whitening of the positions to CODE dimensions, and the words among them."""
        return whitened_words(vectors, CODE, WORDS)

    @property
    def width(self) -> int:
        """Numbers of a row that has room for every word."""
        return width_of(len(self.words), self.words.shape[1])

    def parts(self, maps: torch.Tensor) -> torch.Tensor:
        """The whitened vectors of the positions (B, H·W, D), of length 1, or 0 where nothing is active."""
        local = local_vectors(maps)
        return functional.normalize((local - self.mean) @ self.projection, dim=2) * local.any(2, keepdim=True)

    def sets(self, found: Sequence[torch.Tensor]) -> torch.Tensor:
        """Maps (B, C, H, W) at one or several scales → sets (B, width) int32: the positions of all scales together."""
        local = torch.cat([self.parts(maps) for maps in found], 1)
        active = local.any(2)
        said = (2 * local @ self.words.T - self.words.square().sum(1)).argmax(2)
        residuals = (local - self.words[said]) * active[:, :, None]
        sums = torch.zeros(len(local), *self.words.shape, device=local.device)
        sums.scatter_add_(1, said[:, :, None].expand_as(residuals), residuals)
        seen = torch.zeros(len(local), len(self.words), device=local.device).scatter_add_(1, said, active.float()) > 0
        places, words = (numbers.cpu().numpy() for numbers in seen.nonzero(as_tuple=True))
        codes = (sums[seen] > 0).cpu().numpy()
        return torch.from_numpy(pack(codes, places, words, len(local), len(self.words)))
