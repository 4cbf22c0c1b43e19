import networkx
import numpy as np
import pytest

from retrieval_core.progress import finished
from retrieval_core.ranking.neighbour_lists import neighbour_lists
from retrieval_core.ranking.page_rank import DAMPING, most_central, page_rank


def listed(seed: int, count: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Neighbour lists of random descriptors, some of whose similarities are negative."""
    rows = np.random.default_rng(seed).normal(size=(count, 5)).astype(np.float32)
    return finished(neighbour_lists(rows / np.linalg.norm(rows, axis=1, keepdims=True), k))


def by_networkx(positions, similarities, groups) -> np.ndarray:
    """The ranks, one graph a group."""
    ranks = np.zeros(len(positions))
    for group in set(groups.tolist()):
        members = np.flatnonzero(groups == group)
        graph = networkx.DiGraph()
        graph.add_nodes_from(members.tolist())
        for start in members.tolist():
            for end, similarity in zip(positions[start].tolist(), similarities[start].tolist(), strict=True):
                if groups[end] == group and similarity > 0:
                    graph.add_edge(start, end, weight=similarity)
        for member, rank in networkx.pagerank(graph, alpha=DAMPING, weight="weight", tol=1e-12, max_iter=1000).items():
            ranks[member] = rank
    return ranks


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("count", "k"), [(30, 4), (30, 29), (120, 12)])
def test_ranks_are_those_of_networkx_a_graph_for_each_group(seed, count, k):
    positions, similarities = listed(seed, count, k)
    groups = np.random.default_rng(seed).integers(-1, 4, count)
    ranks = page_rank(positions, similarities, groups)
    np.testing.assert_allclose(ranks, by_networkx(positions, similarities, groups), atol=1e-8)


def test_ranks_are_where_a_naive_walk_comes_to_rest():
    """The walk of 30 photographs as a matrix; where it is in the end is its eigenvector of 1."""
    positions, similarities = listed(7, 30, 6)
    walk = np.zeros((30, 30))
    for start in range(30):
        weights = [max(float(value), 0.0) for value in similarities[start]]
        for end, weight in zip(positions[start], weights, strict=True):
            walk[end, start] = weight / sum(weights)
    values, vectors = np.linalg.eig(DAMPING * walk + (1 - DAMPING) / 30)
    rest = np.real(vectors[:, np.argmax(np.real(values))])
    np.testing.assert_allclose(page_rank(positions, similarities, np.zeros(30, int)), rest / rest.sum(), atol=1e-8)


def test_who_is_alone_or_has_no_neighbour_in_the_group_still_has_a_rank():
    positions, similarities = np.array([[1], [0], [0], [2]]), np.array([[0.9], [0.9], [-0.5], [0.4]])
    ranks = page_rank(positions, similarities, np.array([0, 0, 5, -1]))
    np.testing.assert_allclose(ranks, [0.5, 0.5, 1, 1])
    ranks = page_rank(positions, similarities, np.array([0, 0, 0, 0]))
    assert ranks.sum() == pytest.approx(1)
    assert ranks[3] == ranks.min() > 0


def test_the_middle_of_a_star_is_the_most_central_of_its_group():
    positions = np.array([[1], [2], [1], [1], [5], [4]])
    groups = np.array([0, 0, 0, 0, -1, -1])
    ranks = page_rank(positions, np.ones((6, 1)), groups)
    assert most_central(ranks, groups) == {0: 1, -1: 4}
    assert most_central(np.array([]), np.array([], int)) == {}
