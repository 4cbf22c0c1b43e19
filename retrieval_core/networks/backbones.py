"""The convolutional networks, from torchvision and timm, cut where the descriptor is taken."""

from collections.abc import Callable
from functools import partial
from typing import cast

import torch
import torchvision
from torch import nn
from torchvision.models.resnet import Bottleneck

from retrieval_core.named_networks import create_timm
from retrieval_core.networks.convolution import with_small_maps
from retrieval_core.networks.lite0 import build_lite0
from retrieval_core.networks.local_pooling import LocalPooling, pool_locally
from retrieval_core.networks.timm_trunks import build_timm

DROPOUT = 0.1  # AlexNet's own 0.5 is for 90 epochs of ImageNet; our training sets are seen a few times only


MEAN = (0.485, 0.456, 0.406)  # of ImageNet's pictures, RGB in 0…1, as torchvision's weights expect
STD = (0.229, 0.224, 0.225)


class TorchvisionTrunk(nn.Module):
    """What all of torchvision's networks have in common: how their pictures are normalised."""

    mean, std = MEAN, STD


class AlexNetFc7(TorchvisionTrunk):
    """AlexNet up to its second Linear(4096, 4096), without the ReLU after it: (B, 3, H, W) → (B, 4096)."""

    channels = 4096

    def __init__(self):
        super().__init__()
        whole = torchvision.models.alexnet(weights=None, dropout=DROPOUT)
        self.features, self.avgpool, self.classifier = whole.features, whole.avgpool, whole.classifier[:5]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """fc7 before its ReLU."""
        return self.classifier(self.avgpool(self.features(images)).flatten(1))


class AlexNetFeatures(TorchvisionTrunk):
    """AlexNet's convolutions without the last max-pooling, for any picture size: (B, 3, H, W) → (B, 256, h, w)."""

    channels = 256

    def __init__(self):
        super().__init__()
        self.features = torchvision.models.alexnet(weights=None).features[:-1]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The last convolution's activations after their ReLU."""
        return self.features(images)


class ResNetFeatures(TorchvisionTrunk):
    """ResNet18, ResNet50 or ResNet101 up to its last block: (B, 3, H, W) → (B, 512 or 2048, h, w)."""

    def __init__(self, name: str):
        super().__init__()
        whole = getattr(torchvision.models, name)(weights=None)
        self.channels = whole.fc.in_features
        for part, module in list(whole.named_children())[:-2]:
            self.add_module(part, module)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The last block's activations."""
        for module in self.children():
            images = module(images)
        return images


class Vgg16Features(TorchvisionTrunk):
    """VGG16's convolutions without the last max-pooling: (B, 3, H, W) → (B, 512, h, w).

    Source: `filipradenovic/cnnimageretrieval-pytorch`, which cuts it there.
    """

    channels = 512

    def __init__(self):
        super().__init__()
        self.features = torchvision.models.vgg16(weights=None, init_weights=False).features[:-1]

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """The last convolution's activations after their ReLU."""
        return self.features(images)


_TRUNKS: dict[tuple[str, str], Callable[[], nn.Module]] = {
    ("alexnet", "fc7"): AlexNetFc7,
    ("alexnet", "gem"): AlexNetFeatures,
    ("resnet18", "gem"): partial(ResNetFeatures, "resnet18"),
    ("resnet50", "gem"): partial(ResNetFeatures, "resnet50"),
    ("lite0", "gem"): build_lite0,
    ("torchvision:vgg16", "gem"): Vgg16Features,
    ("torchvision:resnet101", "gem"): partial(ResNetFeatures, "resnet101"),
}
"""How the trunk of a backbone is built for a pooling; those of timm by name are built alike."""


class Trunk(nn.Module):
    """What `build_trunk` gives, whatever library it is from: a module with these three."""

    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]


def build_trunk(backbone: str, pooling: str, local: str | None = None) -> Trunk:
    """The network up to the pooling; parameters keep the names of the library that it is from, so their weights load as they are.

    `local` names the poolings that stand in the place of AlexNet's max-poolings; None: none does.
    It has `channels`, the width of what comes out, and `mean` and `std`, by which its pictures are normalised.
    """
    if backbone.startswith("timm:"):
        return cast(Trunk, build_timm(backbone, pooling))
    trunk = with_small_maps(_TRUNKS[backbone, pooling]())
    if local:
        pool_locally(cast(nn.Sequential, trunk.features), local)
    return cast(Trunk, trunk)


def whole_network(backbone: str) -> nn.Module:
    """A network by name as its library builds it, with its classifier and random weights."""
    library, _, name = backbone.partition(":")
    return create_timm(backbone) if library == "timm" else getattr(torchvision.models, name)(weights=None)


def initialise(module: nn.Module, generator: torch.Generator) -> None:
    """Kaiming initialisation of every convolution and linear layer, and first masks of learnt poolings, drawn from the generator.

    ResNet50's blocks start as the identity (Goyal et al., "Accurate, Large Minibatch SGD", 2017): it learns sooner.
    """
    for layer in module.modules():
        if isinstance(layer, Bottleneck):
            nn.init.zeros_(layer.bn3.weight)
        if isinstance(layer, LocalPooling):
            layer.start(generator)
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
