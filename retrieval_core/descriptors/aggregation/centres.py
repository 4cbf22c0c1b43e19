"""Centres of local vectors by k-means, and the sums of residuals that VLAD and NetVLAD make of them."""

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.descriptors.whitening import Whitening

SEED = 0
EPS = 1e-3  # share of the largest variance that the smallest count as, at least
PORTION = 4096  # vectors of one step
EPOCHS = 20


def find_centres(vectors: np.ndarray, count: int) -> np.ndarray:
    """At most `count` centres (K, C) float32 of vectors (N, C): as many as there are vectors where these are fewer."""
    from sklearn.cluster import MiniBatchKMeans  # takes a while to load, and describing does without

    few = min(count, len(vectors))
    clusters = MiniBatchKMeans(few, random_state=SEED, batch_size=PORTION, max_iter=EPOCHS, n_init=1)
    return clusters.fit(vectors).cluster_centers_.astype(np.float32)


def whitened_words(vectors: np.ndarray, kept: int, count: int) -> dict[str, np.ndarray]:
    """A whitening of vectors (N, C) to at most `kept` dimensions, and at most `count` words among what it makes of them."""
    whitening = Whitening.fit(vectors, eps=EPS, dim=min(kept, vectors.shape[1]))
    words = find_centres(whitening.transform(vectors), count)
    return {"mean": whitening.mean, "projection": whitening.projection, "words": words}


def residual_sums(local: torch.Tensor, shares: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    """Σ over positions of share · (x − c), each centre's of length 1, one after the other: (B, K·C).

    `local` are vectors (B, P, C), `shares` of each among the centres (B, P, K), `centres` (K, C).
    Source: Arandjelović and Zisserman, "All about VLAD", CVPR 2013 (the length of each centre's).
    """
    sums = shares.transpose(1, 2) @ local - shares.sum(1)[:, :, None] * centres
    return functional.normalize(sums, dim=2).flatten(1)
