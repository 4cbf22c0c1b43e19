"""The exact gradient against a plain double loop over pairs, and against openTSNE's tree with its errors switched off."""

import numpy as np
import pytest
from scipy.sparse import random as random_sparse

from retrieval_core.projection.exact_gradient import ExactGradient


def naive(xy, affinities):
    """Equation 5 over all pairs, in float64."""
    dense, nearness = affinities.toarray(), np.zeros((len(xy), len(xy)))
    for i, here in enumerate(xy):
        for j, there in enumerate(xy):
            nearness[i, j] = 0.0 if i == j else 1 / (1 + ((here - there) ** 2).sum())
    weight = (dense - nearness / nearness.sum()) * nearness
    return np.stack([(weight[i, :, None] * (xy[i] - xy)).sum(axis=0) for i in range(len(xy))])


def affinities(count, random):
    matrix = random_sparse(count, count, 0.2, "csr", random_state=random)
    matrix.setdiag(0)
    matrix = (matrix + matrix.T).tocsr()
    return matrix / matrix.sum()


@pytest.mark.parametrize(("count", "spread"), [(5, 1.0), (90, 1e-4), (90, 30.0), (600, 5.0)])
def test_it_is_the_gradient_over_all_pairs(count, spread):
    random = np.random.default_rng(count)
    xy = spread * random.normal(size=(count, 2))
    xy[1] = xy[0]  # doubles lie in one place
    matrix = affinities(count, random)
    with ExactGradient() as gradient:
        _, found = gradient(xy, matrix)
    expected = naive(xy, matrix)
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def test_opentsne_gets_the_same_from_its_tree_without_approximation():
    from openTSNE.tsne import kl_divergence_bh

    random = np.random.default_rng(0)
    xy, matrix = 10 * random.normal(size=(700, 2)), affinities(700, random)
    with ExactGradient() as gradient:
        _, found = gradient(xy, matrix)
    _, expected = kl_divergence_bh(xy, matrix, 1.0, {"theta": 0.0})
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())
