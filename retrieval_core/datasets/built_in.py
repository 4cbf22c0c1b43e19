"""The datasets that our own code renders, into the cache, when they are first asked for."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.datasets.shapes import ShapesSpec, build_shapes
from retrieval_core.datasets.town.specs import TownSpec, TownTrainSpec
from retrieval_core.datasets.types import Dataset
from retrieval_core.progress import Progress


@dataclass(frozen=True)
class BuiltIn:
    """A dataset's title, its default specification, what renders it into a folder, and what reads it from there.

    `retrieval` is False for a training set.
    """

    title: str
    spec: object
    build: Callable[..., Generator[Progress, None, None]]
    reader: Callable[[Path, str], Dataset]
    retrieval: bool


# Who only lists or opens datasets shall not wait until numba is imported.
def _build_town(root: Path, spec: TownSpec) -> Generator[Progress, None, None]:
    from retrieval_core.datasets.town.build import build_town

    yield from build_town(root, spec)


def _build_town_train(root: Path, spec: TownTrainSpec) -> Generator[Progress, None, None]:
    from retrieval_core.datasets.town.build import build_town_train

    yield from build_town_train(root, spec)


BUILT_IN = {
    "town": BuiltIn("The built-in landmark town", TownSpec(), _build_town, read_oxford, True),
    "town-train": BuiltIn("Training landmarks, disjoint from the town", TownTrainSpec(), _build_town_train, read_class_folders, False),
    "shapes": BuiltIn("Fractal classes, a formula-driven stand-in for ImageNet", ShapesSpec(), build_shapes, read_class_folders, False),
}
