"""Where in a picture the positions of a feature map lie: a strided layer may shift them by up to half a cell."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

_STRIDED = (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d)


@dataclass(frozen=True)
class Step:
    """What a layer did along one side: from how many positions to how many, by which stride, the first one's middle at `start`."""

    before: int
    after: int
    stride: int
    start: float


@contextmanager
def steps_of(trunk: nn.Module) -> Iterator[tuple[list[Step], list[Step]]]:
    """The steps down the height and along the width that the layers of a trunk take while it is applied."""
    taken: tuple[list[Step], list[Step]] = ([], [])

    def look(layer: nn.Module, inputs: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        for axis, steps in enumerate(taken):
            kernel, stride, padding = (_of_axis(getattr(layer, name), axis) for name in ("kernel_size", "stride", "padding"))
            before, after = inputs[0].shape[2 + axis], output.shape[2 + axis]
            # Of a layer that pads as it needs, more on one side, the weights have learnt to make up for it: it is taken as even.
            shifts = (before + 2 * padding - kernel) // stride + 1 == after
            steps.append(Step(before, after, stride, (kernel - 1) / 2 - padding if shifts else (stride - 1) / 2))

    hooks = [layer.register_forward_hook(look) for layer in trunk.modules() if isinstance(layer, _STRIDED)]
    try:
        yield taken
    finally:
        for hook in hooks:
            hook.remove()


def cell_edges(steps: list[Step], cells: int) -> np.ndarray:
    """Edges (cells + 1,) of the cells of a map along one side, as shares of the picture's from 0 to 1: each lies around its middle.

    They are even where the steps don't lead to this many cells, as those of a network that puts its windows together otherwise.
    """
    even = np.linspace(0, 1, cells + 1)
    if not steps:
        return even
    side = count = steps[0].before
    stride, start = 1.0, 0.0
    for step in steps:
        if step.before == count and step.after < count:  # layers beside it, as in a shortcut, go from the same to the same
            start, stride, count = start + stride * step.start, stride * step.stride, step.after
    middles = (start + stride * np.arange(cells) + 0.5) / side
    edges = np.concatenate([[0.0], (middles[1:] + middles[:-1]) / 2, [1.0]])
    return edges if count == cells and (np.diff(edges) > 0).all() else even


def _of_axis(value: int | tuple[int, ...] | str, axis: int) -> int:
    if isinstance(value, str):  # "same" and "valid" of torch; steps with them have no stride
        return 0
    return value if isinstance(value, int) else value[axis]
