"""A training as files that a killed run goes on from: tensors in safetensors, the rest in its metadata, no pickle."""

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn

from retrieval_core.workspace import publish


def save_checkpoint(
    path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, extra: dict[str, torch.Tensor], notes: dict
) -> None:
    """Write network, optimiser moments, further tensors and notes, whole or not at all."""
    tensors = {f"network/{name}": tensor for name, tensor in network.state_dict().items()}
    for number, parameter in enumerate(_parameters(optimiser)):
        for name, tensor in optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser/{number}/{name}"] = tensor
    tensors |= {f"extra/{name}": tensor for name, tensor in extra.items()}
    temporary = path.with_suffix(".writing")
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    save_file(plain, temporary, {"notes": json.dumps(notes)})
    publish(temporary, path)


def load_checkpoint(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer) -> tuple[dict, dict]:
    """Put a checkpoint back into network and optimiser; return the further tensors and the notes."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        notes = json.loads(file.metadata()["notes"])
    network.load_state_dict(_part(tensors, "network/"))
    for number, parameter in enumerate(_parameters(optimiser)):
        state = _part(tensors, f"optimiser/{number}/")
        if state:
            # The step counter lies where the fused optimiser wants it: beside the moments.
            optimiser.state[parameter] = {
                name: torch.empty_like(parameter, dtype=tensor.dtype).copy_(tensor) if tensor.ndim else
                tensor.to(parameter.device) for name, tensor in state.items()}  # fmt: skip
    return _part(tensors, "extra/"), notes


def _parameters(optimiser: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
