"""Weights at eight bits: of every output channel whole numbers from -127 to 127 and one scale, so that a file is a quarter as large.

Only matrices and kernels are rounded; biases and batch normalisation, which are small, stay as they are.
"""

import torch

from retrieval_core.networks.weights import State

SCALE = ".scale"
LARGEST = 127


def pack(state: State) -> dict[str, torch.Tensor]:
    """Tensors by name, those of two and more dimensions (D, …) as int8 beside a float32 `<name>.scale` (D,)."""
    packed = {}
    for name, tensor in state.items():
        if tensor.ndim < 2:
            packed[name] = tensor
            continue
        scale = tensor.flatten(1).abs().amax(1).clamp(min=1e-12) / LARGEST
        packed[name] = (tensor / _column(scale, tensor)).round().to(torch.int8)
        packed[name + SCALE] = scale
    return packed


def unpack(packed: State) -> dict[str, torch.Tensor]:
    """The float32 tensors that `pack` rounded: each value is off by at most half a scale."""
    state = {}
    for name, tensor in packed.items():
        if tensor.dtype == torch.int8:
            state[name] = tensor.float() * _column(packed[name + SCALE], tensor)
        elif not name.endswith(SCALE):
            state[name] = tensor
    return state


def _column(scale: torch.Tensor, tensor: torch.Tensor) -> torch.Tensor:
    return scale.view(-1, *[1] * (tensor.ndim - 1))
