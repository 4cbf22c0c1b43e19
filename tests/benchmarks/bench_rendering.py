"""Rendering beside the mere encoding of the same pictures as JPEG, in one run.

    python tests/benchmarks/bench_rendering.py

Prints pictures a second on one core (building the landmarks and encoding included, compiling not) for the town, its
training set and the shapes, and how many times longer that takes than Pillow's JPEG encoder alone.
"""

import io
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.datasets.shapes import ShapesSpec, render_class
from retrieval_core.datasets.town.build import _stems, render_building
from retrieval_core.datasets.town.specs import TownSpec, TownTrainSpec, town_buildings, training_buildings


def timed(function) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def encode_again(folder: Path) -> float:
    """Seconds to encode all pictures of a folder as JPEG, from memory."""
    pictures = [PILImage.fromarray(np.asarray(PILImage.open(path))) for path in sorted(folder.rglob("*.jpg"))]
    return timed(lambda: [picture.save(io.BytesIO(), "JPEG", quality=75) for picture in pictures])


def main() -> None:
    """Render a part of each set and print the table."""
    town, training, shapes = TownSpec(), TownTrainSpec(), ShapesSpec()
    buildings = [*town_buildings(town)[:3], *town_buildings(town)[11:31]]
    landmarks = training_buildings(training)[:6]
    stems = tuple(f"{k:03}" for k in range(training.photographs))
    jobs = {
        "town": lambda root: [render_building(root, (b, "jpg", _stems(b), town.width, town.height)) for b in buildings],
        "town-train": lambda root: [render_building(root, (b, b.name, stems, 256, 192)) for b in landmarks],
        "shapes": lambda root: [render_class(root, (shapes, k)) for k in range(10)],
    }
    print(f"{'set':12}{'pictures':>10}{'pictures/s':>12}{'JPEG alone/s':>14}{'ratio':>8}")
    for name, job in jobs.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            render_building(root, (landmarks[0], "warm", ("0",), 64, 48))  # compiles
            render_class(root, (ShapesSpec(photographs=1), 0))
            target = root / name
            target.mkdir()
            seconds = timed(lambda job=job, target=target: job(target))
            count = len(list(target.rglob("*.jpg")))
            encoding = encode_again(target)
            print(f"{name:12}{count:>10}{count / seconds:>12.1f}{count / encoding:>14.0f}{seconds / encoding:>8.1f}")


if __name__ == "__main__":
    main()
