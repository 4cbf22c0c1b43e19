"""The triplet loss on unit descriptors, with the hardest negatives of a batch, at most one a landmark."""

import torch
from torch.nn import functional


def triplet_loss(
    descriptors: torch.Tensor, classes: torch.Tensor, margin: float, negatives: int
) -> tuple[torch.Tensor, dict[str, float]]:
    """Mean of max(0, d(a,p)² − d(a,n)² + margin) over the active triplets of a batch.

    Every picture is an anchor for each other picture of its landmark; its negatives are the nearest picture of each of
    the `negatives` nearest other landmarks.
    descriptors: (B, D) rows of length 1. classes: (B,) landmark numbers.
    Returns the loss and what to watch: share of active triplets, mean d(a,p) and d(a,n) (squared L2). A loss that sits
    at the margin, with both distances near zero, means collapse.
    Source: Schroff et al., "FaceNet", CVPR 2015; negatives as in `filipradenovic/cnnimageretrieval-pytorch`.
    """
    distances = (2 - 2 * descriptors @ descriptors.T).clamp(min=0)
    same = classes[:, None] == classes[None, :]
    positive = same & ~torch.eye(len(classes), dtype=torch.bool, device=classes.device)
    _, number = classes.unique(return_inverse=True)
    landmarks = int(number.max()) + 1
    nearest = distances.new_full((len(classes), landmarks), float("inf")).scatter_reduce(
        1, number.expand(len(classes), -1), distances, "amin"
    )
    nearest = nearest.scatter(1, number[:, None], float("inf"))  # its own landmark is no negative
    hardest = nearest.topk(min(negatives, landmarks - 1), largest=False).values
    gap = functional.relu(distances[:, :, None] - hardest[:, None, :] + margin) * positive[:, :, None]
    active = (gap > 0).sum()
    watch = {
        "active": float(active / (positive.sum() * hardest.shape[1]).clamp(min=1)),
        "d(a,p)": float(distances[positive].detach().mean()),
        "d(a,n)": float(hardest.detach().mean()),
    }
    return gap.sum() / active.clamp(min=1), watch
