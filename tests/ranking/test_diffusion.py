"""Diffusion against dense matrices, a dense solver and SciPy's conjugate gradient."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import cg
from unit_rows import unit_rows

from retrieval_core.progress import finished
from retrieval_core.ranking.diffusion import ITERATIONS, conjugate_gradient, transition_matrix
from retrieval_core.ranking.order import order


def dense(database, k, gamma):
    """The normalised graph of mutual neighbours, pair by pair."""
    count = len(database)
    similarities = database.astype(float) @ database.T.astype(float)
    near = []
    for row in range(count):
        others = [one for one in range(count) if one != row]
        near.append(set(sorted(others, key=lambda one: (-similarities[row, one], one))[:k]))
    graph = np.zeros((count, count))
    for a in range(count):
        for b in near[a]:
            if a in near[b]:
                graph[a, b] = max(similarities[a, b], 0) ** gamma
    degrees = graph.sum(axis=1)
    scale = np.array([1 / np.sqrt(one) if one > 0 else 0 for one in degrees])
    return scale[:, None] * graph * scale


@pytest.mark.parametrize(("count", "k"), [(1, 3), (2, 3), (5, 100), (40, 6)])
def test_the_graph_is_that_of_mutual_neighbours(count, k):
    database = unit_rows(5, count)
    found = finished(transition_matrix(database, k, 3.0))
    np.testing.assert_allclose(found.toarray(), dense(database, k, 3.0), atol=1e-6)


def test_the_solution_is_that_of_a_dense_solver():
    transitions = dense(unit_rows(5, 40), 6, 3.0)
    right = np.random.default_rng(0).random((40, 3))
    exact = np.linalg.solve(np.eye(40) - 0.9 * transitions, right)
    np.testing.assert_allclose(conjugate_gradient(csr_matrix(transitions), 0.9, right, 200), exact, rtol=1e-4, atol=1e-5)


def test_it_ends_after_so_many_iterations_where_scipy_ends():
    transitions = dense(unit_rows(6, 60), 8, 3.0)
    right = np.random.default_rng(1).random((60, 2))
    ours = conjugate_gradient(csr_matrix(transitions), 0.99, right)
    for column in range(2):
        theirs, _ = cg(np.eye(60) - 0.99 * transitions, right[:, column], rtol=1e-6, maxiter=ITERATIONS)
        np.testing.assert_allclose(ours[:, column], theirs, rtol=1e-3, atol=1e-4)


def test_the_ranking_is_that_of_the_flow():
    queries, database = unit_rows(7, 4), unit_rows(8, 50)
    chosen = {"k": 8, "query_k": 5, "gamma": 3.0, "alpha": 0.9}
    positions, scores = finished(order(queries, database, "diffusion", chosen))
    similarities = queries.astype(float) @ database.T.astype(float)
    start = np.zeros_like(similarities)
    for row, values in enumerate(similarities):
        first = np.argsort(-values)[:5]
        start[row, first] = np.maximum(values[first], 0) ** 3
    flow = np.linalg.solve(np.eye(50) - 0.9 * dense(database, 8, 3.0), start.T).T
    taken = np.take_along_axis(flow / flow.max(axis=1, keepdims=True), positions, axis=1)
    np.testing.assert_allclose(scores, taken, atol=1e-4)
    assert (np.diff(taken, axis=1) < 1e-4).all()
    assert np.allclose(scores[:, 0], 1)


def test_what_the_flow_does_not_reach_follows_by_its_similarity():
    database = np.eye(4, dtype=np.float32)[[0, 0, 1, 2, 3]]
    query = np.array([[0.9, 0.1, 0.3, 0.2]], np.float32)
    positions, scores = finished(order(query / np.linalg.norm(query), database, "diffusion", {"query_k": 2}))
    assert positions[0].tolist() == [0, 1, 3, 4, 2]
    assert scores[0, 2:].tolist() == [0, 0, 0]
