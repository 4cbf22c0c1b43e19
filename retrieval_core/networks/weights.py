"""Weights as files (safetensors, never pickle), handed from a stage to the next, and fetched from torchvision."""

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

_RELEASES = {
    "alexnet": torchvision.models.AlexNet_Weights.IMAGENET1K_V1,
    "resnet18": torchvision.models.ResNet18_Weights.IMAGENET1K_V1,
    "resnet50": torchvision.models.ResNet50_Weights.IMAGENET1K_V1,
}

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
            "Give --download to fetch them, or --start shapes to do without."
        )
    try:
        state = release.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise RetrievalError(
            f"The ImageNet weights of {backbone} could not be fetched from {release.url} ({error}). "
            "Check the network, or give --start shapes to do without."
        ) from error
    # The last layer of the original is ImageNet's classifier: we never use it.
    return {f"trunk.{name}": tensor for name, tensor in state.items() if not name.startswith(("fc.", "classifier.6."))}


def _cached(backbone: str) -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(_RELEASES[backbone].url).path).name
