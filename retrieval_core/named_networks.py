"""Networks of timm and torchvision by name, as `timm:vit_small_patch14_dinov2.lvd142m`: what each is, before it is built or fetched.

A library is loaded only to learn this of a network that nobody has told of; what was noted with its weights is taken as it is.
"""

from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from math import isqrt
from typing import Any

from retrieval_core.errors import RetrievalError, check_choice

LIBRARIES = ("timm", "torchvision")
LICENCE_UNKNOWN = "licence not stated"
RECTIFIERS = ("ReLU", "ReLU6", "SiLU", "Swish", "SwishMe", "GELU", "GELUTanh", "QuickGELU", "Hardswish", "HardSwish", "HardSwishMe",
              "Mish", "MishMe")  # fmt: skip
"""Layers after which features say how much is active, or nearly so, by the names of their classes."""


@dataclass(frozen=True)
class NamedNetwork:
    """What a network is. JSON-able."""

    name: str  # library:name, timm's with the tag of its weights
    parameters: int  # of all of it, the classifier included
    licence: str
    source: str  # of its weights; empty where none are published
    pooling: str  # "gem" where the features come out of a rectifier, else "head": what it gives to its own classifier
    width: int  # of the descriptor with this pooling
    channels: int  # of its feature map, or of its tokens
    size: int  # longest side of its pictures, or side of the square, pixels
    mean: tuple[float, ...]
    std: tuple[float, ...]
    square: bool = False  # takes nothing but squares of `size`
    dynamic: bool = False  # takes other sizes than `size` if it is built for them
    multiple: int = 1  # sides must be multiples of this, a patch
    layout: str = "NCHW"  # of the features: NCHW, NHWC, or NLC for tokens
    prefix: int = 0  # tokens that stand for no place

    @property
    def title(self) -> str:
        """For a person."""
        return f"{self.name.partition(':')[2]}, {self.parameters / 1e6:.1f} M parameters"


_TORCHVISION = {  # convolutions as in `filipradenovic/cnnimageretrieval-pytorch`; weights of the first release
    "vgg16": NamedNetwork("torchvision:vgg16", 138_357_544, LICENCE_UNKNOWN, "https://download.pytorch.org/models/vgg16-397923af.pth",
                          "gem", 512, 512, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "resnet101": NamedNetwork("torchvision:resnet101", 44_549_160, LICENCE_UNKNOWN,
                              "https://download.pytorch.org/models/resnet101-63fe2227.pth",
                              "gem", 2048, 2048, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}  # fmt: skip
_known: dict[str, NamedNetwork] = {}


def is_named(key: str) -> bool:
    """Whether a key, or a backbone, names a network of a library."""
    return ":" in key


def library_of(backbone: str) -> str:
    """The library that a backbone is from: the one in its name, else torchvision."""
    return backbone.partition(":")[0] if is_named(backbone) else "torchvision"


def find_network(name: str) -> NamedNetwork:
    """What a network is; RetrievalError with close matches for a name that its library does not have."""
    if name not in _known:
        library, _, rest = name.partition(":")
        check_choice("library", library, LIBRARIES)
        if library == "torchvision":
            _known[name] = _TORCHVISION[check_choice("network of torchvision", rest, _TORCHVISION)]
        else:
            _known[name] = _examine(name)
    return _known[name]


def recall(noted: dict) -> None:
    """Take what was noted of a network, so that its library need not be loaded; other notes than this program's are left alone."""
    if noted.keys() == {field.name for field in fields(NamedNetwork)}:
        _known.setdefault(noted["name"], NamedNetwork(**{**noted, "mean": tuple(noted["mean"]), "std": tuple(noted["std"])}))


def to_note(network: NamedNetwork) -> dict:
    """What `recall` takes."""
    return asdict(network)


def create_timm(name: str, dynamic: bool = False, **arguments):
    """A network `timm:…` with random weights, unless `pretrained` says otherwise; `dynamic` for pictures of any size."""
    import timm

    sizes: dict[str, Any] = {"dynamic_img_size": True} if dynamic else {}
    return timm.create_model(name.removeprefix("timm:"), **sizes, **arguments)


def _config(asked: str):
    """timm's configuration of a network's weights; RetrievalError unless the name is one of timm's, with its tag."""
    import timm
    from timm.models import get_pretrained_cfg, is_model

    known = set(timm.list_models()) | set(timm.list_pretrained())
    if not is_model(asked.partition(".")[0]) or (asked not in known):
        near = get_close_matches(asked, known, 5, 0.5)
        raise RetrievalError(f"timm has no network {asked!r}" + (f". Near to it: {', '.join(near)}." if near else
                             "; its networks: python -c 'import timm; print(*timm.list_pretrained())'"))  # fmt: skip
    config = get_pretrained_cfg(asked)
    if config.has_weights and config.tag and "." not in asked:
        tagged = ", ".join(f"timm:{name}" for name in timm.list_pretrained(f"{asked}.*"))
        raise RetrievalError(f"timm:{asked} is written with the tag of its weights: {tagged}.")
    return config


def _examine(name: str) -> NamedNetwork:
    """Build a network without memory for its weights, let an empty picture through, and look at what comes out."""
    import torch
    from timm.data import resolve_data_config

    config = _config(name.removeprefix("timm:"))
    data = resolve_data_config(pretrained_cfg=config.to_dict())
    with torch.device("meta"):
        whole = create_timm(name)
    common = {
        "name": name, "parameters": sum(parameter.numel() for parameter in whole.parameters()),
        "licence": config.license if config.license not in (None, "unknown") else LICENCE_UNKNOWN,
        "source": config.hf_hub_id or config.url or "", "size": max(data["input_size"][1:]), "mean": tuple(data["mean"]),
        "std": tuple(data["std"]),
    }  # fmt: skip
    fault = None
    for dynamic, square in ((True, False), (False, True)) if config.fixed_input_size else ((False, False), (False, True)):
        try:
            return NamedNetwork(**common, **_seen(name, common["size"], dynamic, square))
        except Exception as error:  # what a network doesn't take it refuses in many ways
            fault = error
    raise RetrievalError(f"{name} gives no features that could be pooled here ({str(fault).splitlines()[0]}). Choose another network.")


def _seen(name: str, size: int, dynamic: bool, square: bool) -> dict:
    """How a network takes pictures, and what it makes of them. Raises whatever it raises if it doesn't take them."""
    import torch

    with torch.device("meta"):
        model = create_timm(name, dynamic, num_classes=0).eval()
    patches = getattr(model, "patch_embed", None)
    multiple = int(patches.feat_ratio()) if hasattr(patches, "feat_ratio") else 1
    height = size if square else max(1, 3 * size // 4 // multiple) * multiple
    last: list[torch.nn.Module] = []
    leaves = (layer for layer in model.modules() if not list(layer.children()))
    hooks = [layer.register_forward_hook(lambda layer, *_: last.append(layer)) for layer in leaves]
    with torch.no_grad():
        features = model.forward_features(torch.empty(1, 3, height, size // multiple * multiple, device="meta"))
        for hook in hooks:
            hook.remove()
        head = model.forward_head(features, pre_logits=True)
    layout = "NLC" if features.ndim == 3 else str(getattr(model, "output_fmt", "NCHW")).rpartition(".")[2]
    if head.ndim != 2 or features.ndim not in (3, 4):
        raise ValueError(f"features of the shape {tuple(features.shape)}, a head of {tuple(head.shape)}")
    channels = features.shape[1] if layout == "NCHW" else features.shape[-1]
    pooling = "gem" if layout == "NCHW" and _rectified(last) else "head"
    prefix = 0
    if layout == "NLC":  # a network that doesn't say how many it puts before those of a square has the rest of a square number
        prefix = getattr(model, "num_prefix_tokens", features.shape[1] - isqrt(features.shape[1]) ** 2)
    return {"pooling": pooling, "width": channels if pooling == "gem" else head.shape[1], "channels": channels, "square": square,
            "dynamic": dynamic, "multiple": multiple, "layout": layout, "prefix": prefix}  # fmt: skip


def _rectified(layers: list) -> bool:
    """Whether the last layer that changes values, of those that were at work, is a rectifier, or nearly one (SiLU, GELU …)."""
    from torch import nn

    passing = (nn.Identity, nn.Dropout, nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d)
    changing = (layer for layer in reversed(layers) if not isinstance(layer, passing) and type(layer).__name__ != "DropPath")
    return type(next(changing, None)).__name__ in RECTIFIERS
