"""How far a training has moved the weights of a network: ‖Δw‖ / ‖w‖ of every tensor between the weights it began with and its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch
from torch import nn

from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.networks.weights import State
from retrieval_core.presets import Preset

KINDS = {nn.Conv2d: "convolution", nn.Linear: "linear", nn.BatchNorm2d: "normalisation"}
"""Layers by what a person calls them; timm's are subclasses of these."""
CHANGE = "change in percent"
_RUNNING = ("running_mean", "running_var")  # statistics that a training follows, and does not learn
_COUNTER = "num_batches_tracked"  # which is no weight


@dataclass(frozen=True)
class WeightChange:
    """A tensor of a network before and after a training.

    before, after: its L2 norm; moved: that of the difference. before and moved are None where it has no parent, and began anew.
    """

    layer: str
    tensor: str  # weight, bias, running_mean, running_var or p
    kind: str  # convolution, linear, normalisation, statistics (running ones) or pooling
    count: int
    before: float | None
    after: float
    moved: float | None

    @property
    def relative(self) -> float | None:
        """‖Δw‖ / ‖w‖; None where it began anew, or with zeros."""
        return self.moved / self.before if self.before and self.moved is not None else None


def weight_changes(stage: Preset, parent: State, child: State) -> list[WeightChange]:
    """The tensors of a trained stage from the first layer to the last; what its network no longer has is left out.

    A tensor has the parent that `networks.weights.inherit` gave it: the one of the same name and shape.
    """
    with torch.device("meta"):  # the order of the layers, without memory for them
        network = RetrievalNetwork(stage)
    kinds = {name: _kind(layer) for name, layer in network.named_modules()}
    names = [name for name in network.state_dict() if name in child]
    found = []
    for name in [*names, *sorted(set(child) - set(names))]:  # a classifier is known to the file alone
        layer, _, tensor = name.rpartition(".")
        if tensor == _COUNTER:
            continue
        old = parent[name] if name in parent and parent[name].shape == child[name].shape else None
        kind = "statistics" if tensor in _RUNNING else kinds.get(layer, "linear")
        found.append(WeightChange(
            layer.removeprefix("trunk."), tensor, kind, child[name].numel(), None if old is None else _norm(old), _norm(child[name]),
            None if old is None else _norm(child[name] - old),
        ))  # fmt: skip
    return found


def left_behind(parent: State, child: State) -> list[str]:
    """Layers of the parent that the stage has no use for, such as the classifier of another training."""
    names = [name for name in parent if name not in child or child[name].shape != parent[name].shape]
    return sorted({name.rpartition(".")[0].removeprefix("trunk.") for name in names if not name.endswith(_COUNTER)})


def change_table(changes: Sequence[WeightChange]) -> pd.DataFrame:
    """A row a tensor: its norm before and after, that of the difference, and CHANGE; missing values where it has no parent."""
    rows = [{"layer": f"{one.layer}.{one.tensor}", "kind": one.kind, "values": one.count, "norm before": one.before,
             "norm after": one.after, "norm of the difference": one.moved,
             CHANGE: None if one.relative is None else 100 * one.relative} for one in changes]  # fmt: skip
    table = pd.DataFrame(rows).set_index("layer")
    numbers = ["norm before", "norm after", "norm of the difference", CHANGE]
    return table.astype(dict.fromkeys(numbers, float))


def _kind(layer: nn.Module) -> str:
    return next((word for of, word in KINDS.items() if isinstance(layer, of)), "pooling")


def _norm(tensor: torch.Tensor) -> float:
    return float(torch.linalg.vector_norm(tensor, dtype=torch.float64))
