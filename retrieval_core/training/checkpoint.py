"""A training as files that a killed run goes on from: tensors in safetensors, the rest in its metadata, no pickle.

Of several processes that train together all read, and process 0 alone writes.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import nn

from retrieval_core.errors import RetrievalError
from retrieval_core.networks.weights import load_weights
from retrieval_core.processes import is_first
from retrieval_core.training.finite import NotFiniteError, check_finite
from retrieval_core.workspace import WRITING, publish, temporary_name


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name to write to: it becomes `path` if the block ends well, and is removed otherwise."""
    temporary = temporary_name(path)
    try:
        yield temporary
        publish(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def clean_folder(folder: Path) -> None:
    """Make a folder that no other run uses, or remove what a killed run was writing in it."""
    if not is_first():
        return
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob(f".*{WRITING}"):
        path.unlink(missing_ok=True)


def save_checkpoint(
    path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, extra: Mapping[str, torch.Tensor], notes: Mapping
) -> None:
    """Write network, optimiser moments, further tensors and notes, whole or not at all.

    Raises NotFiniteError, and leaves what is there, if a tensor holds a value that is not finite.
    """
    if not is_first():
        return
    tensors = {f"network/{name}": tensor for name, tensor in network.state_dict().items()}
    for number, parameter in enumerate(_parameters(optimiser)):
        for name, tensor in optimiser.state.get(parameter, {}).items():
            tensors[f"optimiser/{number}/{name}"] = tensor
    tensors |= {f"extra/{name}": tensor for name, tensor in extra.items()}
    check_finite(tensors)
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    with replacing(path) as temporary:
        save_file(plain, temporary, {"notes": json.dumps(notes)})


def read_checkpoint(path: Path) -> tuple[dict[str, torch.Tensor], dict]:
    """The tensors of a checkpoint and its notes; RetrievalError if it is not whole or holds a value that is not finite."""
    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            notes = json.loads(file.metadata()["notes"])
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise RetrievalError(f"{path} can't be read ({error}).") from error
    _refuse_not_finite(tensors, path)
    return tensors, notes


def check_weights(path: Path) -> None:
    """Raise a RetrievalError if a file of weights is missing, not whole, or holds a value that is not finite."""
    _refuse_not_finite(load_weights(path), path)


def put_back(
    path: Path, tensors: dict[str, torch.Tensor], network: nn.Module, optimiser: torch.optim.Optimizer
) -> dict[str, torch.Tensor]:
    """Put the tensors of the checkpoint `path` back into network and optimiser; return the further ones.

    Raises RetrievalError, and leaves both as they are, if they are those of another network.
    """
    weights, parameters = _part(tensors, "network/"), _parameters(optimiser)
    moments = [_part(tensors, f"optimiser/{number}/") for number in range(len(parameters))]
    fitting = _shapes(weights) == _shapes(network.state_dict()) and all(
        tensor.ndim == 0 or tensor.shape == parameter.shape
        for parameter, state in zip(parameters, moments, strict=True) for tensor in state.values()
    )  # fmt: skip
    if not fitting:
        raise RetrievalError(f"{path} is of another network.")
    network.load_state_dict(weights)
    for parameter, state in zip(parameters, moments, strict=True):
        if state:
            # The step counter lies where the fused optimiser wants it: beside the moments.
            optimiser.state[parameter] = {
                name: torch.empty_like(parameter, dtype=tensor.dtype).copy_(tensor) if tensor.ndim else
                tensor.to(parameter.device) for name, tensor in state.items()}  # fmt: skip
    return _part(tensors, "extra/")


def add_to_log(path: Path, step: int, what: Mapping) -> None:
    """Add a line to a training.jsonl: a step, and what is to be remembered of it by name."""
    if not is_first():
        return
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"step": step, **what}) + "\n")


def cut_log(path: Path, step: int) -> None:
    """Keep the lines of a training.jsonl up to a step.

    Only lines that end and can be read are whole: the kill may have come while one was written.
    """
    if not is_first():
        return
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(line for line in _lines(path) if _step_of(line) <= step)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True) if path.exists() else []


def _step_of(line: str) -> float:
    try:
        return json.loads(line)["step"] if line.endswith("\n") else float("inf")
    except (ValueError, KeyError, TypeError):
        return float("inf")


def _refuse_not_finite(tensors: Mapping[str, torch.Tensor], path: Path) -> None:
    try:
        check_finite(tensors)
    except NotFiniteError as error:
        raise RetrievalError(f"{path} holds values that are not finite ({error}).") from error


def _parameters(optimiser: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]


def _shapes(tensors: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: tensor.shape for name, tensor in tensors.items()}


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
