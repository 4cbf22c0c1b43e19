"""The starts that come with the program: backbones that were taught the features of EfficientNet-Lite0.

`starts/README.md` is their model card; `python -m retrieval_core starts build` makes them anew.
"""

import torch
from torch.nn import functional

from retrieval_core.networks.backbones import build_trunk
from retrieval_core.networks.distilled_files import distilled_file
from retrieval_core.networks.eight_bits import pack, unpack
from retrieval_core.networks.weights import State, load_weights

FC_SEED = 2012  # of AlexNet's FC6 and FC7, which are too large to be shipped: they are drawn anew, and fitted by stored figures
FCS = {"trunk.classifier.1": (4096, 9216), "trunk.classifier.4": (4096, 4096)}


def distilled_weights(backbone: str) -> dict[str, torch.Tensor]:
    """Float32 weights of a trunk by the names of our networks; AlexNet's with its FC6 and FC7."""
    state = unpack(load_weights(distilled_file(backbone)))
    for name in FCS:
        if f"{name}.gain" in state:
            state[f"{name}.weight"] = _drawn(name) * state.pop(f"{name}.gain")[:, None]
    return state


def packed(backbone: str, state: State, pictures: torch.Tensor) -> dict[str, torch.Tensor]:
    """What a file holds of a taught trunk; of AlexNet also gain and bias of each unit of FC6 and FC7.

    pictures: normalised (B, 3, S, S); over them every unit gets mean 0 and deviation 1, as in `fit_to_pictures`.
    """
    stored = pack(state)
    if backbone != "alexnet":
        return stored
    trunk = build_trunk(backbone, "gem").eval()
    trunk.load_state_dict({name.removeprefix("trunk."): tensor for name, tensor in unpack(stored).items()})
    with torch.inference_mode():
        values = functional.adaptive_avg_pool2d(functional.max_pool2d(trunk(pictures), 3, 2), 6).flatten(1)
        for name in FCS:
            values = values @ _drawn(name).T
            deviation, mean = torch.std_mean(values, 0)
            stored[f"{name}.gain"], stored[f"{name}.bias"] = 1 / (deviation + 1e-5), -mean / (deviation + 1e-5)
            values = functional.relu(values * stored[f"{name}.gain"] + stored[f"{name}.bias"])
    return stored


def _drawn(name: str) -> torch.Tensor:
    generator = torch.Generator().manual_seed(FC_SEED + list(FCS).index(name))
    return torch.randn(FCS[name], generator=generator) * (2 / FCS[name][1]) ** 0.5
