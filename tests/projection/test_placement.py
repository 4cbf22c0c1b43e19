"""New points on a map that is already there."""

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.projection.placement import middle, place


def clusters():
    random = np.random.default_rng(0)
    member = np.arange(60) % 3
    matrix = (np.eye(3, 16)[member] + 0.05 * random.normal(size=(60, 16))).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    xy = (np.array([[0, 0], [10, 0], [0, 10]])[member] + random.uniform(-1, 1, (60, 2))).astype(np.float32)
    return matrix, xy, member


def test_a_new_point_lands_among_its_own():
    matrix, xy, member = clusters()
    placed = place(matrix, xy, matrix[:3] + 0.01)
    assert (placed.shape, placed.dtype) == ((3, 2), np.float32)
    centres = np.stack([xy[member == group].mean(axis=0) for group in range(3)])
    assert np.linalg.norm(placed - centres[member[:3]], axis=1).max() < 1


def test_a_middle_is_not_drawn_away_by_a_few_and_turns_with_the_map():
    random = np.random.default_rng(1)
    points = random.normal(size=(50, 10, 2)).astype(np.float32)
    far = points.copy()
    far[:, :3] += 100
    assert np.linalg.norm(middle(far) - points[:, 3:].mean(axis=1), axis=1).max() < 2
    assert np.linalg.norm(far.mean(axis=1) - points.mean(axis=1), axis=1).min() > 40
    turn = np.array([[0.6, -0.8], [0.8, 0.6]], np.float32)
    np.testing.assert_allclose(middle(points @ turn), middle(points) @ turn, atol=0.05)


def test_the_middles_of_the_same_places_lie_on_no_lattice():
    random = np.random.default_rng(2)
    places = random.normal(size=(20, 2)).astype(np.float32)
    groups = np.stack([random.permutation(20)[:10] for _ in range(400)])
    middles = middle(places[groups])
    assert len(np.unique(np.median(places[groups], axis=1)[:, 0])) < 100
    assert len(np.unique(middles[:, 0])) > 350


def test_the_middle_of_one_place_many_times_is_that_place():
    place = np.array([0.1, -7.3], np.float32)
    np.testing.assert_array_equal(middle(np.broadcast_to(place, (3, 10, 2))), np.broadcast_to(place, (3, 2)))


def test_one_neighbour_gives_its_very_place():
    matrix, xy, _ = clusters()
    np.testing.assert_array_equal(place(matrix, xy, matrix[5:6], neighbours=1), xy[5:6])


def test_descriptors_of_another_model_are_refused():
    matrix, xy, _ = clusters()
    with pytest.raises(RetrievalError, match="dimensions"):
        place(matrix, xy, np.ones((1, 8), np.float32))
