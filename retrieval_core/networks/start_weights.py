"""The weights of a start that are not trained here: by where they come from."""

from collections.abc import Callable, Generator
from pathlib import Path

from retrieval_core.named_networks import find_network, is_named, to_note
from retrieval_core.networks.distilled import distilled_weights
from retrieval_core.networks.lite0 import lite0_weights
from retrieval_core.networks.published_weights import published_weights
from retrieval_core.networks.weights import State, imagenet_weights, local_weights, named_as_ours
from retrieval_core.progress import Progress
from retrieval_core.workspace import file_hash

Steps = Generator[Progress, None, tuple[State, dict]]


def _package(backbone: str, download: bool) -> Steps:
    yield Progress(f"read {backbone}", 0, 1)
    return named_as_ours(lite0_weights(), ("classifier.",)), {}


def _imagenet(backbone: str, download: bool) -> Steps:
    yield Progress(f"fetch {backbone}", 0, 1)
    return imagenet_weights(backbone, download), {}


def _distilled(backbone: str, download: bool) -> Steps:
    yield Progress(f"read {backbone}", 0, 1)
    return distilled_weights(backbone), {}


def _published(backbone: str, download: bool) -> Steps:
    state, notes = yield from published_weights(backbone, download)
    return named_as_ours(state, ()), notes


_ORIGINS: dict[str, Callable[[str, bool], Steps]] = {
    "imagenet": _imagenet, "distilled": _distilled, "package": _package, "published": _published,
}  # fmt: skip
"""How the weights of a backbone are had, the second argument being the consent to a download."""


def start_weights(origin: str, backbone: str, own: Path | None, download: bool) -> Steps:
    """Weights of a backbone by the names of our networks, from a file of one's own where there is one, and what is to be noted.

    Raises RetrievalError where they are not to be had or don't fit.
    """
    if own:
        yield Progress(f"read {backbone}", 0, 1)
        state: State = local_weights(own, backbone)
        notes = {"file": own.name, "sha256": file_hash(own)}
    else:
        state, notes = yield from _ORIGINS[origin](backbone, download)
    return state, notes | ({"network": to_note(find_network(backbone))} if is_named(backbone) else {})
