"""AdamW under a one-cycle schedule that is a function of the step, so that nothing but the moments must be kept."""

import math

import torch

from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.presets import Schedule

WARM_UP = 0.2  # share of the steps in which the rate rises
FIRST, LAST = 0.04, 0.001  # the rate at the first and at the last step, as shares of the highest
POOLING_RATE = 10.0  # GeM's exponent learns this much faster (`filipradenovic/cnnimageretrieval-pytorch`)


def one_cycle(step: int, steps: int) -> float:
    """Share of the highest rate at a step: a cosine up, a cosine down (Smith and Topin, "Super-convergence", 2018)."""
    peak = max(1.0, WARM_UP * steps)
    if step < peak:
        start, end, part = FIRST, 1.0, step / peak
    else:
        start, end, part = 1.0, LAST, min(1.0, (step - peak) / max(1.0, steps - 1 - peak))
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2


def make_optimiser(network: RetrievalNetwork, schedule: Schedule, new: list[str]) -> torch.optim.AdamW:
    """AdamW over everything that is not frozen; each group keeps its share of the rate as `share`.

    `new` names what has no parent and learns at the full rate; the rest learns at `schedule.slow` of it.
    """
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(not name.startswith(schedule.frozen or ("\0",)))
        if not parameter.requires_grad:
            continue
        if name == "pool.p":
            key = (POOLING_RATE * schedule.slow, 0.0)
        else:
            key = (1.0 if name in new else schedule.slow, schedule.weight_decay if parameter.ndim > 1 else 0.0)
        groups.setdefault(key, []).append(parameter)
    listed = [{"params": parameters, "share": share, "weight_decay": decay} for (share, decay), parameters in groups.items()]
    return torch.optim.AdamW(listed, lr=schedule.learning_rate, fused=True)


def freeze_batch_norm(network: torch.nn.Module) -> None:
    """Leave means and variances of batch normalisation as they are, in a network that trains otherwise."""
    for layer in network.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.eval()


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give every group its share of the rate."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["share"]
