"""Layouts: every method separates what is apart, repeats itself, works on few points, and names its faults."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from layouts import clusters, compute

from retrieval_core.errors import RetrievalError
from retrieval_core.parameters import read_parameters
from retrieval_core.progress import Progress
from retrieval_core.projection.maps import FEWEST, METHODS, NAMED_SETTINGS, resolve_parameters
from retrieval_core.projection.method import Method
from retrieval_core.projection.pca import principal_components

ROOT = Path(__file__).resolve().parents[2]
QUICK = {
    "tsne": {"early_iterations": 100, "iterations": 150, "perplexity": 10},
    "umap": {"epochs": 50},
    "pca": {},
    "pacmap": {"iterations": 300},
}


@pytest.mark.parametrize("method", METHODS)
def test_clusters_come_apart_and_all_is_recorded(method):
    matrix, member = clusters(90)
    layout, reports = compute(matrix, method, QUICK[method])
    assert layout.ids[:2] == ("image 0", "image 1")
    assert (layout.xy.shape, layout.xy.dtype) == ((90, 2), np.float32)
    centres = np.stack([layout.xy[member == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(layout.xy[:, None] - centres[None], axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, member)
    assert set(layout.parameters) == set(METHODS[method].defaults)
    assert QUICK[method].items() <= layout.parameters.items()
    assert layout.quality["trustworthiness"] > 0.75
    assert 0 < layout.quality["knn_overlap"] <= 1
    json.dumps([layout.parameters, layout.quality], allow_nan=False)
    assert all(isinstance(report, Progress) and 0 <= report.done <= report.total for report in reports)


@pytest.mark.parametrize("method", METHODS)
def test_other_work_keeps_its_threads(method):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        compute(clusters(60)[0], method, QUICK[method])
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("method", METHODS)
def test_recorded_parameters_and_seed_repeat_the_layout(method):
    matrix, _ = clusters(60, noise=0.5)
    first, _ = compute(matrix, method, QUICK[method], seed=4)
    again, _ = compute(matrix, method, first.parameters, seed=first.seed)
    np.testing.assert_array_equal(again.xy, first.xy)
    assert (again.parameters, again.quality) == (first.parameters, first.quality)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rows", [4, 5, 8, 13])
def test_few_points(method, rows):
    layout, _ = compute(clusters(rows)[0], method)
    assert np.isfinite(layout.xy).all()
    assert len(np.unique(layout.xy, axis=0)) == rows


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rows", [4, 5, 20])
@pytest.mark.parametrize("width", [1, 2])
def test_descriptors_of_one_or_two_dimensions(method, rows, width):
    layout, _ = compute(clusters(rows, width=width)[0], method, QUICK[method])
    assert layout.xy.shape == (rows, 2)
    assert np.isfinite(layout.xy).all()
    assert resolve_parameters(method, layout.parameters, rows, width) == layout.parameters


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rows", [4, 5, 20])
def test_equal_descriptors_still_give_a_layout(method, rows):
    layout, _ = compute(np.repeat(clusters(1)[0], rows, axis=0), method, QUICK[method])
    assert layout.xy.shape == (rows, 2)
    assert np.isfinite(layout.xy).all()


def test_a_fifth_projection_is_one_value_in_one_row(monkeypatch):
    def place(coordinates, parameters, seed):
        yield Progress("Stretch", 1, 1)
        return parameters["factor"] * coordinates[:, :2] + seed

    stretch = Method("Stretch", {"components": 3, "factor": 2.0}, {"components": (2, 9), "factor": (0, 5)}, place)
    monkeypatch.setitem(METHODS, "stretch", stretch)
    matrix, _ = clusters(20)
    layout, reports = compute(matrix, "stretch", {"factor": 3}, seed=1)
    np.testing.assert_allclose(layout.xy, 3 * principal_components(matrix, 3, 1)[:, :2] + 1)
    assert layout.parameters == {"components": 3, "factor": 3.0}
    assert {report.stage for report in reports} == {"Stretch"}
    with pytest.raises(RetrievalError, match="factor of Stretch must be a number, at least 0 and at most 5, not 6"):
        compute(matrix, "stretch", {"factor": 6})


def test_few_points_lower_the_parameters_and_it_is_recorded():
    assert resolve_parameters("tsne", None, 70, 512)["perplexity"] == 23.0
    assert resolve_parameters("tsne", None, 1150, 512) == METHODS["tsne"].defaults
    assert resolve_parameters("tsne", {"components": 100}, 70, 512)["components"] == 70
    assert resolve_parameters("umap", None, 8, 4) == {
        "components": 4,
        "neighbours": 8,
        "minimum_distance": 0.1,
        "epochs": 300,
    }
    resolved = resolve_parameters("tsne", {"perplexity": 1000}, 70, 512)
    assert resolve_parameters("tsne", resolved, 70, 512) == resolved


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [4, 5, 6, 7, 8, 20, 100])
@pytest.mark.parametrize("end", [0, 1])
def test_parameters_at_their_bounds_stay_in_them_however_few_the_points(method, count, end):
    extreme = {name: ends[end] for name, ends in METHODS[method].bounds.items()}
    used = resolve_parameters(method, extreme, count, 64)
    assert resolve_parameters(method, used, count, 64) == used


@pytest.mark.parametrize(("count", "parameters"), [(6, {"near_pairs": 2.0, "far_pairs": 1.0}), (20, {"near_pairs": 20.0})])
def test_pacmap_never_looks_for_more_pairs_than_few_points_have(count, parameters):
    used = resolve_parameters("pacmap", parameters, count, 64)
    near, far = (round(used["neighbours"] * used[name]) for name in ("near_pairs", "far_pairs"))
    # With more, its search would never end: it draws each near pair from six points that are not yet drawn.
    assert near == 0 or near + 5 < count
    assert 0 < used["neighbours"] + near + far < count
    assert np.isfinite(compute(clusters(count)[0], "pacmap", parameters)[0].xy).all()


def test_too_small_and_too_large_seeds_are_named():
    for seed in (-1, 2**31):
        with pytest.raises(RetrievalError, match="from 0 to 2147483647"):
            compute(clusters(10)[0], "pca", seed=seed)


@pytest.mark.parametrize("method", METHODS)
def test_the_largest_seed_is_taken(method):
    assert np.isfinite(compute(clusters(20)[0], method, QUICK[method], seed=2**31 - 1)[0].xy).all()


def test_parameters_are_read_from_text():
    found = read_parameters("perplexity=40,early_exaggeration=1e1,iterations=200")
    assert found == {"perplexity": 40, "early_exaggeration": 10.0, "iterations": 200}
    assert read_parameters("") == {}


@pytest.mark.parametrize("value", ["1e400", "-1e400", "inf", "nan", "²", "", "forty", "9" * 400, "9" * 5000])
def test_texts_that_are_no_finite_number_are_named(value):
    with pytest.raises(RetrievalError, match="Write it as in perplexity=40"):
        read_parameters(f"iterations=5,perplexity={value}")


def test_named_settings_are_valid():
    for method, parameters in NAMED_SETTINGS.values():
        assert parameters.items() <= resolve_parameters(method, parameters, 5063, 2048).items()


def test_too_few_and_broken_descriptors_are_named():
    with pytest.raises(RetrievalError, match="at least 4 photographs"):
        compute(clusters(FEWEST - 1)[0], "pca")
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
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
