"""The weights of networks by name as timm and torchvision hand them out: from the caches of these libraries, or fetched with consent.

Fetching is left to the libraries' own loaders. What is said beforehand: about how much it is, under which licence, and from where.
"""

from collections.abc import Generator
from pathlib import Path
from urllib.parse import urlsplit

import torch
import torchvision

from retrieval_core.errors import RetrievalError
from retrieval_core.named_networks import LICENCE_UNKNOWN, NamedNetwork, create_timm, find_network
from retrieval_core.networks.weights import State
from retrieval_core.progress import Progress
from retrieval_core.workspace import file_hash

_RELEASES = {
    "torchvision:vgg16": torchvision.models.VGG16_Weights.IMAGENET1K_V1,
    "torchvision:resnet101": torchvision.models.ResNet101_Weights.IMAGENET1K_V1,
}
_HUB_FILES = ("model.safetensors", "pytorch_model.bin")  # in the order in which timm looks for them


def published_weights(name: str, download: bool) -> Generator[Progress, None, tuple[State, dict]]:
    """Weights of a network by its library's names, and what is to be noted of them: hash, licence and source.

    They are fetched only if `download` gives consent and no cache of the libraries has them. RetrievalError where they are not to
    be had, which says about how large they are, their licence and source, and what to do.
    """
    network = find_network(name)
    if not network.source:
        raise RetrievalError(f"No weights of {name} are published. Give a file of your own with --weights FILE.")
    cached = _cached(network)
    own = "give --weights FILE for a file of your own."
    if cached is None and not download:
        raise RetrievalError(f"The weights of {name} are not here: {_in_words(network)}. Give --download to fetch them, or {own}")
    yield Progress(f"fetch {name}", 0, 1, "" if cached else f"fetching {name}: {_in_words(network)}")
    try:
        state = _read(network, cached)
    except Exception as error:  # libraries of the network raise many kinds of them
        why = f"({next(iter(str(error).splitlines()), type(error).__name__)}): {_in_words(network)}"
        if cached:
            remedy = f"Remove this file, and give --download to fetch it again; or {own}"
            raise RetrievalError(f"The weights of {name} could not be read from {cached} {why}. {remedy}") from error
        remedy = f"Check the connection, and whether the licence has to be accepted there first; or {own}"
        raise RetrievalError(f"The weights of {name} could not be fetched {why}. {remedy}") from error
    file = cached or _cached(network)
    return state, {"file": file.name, "sha256": file_hash(file), "licence": network.licence, "source": network.source}


def _in_words(network: NamedNetwork) -> str:
    return f"about {4 * network.parameters / 1e6:,.0f} MB, {_licence(network)}, from {network.source}"


def _licence(network: NamedNetwork) -> str:
    return network.licence if network.licence == LICENCE_UNKNOWN else f"licence {network.licence}"


def _on_the_hub(network: NamedNetwork) -> bool:
    return "://" not in network.source


def _cached(network: NamedNetwork) -> Path | None:
    """The file of the weights in the cache of the library that would fetch them; None if it isn't there. Asks no server."""
    if not _on_the_hub(network):
        file = Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(network.source).path).name
        return file if file.exists() else None
    from huggingface_hub import try_to_load_from_cache

    repository, _, revision = network.source.partition("@")
    found = (try_to_load_from_cache(repository, file, revision=revision or None) for file in _HUB_FILES)
    return next((Path(file) for file in found if isinstance(file, str)), None)


def _read(network: NamedNetwork, cached: Path | None) -> State:
    if network.name in _RELEASES:
        return _RELEASES[network.name].get_state_dict(progress=False, check_hash=True)
    # With its own classifier, since timm is strict about what is missing only then.
    overlay = {"file": str(cached), **({"custom_load": False} if _on_the_hub(network) else {})} if cached else None
    return create_timm(network.name, pretrained=True, pretrained_cfg_overlay=overlay).state_dict()
