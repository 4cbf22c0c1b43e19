"""New points on a map that is already there."""

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.projection.placement import place


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


def test_one_neighbour_gives_its_very_place():
    matrix, xy, _ = clusters()
    np.testing.assert_array_equal(place(matrix, xy, matrix[5:6], neighbours=1), xy[5:6])


def test_descriptors_of_another_model_are_refused():
    matrix, xy, _ = clusters()
    with pytest.raises(RetrievalError, match="dimensions"):
        place(matrix, xy, np.ones((1, 8), np.float32))
