"""The triplet loss on unit descriptors, with the hardest negatives of a batch, at most one a landmark."""

from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.presets import Schedule
from retrieval_core.processes import is_first
from retrieval_core.progress import Progress
from retrieval_core.training.finite import finite_descriptors
from retrieval_core.training.hardest import hardest_triplets
from retrieval_core.training.mining import Mined, draw_pool, mine
from retrieval_core.training.objective import Learning, Objective, Preparation, Prepared
from retrieval_core.training.split import Landmarks, Split


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


def triplet_batch(mined: Mined, landmarks: Landmarks, batch: int, per_landmark: int, random: np.random.Generator) -> np.ndarray:
    """Positions of a step: anchors, other photographs of their landmarks, and the anchors' mined negatives.

    Every anchor brings `per_landmark` photographs of its landmark and its negatives; (B,) with B ≤ `batch`.
    """
    chosen: list[int] = []
    for row in random.permutation(len(mined.anchors)):
        anchor = mined.anchors[row]
        others = landmarks.photographs(landmarks.classes[anchor])
        others = random.permutation(others[others != anchor])[: per_landmark - 1]
        group = [anchor, *others, *(mined.negatives[row][mined.negatives[row] >= 0])]
        if len(chosen) + len(group) > batch:
            break
        chosen += [position for position in map(int, group) if position not in chosen]
    return np.array(chosen)


def _mine(
    network: RetrievalNetwork, pixels: Pixels, split: Split, schedule: Schedule, device: torch.device, random: np.random.Generator
) -> Generator[Progress, None, Prepared]:
    pool = draw_pool(split.landmarks, schedule.pool, random)
    matrix = yield from finite_descriptors(network, pixels, split.train[pool], device)
    if not is_first():
        return {}
    mined = mine(pool, matrix, split.classes[pool], schedule.negatives)
    if not len(mined.anchors):
        raise RetrievalError("No landmark of the training set has two photographs to train on, and the triplet loss compares such "
                             "pairs. Add photographs of the landmarks that are there.")  # fmt: skip
    hardest = hardest_triplets(mined, pool, matrix, split.classes[pool])
    return {"anchors": mined.anchors, "negatives": mined.negatives, "hardest": hardest.members, "distances": hardest.distances}


def _note(prepared: Prepared, name: Callable[[int], str]) -> dict[str, Any]:
    """The hardest triplets of a mining by their image ids, with their distances; see `hardest_triplets`."""
    found = []
    for members, distances in zip(prepared["hardest"].tolist(), prepared["distances"].tolist(), strict=True):
        anchor, positive, *negatives = [name(place) for place in members if place >= 0]
        to_positive, *to_negatives = [round(distance, 6) for distance in distances[: 1 + len(negatives)]]
        found.append({"anchor": anchor, "positive": positive, "negatives": negatives, "d(a,p)": to_positive, "d(a,n)": to_negatives})
    return {"triplets": found}


def _draw(split: Split, schedule: Schedule, prepared: Prepared, number: int, seed: int, random: np.random.Generator) -> np.ndarray:
    mined = Mined(prepared["anchors"], prepared["negatives"])
    return triplet_batch(mined, split.landmarks, schedule.batch, schedule.per_landmark, random)


def _loss(network: Learning, images: torch.Tensor, classes: torch.Tensor, schedule: Schedule) -> tuple[torch.Tensor, dict[str, float]]:
    return triplet_loss(network.descriptors(images), classes, schedule.margin, schedule.negatives)


TRIPLET = Objective(_draw, _loss, preparation=Preparation("mine hard negatives", lambda schedule: schedule.mine_every, _mine, _note))
