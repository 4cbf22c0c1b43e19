"""Weights between those that a network began with and those that it learnt.

A network that saw a million photographs and then learns a few landmarks forgets photographs on the way. What lies between the two
keeps most of the one and has much of the other: Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
"""

from collections.abc import Generator

import torch

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import State
from retrieval_core.presets import Preset
from retrieval_core.progress import Progress
from retrieval_core.training.split import split_landmarks
from retrieval_core.training.validation import validation_map


def between(start: State, trained: State, share: float) -> dict[str, torch.Tensor]:
    """Weights of a network, `share` of the way from `start` to `trained`; what only one of them has, or counts, is as trained.

    Batch normalisation's means and variances lie between those of both, too.
    """
    return {
        name: torch.lerp(start[name].float(), tensor.float(), share).to(tensor.dtype)
        if name in start and tensor.is_floating_point() else tensor
        for name, tensor in trained.items()
    }  # fmt: skip


def blend(
    stage: Preset, share: float, start: State, trained: State, pixels: Pixels, device: torch.device
) -> Generator[Progress, None, tuple[dict[str, torch.Tensor], dict]]:
    """`between`, and what is to be noted of it: its share, and its validation mAP in percent on the landmarks held out."""
    state = between(start, trained, share)
    network = build_network(stage, None)
    network.load_state_dict(state)
    measured = yield from validation_map(network.to(device), pixels, split_landmarks([image.label for image in pixels.images]), device)
    return state, {"share": share, "validation_map": measured}
