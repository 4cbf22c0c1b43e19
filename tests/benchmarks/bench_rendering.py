"""Rendering beside the mere encoding of the same pictures as JPEG, in one run.

    python tests/benchmarks/bench_rendering.py

Prints pictures a second on one core (building the landmarks and encoding included, compiling not) for the town, its
training set and the shapes, and how many times longer that takes than Pillow's JPEG encoder alone; then pictures a
second of a whole build on all cores, starting its processes included.
"""

import io
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.datasets.parallel_rendering import Unit
from retrieval_core.datasets.shapes import ShapesSpec, build_shapes, render_class, shapes_units
from retrieval_core.datasets.town.build import build_town, build_town_train, render_building, town_units, training_units
from retrieval_core.datasets.town.specs import TownSpec, TownTrainSpec


def timed(function) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def encode_again(folder: Path) -> float:
    """Seconds to encode all pictures of a folder as JPEG, from memory."""
    pictures = [PILImage.fromarray(np.asarray(PILImage.open(path))) for path in sorted(folder.rglob("*.jpg"))]
    return timed(lambda: [picture.save(io.BytesIO(), "JPEG", quality=75) for picture in pictures])


def render_units(root: Path, units: list[Unit], render) -> None:
    """One unit after the other in this process."""
    for unit in units:
        render(root, unit.task)


def main() -> None:
    """Render a part of each set and print the table."""
    town, training, shapes = TownSpec(), TownTrainSpec(), ShapesSpec()
    buildings = town_units(town)
    landmarks = training_units(training)
    small_town = TownSpec(counts=(24,) * 11, unlabelled=200)
    jobs = {
        "town": ([*buildings[:3], *buildings[11:31]], render_building, lambda root: build_town(root, small_town)),
        "town-train": (landmarks[:6], render_building, lambda root: build_town_train(root, TownTrainSpec(landmarks=16))),
        "shapes": (shapes_units(shapes)[:10], render_class, lambda root: build_shapes(root, shapes)),
    }
    cores = f"{os.cpu_count()} cores/s"
    print(f"{'set':12}{'pictures':>10}{'pictures/s':>12}{'JPEG alone/s':>14}{'ratio':>8}{cores:>13}")
    for name, (units, render, build) in jobs.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            render_building(root, training_units(TownTrainSpec(landmarks=1, photographs=1))[0].task)  # compiles
            render_class(root, (ShapesSpec(photographs=1), 0))
            target, whole = root / name, root / "whole"
            target.mkdir()
            seconds = timed(lambda units=units, render=render, target=target: render_units(target, units, render))
            count = len(list(target.rglob("*.jpg")))
            encoding = encode_again(target)
            together = timed(lambda build=build, whole=whole: list(build(whole)))
            rate = len(list(whole.rglob("*.jpg"))) / together
            print(f"{name:12}{count:>10}{count / seconds:>12.1f}{count / encoding:>14.0f}{seconds / encoding:>8.1f}{rate:>13.1f}")


if __name__ == "__main__":
    main()
