"""Where a network starts, as far as its parent and the seed leave that open: what is learnt from the training photographs."""

from collections.abc import Generator

import numpy as np
import torch

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.networks.initialisation import fit_to_pictures
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.processes import is_first
from retrieval_core.progress import Progress
from retrieval_core.training.augmentation import Augmentation, make_batch
from retrieval_core.training.finite import finite_descriptors

TRUNK_SAMPLE = 256  # photographs that first weights are fitted to, at most
HEAD_SAMPLE = 3000  # photographs that the FC's start is learnt from, at most


def start_trunk(
    network: RetrievalNetwork, pixels: Pixels, train: np.ndarray, side: int, device: torch.device, random: np.random.Generator
) -> None:
    """Fit a network without a parent to photographs that train, at positions `train` of `pixels`, cut to `side` pixels."""
    positions = np.sort(random.permutation(train)[:TRUNK_SAMPLE])
    pictures = make_batch(pixels.read(positions), side, Augmentation(), random)
    fit_to_pictures(network, network.normalise(pictures.to(device)))


def start_head(
    network: RetrievalNetwork, pixels: Pixels, train: np.ndarray, power: float, device: torch.device, random: np.random.Generator
) -> Generator[Progress, None, None]:
    """Start the FC as the PCA whitening of the descriptors of photographs that train (`naver/deep-image-retrieval`).

    train: positions of the photographs in `pixels`. power: how fully it whitens, 0.5 fully, 0 not at all. Of several processes that
    describe the photographs together, process 0 has the start.
    """
    positions = np.sort(random.permutation(train)[:HEAD_SAMPLE])
    head, network.fc = network.fc, None
    matrix = yield from finite_descriptors(network, pixels, positions, device)
    network.fc = head
    if not is_first():
        return
    whitening = Whitening.fit(matrix, power=power, eps=1e-3)
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(whitening.projection.T))
        head.bias.copy_(torch.from_numpy(-whitening.mean @ whitening.projection))
