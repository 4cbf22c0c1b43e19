"""Clusters without a label: against scikit-learn's own, which looks at all pairs."""

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import normalized_mutual_info_score

from retrieval_core.evaluation.density_clusters import (
    NOISE,
    agreement,
    density_clusters,
    normalised_mutual_information,
    purity,
)
from retrieval_core.progress import finished
from retrieval_core.ranking.neighbour_lists import neighbour_lists


def groups(sizes, seed=0, noise=0.35, width=16, loose=0):
    random = np.random.default_rng(seed)
    rows = [random.normal(size=width) + noise * random.normal(size=(size, width)) for size in sizes]
    rows = np.concatenate([*rows, random.normal(size=(loose, width))])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def same_parts(one, other):
    """Whether two clusterings differ in nothing but the numbers of their clusters."""
    pairs = set(zip(one.tolist(), other.tolist(), strict=True))
    return len(pairs) == len(set(one.tolist())) == len(set(other.tolist())) and all((a == NOISE) == (b == NOISE) for a, b in pairs)


@pytest.mark.parametrize("seed", range(6))
def test_of_whole_lists_they_are_those_of_all_pairs(seed):
    matrix = groups((9, 8, 6), seed, loose=7)
    found = density_clusters(matrix, *finished(neighbour_lists(matrix, 48)))
    expected = HDBSCAN(min_cluster_size=5, algorithm="brute", copy=True).fit(matrix.astype(np.float64)).labels_
    assert same_parts(found, expected)


def test_parts_that_share_no_neighbour_are_joined_and_come_apart():
    matrix = groups((40, 30, 20), 3, noise=0.1)
    found = density_clusters(matrix, *finished(neighbour_lists(matrix, 8)))
    assert same_parts(found, np.repeat([0, 1, 2], (40, 30, 20)))


def test_equal_photographs_and_few_of_them():
    matrix = np.repeat(np.eye(2, 8, dtype=np.float32), 6, axis=0)
    assert same_parts(density_clusters(matrix, *finished(neighbour_lists(matrix, 11))), np.repeat([0, 1], 6))
    for count in (0, 1, 4):
        few = matrix[:count]
        lists = finished(neighbour_lists(few, 3)) if count else (np.empty((0, 0), np.int32), np.empty((0, 0), np.float32))
        assert density_clusters(few, *lists).tolist() == [NOISE] * count


@pytest.mark.parametrize("seed", range(5))
def test_agreement_is_that_of_scikit_learn_and_of_counting(seed):
    random = np.random.default_rng(seed)
    numbers, codes = random.integers(-1, 4, 30), random.integers(0, 3, 30)
    assert normalised_mutual_information(numbers, codes) == pytest.approx(normalized_mutual_info_score(codes, numbers))
    inside = [number for number in set(numbers.tolist()) if number != NOISE]
    hits = sum(max((codes[numbers == number] == code).sum() for code in range(3)) for number in inside)
    assert purity(numbers, codes) == pytest.approx(hits / (numbers != NOISE).sum())


def test_the_unlabelled_are_clustered_and_not_counted():
    numbers, codes = np.array([0, 0, 1, 1, -1, 2]), np.array([5, 5, -1, 3, 3, -1])
    found = agreement(numbers, codes)
    assert (found.clusters, found.noise, found.purity) == (3, 0.25, 1.0)
    nothing = agreement(np.full(3, NOISE), np.array([0, 0, 1]))
    assert (nothing.clusters, nothing.noise, nothing.purity) == (0, 1.0, None)
    assert nothing.information == pytest.approx(0)
    assert agreement(np.array([0, 0]), np.array([-1, -1])).information is None
    assert normalised_mutual_information(np.zeros(3), np.zeros(3)) == 1
