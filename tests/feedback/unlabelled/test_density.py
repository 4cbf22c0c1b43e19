"""How densely both groups lie, against brute force."""

import numpy as np
import pytest

from retrieval_core.feedback.unlabelled.density import density, density_in_words, neighbour_distances
from retrieval_core.progress import finished
from retrieval_core.ranking.neighbour_lists import neighbour_lists


def test_distances_are_those_of_brute_force():
    rows = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    _, similarities = finished(neighbour_lists(rows, 12))
    apart = np.sort(np.linalg.norm(rows[:, None] - rows, axis=2), axis=1)
    assert neighbour_distances(similarities) == pytest.approx(apart[:, 10], abs=1e-3)
    assert neighbour_distances(similarities[:, :3]) == pytest.approx(apart[:, 3], abs=1e-3)


def test_shares_sum_to_all_and_the_words_count_pairs():
    distances, labelled = np.array([0.1, 0.2, 0.3, 0.2, 0.4]), np.array([True, True, True, False, False])
    table = density(distances, labelled, bins=3)
    assert table["labelled"].tolist() == pytest.approx([100 / 3, 200 / 3, 0])
    assert table[["labelled", "unlabelled"]].sum().tolist() == pytest.approx([100, 100])
    assert density_in_words(distances, labelled).endswith("In 75 % of all pairs the labelled one lies denser.")  # 4.5 of 6
    assert density(np.zeros(3), np.array([True, True, False]))["labelled"].sum() == pytest.approx(100)
