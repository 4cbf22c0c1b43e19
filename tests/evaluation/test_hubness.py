"""Hubness against a double loop."""

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from retrieval_core.evaluation.hubness import hubness


@pytest.mark.parametrize("k", [1, 3, 29])
def test_it_is_how_often_a_row_is_among_the_nearest_of_others(k):
    rows = np.random.default_rng(k).normal(size=(30, 4))
    nearest = NearestNeighbors(n_neighbors=29).fit(rows).kneighbors(return_distance=False)
    naive = [sum(row in nearest[other, :k] for other in range(30)) for row in range(30)]
    assert hubness(nearest.astype(np.int32), k).tolist() == naive
    assert sum(naive) == 30 * k
