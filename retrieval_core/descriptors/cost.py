"""What describing a photograph asks of a network: its parameters, and the multiply-adds that torch counts while it describes."""

from collections import Counter

import numpy as np
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from retrieval_core.descriptors.aggregation.network import DescribingNetwork
from retrieval_core.descriptors.extract import Scales, describe_batch


def count_parameters(network: DescribingNetwork) -> int:
    """All numbers that were learnt; those of a whitening, which follows the network, are none of them."""
    return sum(parameter.numel() for parameter in network.parameters())


@torch.inference_mode()
def count_operations(network: DescribingNetwork, shapes: np.ndarray, device: torch.device, scales: Scales = (1.0,)) -> float:
    """Multiply-adds a picture, the mean over pictures of these shapes (N, 2), height and width in pixels; all scales together.

    Those of convolutions, linear layers and attention, as torch counts them while the network describes a picture of each shape.
    """
    operations = 0.0
    for (height, width), pictures in Counter(map(tuple, shapes.tolist())).items():
        picture = torch.zeros((1, 3, height, width), dtype=torch.uint8, device=device)
        # Attention in one fused kernel is not counted on a processor: 8 % of a ViT-S/16 at 224 pixels.
        with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
            describe_batch(network, picture, scales)
        operations += pictures * counter.get_total_flops() / 2  # torch counts a multiply-add as two operations
    return operations / len(shapes)
