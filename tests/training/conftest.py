"""A training set of a handful of pictures, and weights to start from."""

import numpy as np
import pytest
from caches import result_of
from PIL import Image as PILImage

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset


@pytest.fixture(scope="session")
def pixels(tmp_path_factory):
    """Six landmarks of four photographs, each in a colour of its own."""
    root, random = tmp_path_factory.mktemp("set"), np.random.default_rng(0)
    for landmark in range(6):
        (root / f"l{landmark}").mkdir()
        colour = random.integers(40, 216, 3)
        for number in range(4):
            size = (30, 40, 3) if number % 2 else (40, 30, 3)
            noisy = np.clip(random.normal(colour, 25, size), 0, 255).astype(np.uint8)
            PILImage.fromarray(noisy).save(root / f"l{landmark}" / f"{number}.png")
    dataset = read_class_folders(root, "tiny")
    return result_of(open_pixels(dataset.images, dataset.photographs, 40, False, tmp_path_factory.mktemp("pixels")))


@pytest.fixture(scope="session")
def parent():
    """Weights of a ResNet18."""
    return build_network(get_preset("1d"), 60, seed=9).state_dict()
