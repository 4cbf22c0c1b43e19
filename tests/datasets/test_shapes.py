from pathlib import Path

import numpy as np

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.fractals import draw_system, render_fractal
from retrieval_core.datasets.shapes import ShapesSpec, build_shapes


def test_classes_are_folders_and_the_same_again(tmp_path):
    spec = ShapesSpec(classes=3, photographs=2, size=48)
    for name in ("one", "two"):
        list(build_shapes(tmp_path / name, spec, workers=1))
    dataset = read_class_folders(tmp_path / "one", "shapes")
    assert len(dataset.labels) == 3
    assert len(dataset.images) == 6
    for image in dataset.images:
        other = image.path.replace("/one/", "/two/")
        assert Path(image.path).read_bytes() == Path(other).read_bytes()


def test_every_map_of_a_system_contracts():
    for seed in range(20):
        for row in draw_system(np.random.default_rng(seed)):
            assert np.linalg.svd(row[:4].reshape(2, 2), compute_uv=False)[0] < 1


def test_a_fractal_fills_a_picture_with_its_points():
    picture = render_fractal(draw_system(np.random.default_rng(0)), 64, np.random.default_rng(1))
    assert picture.shape == (64, 64, 3)
    assert picture.dtype == np.uint8
    assert picture.reshape(-1, 3).std(0).max() > 5
