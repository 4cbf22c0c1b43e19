"""Average precision as a loss: every picture of a batch is a query, and all others are its database.

Source: Revaud, Almazán, Rezende and de Souza, "Learning with average precision: training image retrieval with a listwise loss",
ICCV 2019. Its batches of 4,096 pictures need other means; ours are those of the triplet loss, so that nothing but the loss differs.
"""

from dataclasses import replace

import torch
from torch.nn import functional

from retrieval_core.presets import Schedule
from retrieval_core.training.objective import Learning
from retrieval_core.training.triplet import TRIPLET

BINS = 20


def average_precision_loss(descriptors: torch.Tensor, classes: torch.Tensor, bins: int = BINS) -> tuple[torch.Tensor, dict[str, float]]:
    """1 − mean AP of the pictures of a batch that have another of their landmark in it; AP is made smooth by bins of similarity.

    Similarities from 1 down to −1 are shared out among `bins` bins by triangles as wide as two steps. Precision down to a bin times
    the recall that this bin adds, summed over the bins, is the AP; a picture is not in its own database.
    descriptors: (B, D) rows of length 1. classes: (B,) landmark numbers. Returns the loss and what to watch: the mean AP.
    """
    similarities = descriptors @ descriptors.T
    others = ~torch.eye(len(classes), dtype=torch.bool, device=classes.device)
    positive = (classes[:, None] == classes[None, :]) & others
    centres = torch.linspace(1, -1, bins, device=descriptors.device)
    shares = functional.relu(1 - (similarities[:, :, None] - centres).abs() * (bins - 1) / 2) * others[:, :, None]
    hits = (shares * positive[:, :, None]).sum(1)
    precision = hits.cumsum(1) / shares.sum(1).cumsum(1).clamp(min=1e-12)
    asked = positive.any(1)
    found = (precision * hits).sum(1)[asked] / positive.sum(1)[asked]
    mean = found.sum() / asked.sum().clamp(min=1)
    return 1 - mean, {"AP": float(mean.detach())}


def _loss(network: Learning, images: torch.Tensor, classes: torch.Tensor, schedule: Schedule) -> tuple[torch.Tensor, dict[str, float]]:
    return average_precision_loss(network.descriptors(images), classes)


AVERAGE_PRECISION = replace(TRIPLET, loss=_loss)
