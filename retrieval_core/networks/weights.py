"""Weights as files, handed from a stage to the next; ImageNet's, fetched from torchvision or read from a person's own file.

Ours are safetensors. torchvision's .pth files are read with `weights_only`, which takes tensors and runs no code.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import torch
import torchvision
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import nn

from retrieval_core.errors import RetrievalError
from retrieval_core.named_networks import find_network, is_named, library_of
from retrieval_core.networks.backbones import build_trunk, whole_network
from retrieval_core.networks.state_files import check_finite, read_state, without_prefixes

_RELEASES = {
    "alexnet": torchvision.models.AlexNet_Weights.IMAGENET1K_V1,
    "resnet18": torchvision.models.ResNet18_Weights.IMAGENET1K_V1,
    "resnet50": torchvision.models.ResNet50_Weights.IMAGENET1K_V1,
}

_UNUSED = ("fc.", "classifier.6.")  # ImageNet's classifier: we never use it
_NAMED = 3  # faults of a file that are named; a file of another network has hundreds

State = Mapping[str, torch.Tensor]


def save_weights(state: State, path: Path, metadata: dict[str, str]) -> None:
    """Write tensors by name, with a few words about them."""
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}
    # One entry: the library writes several in an order that changes from run to run, and with it the file's hash.
    save_file(plain, path, {"about": json.dumps(metadata, sort_keys=True)})


def load_weights(path: Path) -> dict[str, torch.Tensor]:
    """Read tensors by name; RetrievalError if the file is missing or not whole."""
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise RetrievalError(f"Weights {path} can't be read ({error}). Run the training again.") from error


def inherit(network: nn.Module, state: State) -> list[str]:
    """Load every tensor that has the name and shape of one of the network's; return the names that found no parent.

    A new classifier, pooling or FC keeps its own initialisation.
    """
    own = network.state_dict()
    fitting = {name: tensor for name, tensor in state.items() if name in own and own[name].shape == tensor.shape}
    network.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))


def imagenet_in_cache(backbone: str) -> bool:
    """Whether torch's own cache holds the ImageNet weights."""
    return _cached(backbone).exists()


def imagenet_weights(backbone: str, download: bool) -> dict[str, torch.Tensor]:
    """ImageNet weights by the names of our networks, from torch's cache, or fetched if `download` gives consent.

    torchvision checks the hash that is part of the file's name. Raises RetrievalError where they are not to be had.
    """
    release = _RELEASES[backbone]
    if not download and not imagenet_in_cache(backbone):
        raise RetrievalError(
            f"The ImageNet weights of {backbone} ({release.meta['_file_size']:.0f} MB) are not in {_cached(backbone).parent}. "
            "Give --download to fetch them, --weights PATH for a file of your own, or --start shapes to do without."
        )
    try:
        state = release.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise RetrievalError(
            f"The ImageNet weights of {backbone} could not be fetched from {release.url} ({error}). "
            "Check the network, or give --start shapes to do without."
        ) from error
    return named_as_ours(state)


def local_weights(file: Path, backbone: str) -> dict[str, torch.Tensor]:
    """Weights of a library's network by the names of ours, from a .pth or .safetensors file.

    Raises RetrievalError if the file can't be read, holds other things than tensors, or does not fit the backbone, or if a value
    is not finite; the last layer, which we don't use, may have any shape.
    """
    library = library_of(backbone)
    wanted, unused = _of_library(backbone)
    names = {name.removeprefix("trunk.") for name in wanted}
    state = named_as_ours(without_prefixes(read_state(file, library), names), unused)
    # Files from before PyTorch 1.0 do not count the batches that batch norm has seen; nothing depends on it.
    missing = [name for name in wanted if name not in state and not name.endswith("num_batches_tracked")]
    faults = [f"{name} is missing" for name in missing]
    faults += [f"{name} is not known" for name in state if name not in wanted]
    faults += [f"{name} has the shape {tuple(tensor.shape)}, not {tuple(wanted[name].shape)}"
               for name, tensor in state.items() if name in wanted and tensor.shape != wanted[name].shape]  # fmt: skip
    if faults:
        more = f", and {len(faults) - _NAMED} more" if len(faults) > _NAMED else ""
        named = ", ".join(faults[:_NAMED]).replace("trunk.", "")
        raise RetrievalError(
            f"{file} does not fit {backbone}: {named}{more}. Give {library}'s weights of {backbone}; for models with different "
            "backbones give a folder with a file for each."
        )
    check_finite(state, file)
    return state


def named_as_ours(state: State, unused: tuple[str, ...] = _UNUSED) -> dict[str, torch.Tensor]:
    """The tensors of a library's network by the names of ours, without those whose names start with one of `unused`."""
    return {f"trunk.{name}": tensor for name, tensor in state.items() if not name.startswith(unused or ("\0",))}


def _of_library(backbone: str) -> tuple[State, tuple[str, ...]]:
    """The tensors that a library's network must have, by the names of ours and without memory, and the names of its classifier."""
    with torch.device("meta"):
        if not is_named(backbone):
            return named_as_ours(getattr(torchvision.models, backbone)(weights=None).state_dict()), _UNUSED
        wanted = build_trunk(backbone, find_network(backbone).pooling).state_dict()
        whole = whole_network(backbone).state_dict()
    unused = tuple(name for name in whole if name not in wanted)
    return named_as_ours(wanted, ()), unused


def _cached(backbone: str) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(_RELEASES[backbone].url).path).name
