"""Render the town and its training set into folders; a killed build goes on where it stopped."""

from collections.abc import Generator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.parallel_rendering import Unit, build_units, write_bytes
from retrieval_core.datasets.town.buildings import make_landmark
from retrieval_core.datasets.town.ground_truth import landmark_queries
from retrieval_core.datasets.town.mesh import LANDMARK, NEIGHBOUR, Landmark
from retrieval_core.datasets.town.photograph import Seen, Studio
from retrieval_core.datasets.town.specs import (
    PER_STRANGER,
    Building,
    TownSpec,
    TownTrainSpec,
    check_disjoint,
    town_buildings,
    training_buildings,
)
from retrieval_core.progress import Progress

__all__ = ["TownSpec", "TownTrainSpec", "build_town", "build_town_train"]


def build_town(root: Path, spec: TownSpec, workers: int | None = None) -> Generator[Progress, None, None]:
    """Render the town in the Oxford layout: `jpg/` and, last, `lab/`."""
    found = yield from build_units(root, town_units(spec), render_building, "render town", workers)
    queries = []
    for building in town_buildings(spec):
        if building.labelled:
            seen = {stem: Seen(**entry) for stem, entry in zip(_stems(building), found[building.name], strict=True)}
            queries += landmark_queries(building.name, building.seed, seen, spec.width * spec.height)
    write_oxford(root, queries)


def build_town_train(root: Path, spec: TownTrainSpec, workers: int | None = None) -> Generator[Progress, None, None]:
    """Render the training landmarks as class folders `root/landmark_0000/000.jpg`."""
    check_disjoint(town_buildings(TownSpec(seed=spec.seed)), training_buildings(spec))
    yield from build_units(root, training_units(spec), render_building, "render training landmarks", workers)


def town_units(spec: TownSpec) -> list[Unit]:
    """The town's buildings as tasks of `render_building`."""
    return [
        Unit(building.name, building.photographs, (building, "jpg", _stems(building), spec.width, spec.height))
        for building in town_buildings(spec)
    ]


def training_units(spec: TownTrainSpec) -> list[Unit]:
    """The training landmarks as tasks of `render_building`."""
    stems = tuple(f"{k:03}" for k in range(spec.photographs))
    return [
        Unit(building.name, building.photographs, (building, building.name, stems, spec.width, spec.height))
        for building in training_buildings(spec)
    ]


def render_building(root: Path, task: tuple[Building, str, tuple[str, ...], int, int]) -> list[dict]:
    """Photograph one building into a folder; returns what is seen in each photograph."""
    building, folder, stems, width, height = task
    (root / folder).mkdir(parents=True, exist_ok=True)
    landmark = make_landmark(building.seed, building.archetype, building.style_seed)
    studio = Studio(backdrop(landmark) if building.backdrop else landmark, width, height)
    seen = []
    for k, stem in enumerate(stems):
        data, what = studio.photograph(np.random.default_rng((building.seed, 31, k)))
        write_bytes(root / folder / f"{stem}.jpg", data)
        seen.append(asdict(what))
    return seen


def backdrop(landmark: Landmark) -> Landmark:
    """The neighbours alone, as if the landmark had never been built; the landmark itself where it has none."""
    keep = landmark.part == NEIGHBOUR
    if not keep.any():
        return landmark
    corners = landmark.corners[keep]
    points = corners.reshape(-1, 3)
    return replace(
        landmark, corners=corners, uv=landmark.uv[keep], texture=landmark.texture[keep], normal=landmark.normal[keep],
        part=np.full(keep.sum(), LANDMARK), low=points.min(0), high=points.max(0),
    )  # fmt: skip


def _stems(building: Building) -> tuple[str, ...]:
    """File stems: `alder_court_000012` for a landmark, running numbers `town_000123` for unlabelled buildings."""
    if building.labelled:
        return tuple(f"{building.name}_{k:06}" for k in range(building.photographs))
    first = int(building.name.removeprefix("town_")) * PER_STRANGER
    return tuple(f"town_{first + k:06}" for k in range(building.photographs))
