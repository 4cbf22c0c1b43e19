"""Figures that are not finite: no step can mend them, so a training stops at the first it meets."""

import math
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.descriptors.extract import extract_pixels
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.presets import Preset, Schedule
from retrieval_core.progress import Progress


class NotFiniteError(Exception):
    """Names what holds NaN or infinity; the loop adds stage, step and remedy."""


def stopped(stage: Preset, schedule: Schedule, step: int, folder: Path, device: torch.device, what: str) -> str:
    """Why a training stopped, and what to do. folder: that of its checkpoint."""
    kept = "The last checkpoint is kept. " if (folder / "checkpoint.safetensors").exists() else ""
    exact = ", or with --device cpu" if device.type != "cpu" else ""
    return (
        f"The training of {stage.key} stopped after {step} of {schedule.steps} steps: {what} is not finite. {kept}"
        f"Train with another --seed{exact}, or lower the learning_rate of {stage.key} in retrieval_core/presets.py "
        f"(now {schedule.learning_rate:g})."
    )


def check_finite(tensors: Mapping[str, torch.Tensor]) -> None:
    """Raise a NotFiniteError that names the first tensor with a value that is not finite."""
    for name, tensor in tensors.items():
        # The norm is many times faster than a look at every value, which decides where squares overflow.
        if tensor.is_floating_point() and not math.isfinite(torch.linalg.vector_norm(tensor)) and not tensor.isfinite().all():
            raise NotFiniteError(name)


def finite_descriptors(
    network: RetrievalNetwork, pixels: Pixels, positions: Sequence[int] | np.ndarray, device: torch.device
) -> Generator[Progress, None, np.ndarray]:
    """Descriptors (N, D) float32 of the pictures at these positions, by a network in training; NotFiniteError if one is not."""
    matrix = yield from extract_pixels(network, pixels, positions, device)
    if not np.isfinite(matrix).all():
        raise NotFiniteError("a descriptor")
    return matrix
