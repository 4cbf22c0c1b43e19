"""Classification: every landmark is a class, and the network learns to name that of a photograph."""

from functools import lru_cache

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.presets import Schedule
from retrieval_core.training.objective import Learning, Objective, Prepared
from retrieval_core.training.split import Split

LABEL_SMOOTHING = 0.1


def classification_batch(count: int, batch: int, number: int, seed: int) -> np.ndarray:
    """Positions (B,) of a batch in epochs that see each of `count` photographs once, in an order of their own."""
    wanted = np.arange(number * batch, (number + 1) * batch)
    return np.array([_order(count, seed, epoch)[place] for epoch, place in zip(*divmod(wanted, count), strict=True)])


@lru_cache(maxsize=2)  # a batch may reach into the next epoch; an order of 1.6 million photographs takes 13 MB
def _order(count: int, seed: int, epoch: int) -> np.ndarray:
    return np.random.default_rng((seed, 1, epoch)).permutation(count)


def _draw(split: Split, schedule: Schedule, prepared: Prepared, number: int, seed: int, random: np.random.Generator) -> np.ndarray:
    return classification_batch(len(split.train), schedule.batch, number, seed)


def _loss(network: Learning, images: torch.Tensor, classes: torch.Tensor, schedule: Schedule) -> tuple[torch.Tensor, dict[str, float]]:
    logits = network.logits(images)
    loss = functional.cross_entropy(logits, classes, label_smoothing=LABEL_SMOOTHING)
    return loss, {"accuracy": float((logits.argmax(1) == classes).float().mean())}


CLASSIFICATION = Objective(_draw, _loss, classifier=True)
