"""What the backbones are taught on: rendered buildings, fractals, and crops of the sample photographs of two Python packages.

No picture is of the town, of its training landmarks or of a data set. That crops of a few photographs, strongly changed, teach
a network much of what its teacher knows: Asano and Saeed, "Extrapolating from a single image to a thousand classes using
distillation", ICLR 2023.
"""

from collections.abc import Generator
from pathlib import Path

import numpy as np
import skimage
import sklearn
from PIL import Image as PILImage

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.pixels import decode
from retrieval_core.datasets.shapes import ShapesSpec, build_shapes
from retrieval_core.datasets.town.build import build_town_train
from retrieval_core.datasets.town.specs import TownTrainSpec
from retrieval_core.progress import Progress

BUILDINGS = TownTrainSpec(seed=1000, landmarks=1500, photographs=4)  # seeds that neither the town nor its training set has
FRACTALS = ShapesSpec(seed=1000, classes=600, photographs=4, size=160)
CROPS = 300  # of each sample photograph
SIDE = 192  # longest side of a rendered picture, side of a crop, pixels
SMALLEST = 0.12  # side of a crop as a share of the photograph's shorter side, at least

# The photographs, of those that come with the packages; the others are charts, textures under a microscope or text.
SAMPLES = (
    *((Path(sklearn.__file__).parent / "datasets" / "images", name) for name in ("china.jpg", "flower.jpg")),
    *((Path(skimage.__file__).parent / "data", name) for name in (
        "astronaut.png", "brick.png", "camera.png", "chelsea.png", "coffee.png", "coins.png", "grass.png", "gravel.png",
        "motorcycle_left.png", "rocket.jpg",
    )),
)  # fmt: skip

Group = list[np.ndarray]
"""Pictures (H, W, 3) uint8 of one kind."""


def teaching_pictures(folder: Path) -> Generator[Progress, None, tuple[Group, Group, Group]]:
    """Rendered buildings, fractals, and crops of photographs; the first two are rendered into `folder` once."""
    yield from build_town_train(folder / "buildings", BUILDINGS)
    yield from build_shapes(folder / "fractals", FRACTALS)
    buildings = yield from _read(folder / "buildings")
    fractals = yield from _read(folder / "fractals")
    return buildings, fractals, list(photograph_crops())


def photograph_crops() -> Generator[np.ndarray, None, None]:
    """CROPS squares (SIDE, SIDE, 3) uint8 out of every sample photograph, of every size and place."""
    for number, (folder, name) in enumerate(SAMPLES):
        random = np.random.default_rng((1000, 13, number))
        with PILImage.open(folder / name) as file:
            photograph = file.convert("RGB")
        for _ in range(CROPS):
            side = min(photograph.size) * SMALLEST ** random.random()
            left, top = (random.uniform(0, whole - side) for whole in photograph.size)
            box = (left, top, left + side, top + side)
            yield np.asarray(photograph.resize((SIDE, SIDE), PILImage.Resampling.BICUBIC, box=box))


def _read(root: Path) -> Generator[Progress, None, Group]:
    images = read_class_folders(root, root.name).images
    group = []
    for image in images:
        group.append(decode(image, SIDE, square=False))
        if len(group) % 500 == 0:
            yield Progress(f"read {root.name}", len(group), len(images))
    return group
