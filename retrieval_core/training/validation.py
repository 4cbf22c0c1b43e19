"""Validation mAP: every held-out photograph is a query, the others of its landmark are its positives."""

from collections.abc import Generator

import numpy as np
import torch

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.evaluation.average_precision import average_precision
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.processes import is_first
from retrieval_core.progress import Progress
from retrieval_core.ranking.search import search
from retrieval_core.training.finite import finite_descriptors
from retrieval_core.training.split import Split


def validation_map(network: RetrievalNetwork, pixels: Pixels, split: Split, device: torch.device) -> Generator[Progress, None, float]:
    """Mean AP (Oxford) in percent over the held-out photographs, each left out of its own ranking; 0 in a process that helps."""
    matrix = yield from finite_descriptors(network, pixels, split.validation, device)
    return mean_ap(matrix, split.validation_labels) if is_first() else 0.0


def mean_ap(matrix: np.ndarray, labels: tuple[str, ...]) -> float:
    """Mean AP (Oxford) in percent of descriptors (N, D) under their labels; a row without a partner is no query."""
    names = np.array(labels)
    order, _ = search(matrix, matrix)
    values = []
    for row, ranked in enumerate(order):
        relevant = names[ranked[ranked != row]] == names[row]
        if relevant.any():
            values.append(average_precision(np.flatnonzero(relevant), int(relevant.sum()), "oxford"))
    return 100 * float(np.mean(values)) if values else 0.0
