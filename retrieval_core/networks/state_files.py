"""A file of weights that others wrote, as tensors by name: what a training wrapped around them is taken off.

Files of torch are read with `weights_only`, which takes tensors and runs no code.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file

from retrieval_core.errors import RetrievalError

_WRAPPERS = ("state_dict", "model_state_dict", "model", "network", "net", "weights")  # under which checkpoints keep them
_PREFIXES = ("module.", "_orig_mod.", "model.", "backbone.", "encoder.", "network.", "net.", "trunk.")  # before each name
_DEPTH = 4  # wrappers within wrappers


def read_state(file: Path, library: str) -> dict[str, torch.Tensor]:
    """Tensors by name from a .safetensors file, or one that torch.save wrote: a state dict, or a checkpoint that holds one.

    Raises RetrievalError naming the file and the remedy if it can't be read or holds other things; `library` is named in it.
    """
    remedy = f"Give a state dict as {library} saves it (.pth), or a .safetensors file."
    try:
        ours = file.suffix.lower() == ".safetensors"
        content = load_file(file) if ours else torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds of them for a file that is not one of its own
        if "weights_only" in str(error) or "Weights only" in str(error):
            raise RetrievalError(
                f"Weights {file} can't be read: the file holds a whole pickled network or other Python objects, and none of them is "
                "run. Save the weights alone: torch.save(network.state_dict(), FILE)."
            ) from error
        # What the libraries say is about their own insides.
        raise RetrievalError(f"Weights {file} can't be read: the file is cut short, or is no file of weights. {remedy}") from error
    for _ in range(_DEPTH):
        inner = [content[key] for key in _WRAPPERS if isinstance(content, Mapping) and isinstance(content.get(key), Mapping)]
        content = inner[0] if inner else content
    if not isinstance(content, Mapping) or not content or not all(isinstance(tensor, torch.Tensor) for tensor in content.values()):
        raise RetrievalError(f"{file} holds more than tensors by name, or none. {remedy}")
    if (number := next((name for name in content if not isinstance(name, str)), None)) is not None:
        raise RetrievalError(f"{file} names its tensors by {type(number).__name__}, as {number!r}, and not by layers. {remedy}")
    return dict(content)


def without_prefixes(state: Mapping[str, torch.Tensor], wanted: Collection[str]) -> dict[str, torch.Tensor]:
    """The tensors without what a training put before every name (`module.`), where none has a wanted name otherwise.

    What lies outside of such a prefix belongs to other parts of a larger network, and is left out.
    """
    found = dict(state)
    while not any(name in wanted for name in found):
        prefix = next((prefix for prefix in _PREFIXES if any(name.startswith(prefix) for name in found)), None)
        if prefix is None:
            return dict(state)
        found = {name.removeprefix(prefix): tensor for name, tensor in found.items() if name.startswith(prefix)}
    return found


def check_finite(state: Mapping[str, torch.Tensor], file: Path) -> None:
    """Raise a RetrievalError naming the file and the tensor unless all are plain numbers and finite."""
    for name, tensor in state.items():
        if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_complex():
            raise RetrievalError(f"{file}: {name} is quantised, sparse or complex. Save the weights as plain float32.")
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise RetrievalError(f"{file}: {name.removeprefix('trunk.')} holds values that are not finite (NaN or infinite). The file "
                                 "is damaged, or its training failed: take another copy, or an earlier checkpoint.")  # fmt: skip
