"""Layouts: every method separates what is apart, repeats itself, works on few points, and names its faults."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import retrieval_core.projection.tsne as tsne
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.projection.maps import METHODS, compute_map, resolve_parameters
from retrieval_core.projection.pca import principal_components

QUICK = {
    "tsne": {"early_iterations": 100, "iterations": 150, "perplexity": 10},
    "umap": {"epochs": 50},
    "pca": {},
    "pacmap": {"iterations": 300},
}


def clusters(rows, seed=0, width=64, count=3, noise=0.05):
    """Descriptors around a few directions, and the direction of each."""
    random = np.random.default_rng(seed)
    member = np.arange(rows) % count
    matrix = random.normal(size=(count, width))[member] + noise * random.normal(size=(rows, width))
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32), member


def compute(matrix, method, parameters=None, seed=0):
    """The layout and the reports on the way to it."""
    ids = [f"image {row}" for row in range(len(matrix))]
    steps, reports = compute_map(ids, matrix, method, parameters, seed), []
    while True:
        try:
            reports.append(next(steps))
        except StopIteration as end:
            return end.value, reports


@pytest.mark.parametrize("method", METHODS)
def test_clusters_come_apart_and_all_is_recorded(method):
    matrix, member = clusters(90)
    layout, reports = compute(matrix, method, QUICK[method])
    assert layout.ids[:2] == ("image 0", "image 1")
    assert (layout.xy.shape, layout.xy.dtype) == ((90, 2), np.float32)
    centres = np.stack([layout.xy[member == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(layout.xy[:, None] - centres[None], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, member)
    assert set(layout.parameters) == set(METHODS[method])
    assert QUICK[method].items() <= layout.parameters.items()
    assert layout.quality["trustworthiness"] > 0.75
    assert 0 < layout.quality["knn_overlap"] <= 1
    json.dumps([layout.parameters, layout.quality], allow_nan=False)
    assert all(isinstance(report, Progress) and 0 <= report.done <= report.total for report in reports)


def test_above_ten_thousand_points_a_grid_keeps_nearly_what_all_pairs_keep(monkeypatch):
    matrix, _ = clusters(600, count=30, noise=0.3)
    exact, _ = compute(matrix, "tsne")
    monkeypatch.setattr(tsne, "EXACT_UP_TO", 599)
    grid, _ = compute(matrix, "tsne")
    assert not np.array_equal(grid.xy, exact.xy)
    assert grid.quality["trustworthiness"] == pytest.approx(exact.quality["trustworthiness"], abs=0.03)
    assert grid.quality["knn_overlap"] > 0.8 * exact.quality["knn_overlap"]


@pytest.mark.parametrize("method", METHODS)
def test_recorded_parameters_and_seed_repeat_the_layout(method):
    matrix, _ = clusters(60, noise=0.5)
    first, _ = compute(matrix, method, QUICK[method], seed=4)
    again, _ = compute(matrix, method, first.parameters, seed=first.seed)
    np.testing.assert_array_equal(again.xy, first.xy)
    assert (again.parameters, again.quality) == (first.parameters, first.quality)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rows", [4, 8, 13])
def test_few_points(method, rows):
    layout, _ = compute(clusters(rows)[0], method)
    assert np.isfinite(layout.xy).all()
    assert len(np.unique(layout.xy, axis=0)) == rows


@pytest.mark.parametrize("method", METHODS)
def test_collapsed_descriptors_still_give_a_layout(method):
    layout, _ = compute(np.repeat(clusters(1)[0], 20, axis=0), method, QUICK[method])
    assert np.isfinite(layout.xy).all()


def test_tsne_reports_its_iterations():
    _, reports = compute(clusters(30)[0], "tsne", {"early_iterations": 60, "iterations": 100})
    done = [report.done for report in reports if report.stage == "t-SNE" and report.total == 160]
    assert done == [0, 50, 60, 110, 160]


def test_few_points_lower_the_parameters_and_it_is_recorded():
    assert resolve_parameters("tsne", None, 70, 512)["perplexity"] == 23.0
    assert resolve_parameters("tsne", None, 1150, 512) == METHODS["tsne"]
    assert resolve_parameters("tsne", {"components": 100}, 70, 512)["components"] == 70
    assert resolve_parameters("umap", None, 8, 4) == {
        "components": 4,
        "neighbours": 8,
        "minimum_distance": 0.1,
        "epochs": 300,
    }
    resolved = resolve_parameters("tsne", {"perplexity": 1000}, 70, 512)
    assert resolve_parameters("tsne", resolved, 70, 512) == resolved


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("som", {}, "tsne, umap, pca"),
        ("tsne", {"perplexty": 30}, "perplexity"),
        ("tsne", {"perplexity": 0.5}, "at least 1"),
        ("tsne", {"perplexity": float("nan")}, "not nan"),
        ("tsne", {"iterations": 10.5}, "whole number"),
        ("umap", {"neighbours": "15"}, "not '15'"),
        ("umap", {"minimum_distance": -1}, "at least 0"),
        ("pca", {"components": 3}, "Unknown parameter of PCA"),
    ],
)
def test_faulty_choices_are_named(method, parameters, words):
    with pytest.raises(RetrievalError, match=words):
        resolve_parameters(method, parameters, 100, 64)


def test_too_few_and_broken_descriptors_are_named():
    with pytest.raises(RetrievalError, match="at least 4 photographs"):
        compute(clusters(3)[0], "pca")
    matrix, _ = clusters(10)
    matrix[3, 3] = np.inf
    with pytest.raises(RetrievalError, match="not finite"):
        compute(matrix, "pca")


def test_principal_components_are_those_of_the_full_decomposition():
    matrix, _ = clusters(80, noise=0.3)
    centred = matrix - matrix.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
    expected = left[:, :2] * singular[:2]
    np.testing.assert_allclose(np.abs(principal_components(matrix, 2, 0)), np.abs(expected), atol=1e-4)


def test_importing_the_module_loads_none_of_the_slow_libraries():
    slow = "{'umap', 'openTSNE', 'sklearn', 'scipy'}"
    code = f"import sys, retrieval_core.projection.maps; print({slow} & set(sys.modules))"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
