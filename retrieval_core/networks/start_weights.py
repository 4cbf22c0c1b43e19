"""The weights of a start that are not trained here: by where they come from."""

from collections.abc import Callable
from pathlib import Path

from retrieval_core.networks.lite0 import lite0_weights
from retrieval_core.networks.weights import State, imagenet_weights, local_weights, named_as_ours

_PACKAGES = {"lite0": lite0_weights}

_ORIGINS: dict[str, Callable[[str, bool], State]] = {
    "imagenet": imagenet_weights,
    "package": lambda backbone, download: named_as_ours(_PACKAGES[backbone]()),
}
"""How the weights of a backbone are had, the second argument being the consent to a download."""


def start_weights(origin: str, backbone: str, own: Path | None, download: bool) -> tuple[State, dict]:
    """Weights of a backbone by the names of our networks, from a file of one's own where there is one, and what is to be noted.

    Raises RetrievalError where they are not to be had or don't fit.
    """
    if own:
        return local_weights(own, backbone), {"file": own.name}
    return _ORIGINS[origin](backbone, download), {}
