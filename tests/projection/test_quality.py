"""ProjectedMap quality against scikit-learn and a naive count."""

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from retrieval_core.projection import quality as module
from retrieval_core.projection.euclidean import euclidean_neighbours
from retrieval_core.projection.quality import map_quality


def descriptors(rows, seed=0, width=12):
    matrix = np.random.default_rng(seed).normal(size=(rows, width))
    return (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)


def naive_overlap(matrix, xy, size):
    """Share of common neighbours of every point, from two full tables of distances."""
    shares = []
    for row in range(len(matrix)):
        sets = []
        for points in (matrix.astype(np.float64), xy.astype(np.float64)):
            distance = np.linalg.norm(points - points[row], axis=1)
            distance[row] = np.inf
            sets.append(set(np.argsort(distance)[:size]))
        shares.append(len(sets[0] & sets[1]) / size)
    return np.array(shares)


@pytest.mark.parametrize(("rows", "size"), [(8, 3), (30, 10), (90, 10), (90, 4)])
def test_agrees_with_scikit_learn_and_the_naive_count(monkeypatch, rows, size):
    monkeypatch.setattr(module, "_BLOCK", 16)
    matrix = descriptors(rows)
    # A blurred view of two of the dimensions: neither perfect nor hopeless.
    xy = matrix[:, :2] + np.random.default_rng(1).normal(scale=0.1, size=(rows, 2)).astype(np.float32)
    found, overlap = map_quality(matrix, xy, neighbours=size)
    np.testing.assert_allclose(overlap, naive_overlap(matrix, xy, size), atol=1e-6)
    assert found["trustworthiness"] == pytest.approx(trustworthiness(matrix, xy, n_neighbors=size), abs=1e-9)
    assert found["knn_overlap"] == pytest.approx(naive_overlap(matrix, xy, size).mean(), abs=1e-7)
    assert (found["neighbours"], found["rows"]) == (size, rows)


def test_a_layout_that_keeps_everything_is_perfect():
    angles = np.sort(np.random.default_rng(0).uniform(0, 2 * np.pi, 60))
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found, _ = map_quality(circle, 5 * circle)
    assert (found["trustworthiness"], found["knn_overlap"]) == (1.0, 1.0)


def test_neighbourhoods_shrink_for_few_points():
    assert map_quality(descriptors(4), descriptors(4)[:, :2])[0]["neighbours"] == 1
    assert map_quality(descriptors(20), descriptors(20)[:, :2])[0]["neighbours"] == 9


def test_a_sample_is_recorded_repeatable_and_close():
    matrix = descriptors(400)
    whole, _ = map_quality(matrix, matrix[:, :2])
    sampled, overlap = map_quality(matrix, matrix[:, :2], seed=3, most=200)
    assert sampled["rows"] == np.isfinite(overlap).sum() == 200
    assert sampled["knn_overlap"] == pytest.approx(np.nanmean(overlap), abs=1e-6)
    assert sampled == map_quality(matrix, matrix[:, :2], seed=3, most=200)[0]
    assert sampled["trustworthiness"] == pytest.approx(whole["trustworthiness"], abs=0.02)


def test_equal_descriptors_rank_by_position():
    matrix = np.repeat(descriptors(1), 5, axis=0)
    xy = np.array([[0, 0], [1, 0], [3, 0], [6, 0], [10, 0]], np.float32)
    found, _ = map_quality(matrix, xy, neighbours=1)
    # Nearest on the line are 1, 0, 1, 2, 3; among equal descriptors these have the ranks 1, 1, 2, 3, 4.
    assert found["trustworthiness"] == pytest.approx(1 - (1 + 2 + 3) / (5 * (2 * 5 - 3 - 1) / 2))
    assert found["knn_overlap"] == pytest.approx(2 / 5)


def test_points_in_one_place_are_no_obstacle():
    matrix = np.repeat(descriptors(2), 10, axis=0)
    found, _ = map_quality(matrix, np.zeros((20, 2), np.float32))
    assert 0 <= found["trustworthiness"] <= 1
    assert 0 <= found["knn_overlap"] <= 1


def test_euclidean_neighbours_agree_with_all_distances():
    points = np.random.default_rng(2).normal(size=(70, 5)).astype(np.float32) + 3
    positions, distances = euclidean_neighbours(points, 6)
    every = np.linalg.norm(points[:, None].astype(np.float64) - points[None], axis=2)
    np.fill_diagonal(every, np.inf)
    np.testing.assert_array_equal(positions, np.argsort(every, axis=1)[:, :6])
    np.testing.assert_allclose(distances, np.sort(every, axis=1)[:, :6], rtol=1e-5)


def test_a_point_is_not_its_own_neighbour_among_doubles():
    positions, distances = euclidean_neighbours(np.ones((6, 3), np.float32), 3)
    assert not (positions == np.arange(6)[:, None]).any()
    assert not distances.any()
