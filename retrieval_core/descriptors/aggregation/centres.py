"""Centres of local vectors by k-means, and the sums of residuals that VLAD and NetVLAD make of them."""

import numpy as np
import torch
from torch.nn import functional

SEED = 0
PORTION = 4096  # vectors of one step
EPOCHS = 20


def find_centres(vectors: np.ndarray, count: int) -> np.ndarray:
    """At most `count` centres (K, C) float32 of vectors (N, C): as many as there are vectors where these are fewer."""
    from sklearn.cluster import MiniBatchKMeans  # takes a while to load, and describing does without

    few = min(count, len(vectors))
    clusters = MiniBatchKMeans(few, random_state=SEED, batch_size=PORTION, max_iter=EPOCHS, n_init=1)
    return clusters.fit(vectors).cluster_centers_.astype(np.float32)


def residual_sums(local: torch.Tensor, shares: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    """Σ over positions of share · (x − c), each centre's of length 1, one after the other: (B, K·C).

    `local` are vectors (B, P, C), `shares` of each among the centres (B, P, K), `centres` (K, C).
    Source: Arandjelović and Zisserman, "All about VLAD", CVPR 2013 (the length of each centre's).
    """
    sums = shares.transpose(1, 2) @ local - shares.sum(1)[:, :, None] * centres
    return functional.normalize(sums, dim=2).flatten(1)
