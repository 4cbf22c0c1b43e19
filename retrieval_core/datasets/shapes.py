"""Fractal classes made by formula: a stand-in for ImageNet where its weights are not to be had.

Every class is an iterated function system; its pictures vary the system a little, and colours, ground and turn freely.
Source: Kataoka et al., "Pre-training without Natural Images", ACCV 2020.
"""

import io
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.parallel_rendering import Unit, build_units, write_bytes
from retrieval_core.progress import Progress


@dataclass(frozen=True)
class ShapesSpec:
    """How many classes, pictures a class, and their side in pixels."""

    seed: int = 0
    classes: int = 60
    photographs: int = 40
    size: int = 112


def build_shapes(root: Path, spec: ShapesSpec, workers: int | None = None) -> Generator[Progress, None, None]:
    """Render the classes as folders `root/shape_0000/000.jpg`."""
    yield from build_units(root, shapes_units(spec), render_class, "render shapes", workers)


def shapes_units(spec: ShapesSpec) -> list[Unit]:
    """The classes as tasks of `render_class`."""
    return [Unit(f"shape_{k:04}", spec.photographs, (spec, k)) for k in range(spec.classes)]


def render_class(root: Path, task: tuple[ShapesSpec, int]) -> list:
    """Render the pictures of one class."""
    from retrieval_core.datasets.fractals import draw_system, render_fractal  # numba is for those who draw, not for who lists datasets

    spec, number = task
    folder = root / f"shape_{number:04}"
    folder.mkdir(parents=True, exist_ok=True)
    system = draw_system(np.random.default_rng((spec.seed, 11, number)))
    for k in range(spec.photographs):
        picture = render_fractal(system, spec.size, np.random.default_rng((spec.seed, 12, number, k)))
        data = io.BytesIO()
        PILImage.fromarray(picture).save(data, "JPEG", quality=90)
        write_bytes(folder / f"{k:03}.jpg", data.getvalue())
    return []
