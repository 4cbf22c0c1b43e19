"""t-SNE: one optimization a phase, which reports, can be cancelled, and does not hide its faults."""

import threading

import numpy as np
import openTSNE
import pytest
from layouts import clusters, compute

from retrieval_core.projection import tsne
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.exact_gradient import ExactGradient
from retrieval_core.projection.maps import compute_map
from retrieval_core.projection.pca import principal_components, starting_positions


@pytest.fixture
def phases(monkeypatch):
    """Iterations and width of a cell of every call of openTSNE's optimizer."""
    calls, optimize = [], openTSNE.TSNEEmbedding.optimize

    def recorded(self, n_iter, **options):
        calls.append((n_iter, options["ints_in_interval"]))
        return optimize(self, n_iter, **options)

    monkeypatch.setattr(openTSNE.TSNEEmbedding, "optimize", recorded)
    return calls


def test_a_phase_is_one_optimization(phases):
    compute(clusters(30)[0], "tsne", {"early_iterations": 120, "iterations": 130})
    assert phases == [(120, 3.0), (130, 3.0)]


def test_the_last_iterations_on_the_grid_have_fine_cells(phases, monkeypatch):
    monkeypatch.setattr(tsne, "EXACT_UP_TO", 29)
    compute(clusters(30)[0], "tsne", {"early_iterations": 20, "iterations": 130})
    assert phases == [(20, 3.0), (80, 3.0), (50, 1.0)]
    phases.clear()
    compute(clusters(30)[0], "tsne", {"early_iterations": 0, "iterations": 40})
    assert phases == [(40, 1.0)]


def test_the_map_is_that_of_opentsne_without_reports():
    """Momenta and gains go on from phase to phase, and a report changes nothing."""
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    matrix, _ = clusters(90, noise=0.3)
    layout, _ = compute(matrix, "tsne", {"early_iterations": 40, "iterations": 60, "perplexity": 10})
    coordinates = principal_components(matrix, 50, 0)
    affinities = PerplexityBasedNN(knn_index=PrecomputedNeighbors(*euclidean_neighbours(coordinates, 30)), perplexity=10.0)
    with ExactGradient() as gradient:
        plain = openTSNE.TSNEEmbedding(starting_positions(coordinates, 0), affinities, negative_gradient_method=gradient)
        plain.optimize(40, inplace=True, exaggeration=12.0, learning_rate=90 / 12, momentum=0.8)
        plain.optimize(60, inplace=True, exaggeration=1.0, learning_rate=200.0, momentum=0.7)
    np.testing.assert_array_equal(layout.xy, np.asarray(plain, np.float32))


def test_it_reports_its_iterations():
    _, reports = compute(clusters(30)[0], "tsne", {"early_iterations": 25, "iterations": 40})
    done = [report.done for report in reports if report.total == 65]
    assert done == [0, 10, 20, 35, 45, 55, 65]


def test_a_closed_generator_stops_the_work():
    before = set(threading.enumerate())
    steps = compute_map([str(row) for row in range(60)], clusters(60)[0], "tsne", {"iterations": 100_000, "perplexity": 5})
    while next(steps).done < 300:
        pass
    assert set(threading.enumerate()) - before
    steps.close()
    assert not set(threading.enumerate()) - before


def test_a_fault_within_the_optimization_comes_out(monkeypatch):
    def broken(*_, **__):
        raise MemoryError("no room for the gradient")

    monkeypatch.setattr(ExactGradient, "__call__", broken)
    with pytest.raises(MemoryError, match="no room for the gradient"):
        compute(clusters(30)[0], "tsne")


def test_above_ten_thousand_points_a_grid_keeps_nearly_what_all_pairs_keep(monkeypatch):
    matrix, _ = clusters(600, count=30, noise=0.3)
    exact, _ = compute(matrix, "tsne")
    monkeypatch.setattr(tsne, "EXACT_UP_TO", 599)
    grid, _ = compute(matrix, "tsne")
    assert not np.array_equal(grid.xy, exact.xy)
    assert grid.quality["trustworthiness"] == pytest.approx(exact.quality["trustworthiness"], abs=0.03)
    assert grid.quality["knn_overlap"] > 0.8 * exact.quality["knn_overlap"]
