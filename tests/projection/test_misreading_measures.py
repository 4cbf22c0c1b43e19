"""What is measured on small maps, held against a naive count; which photographs and perplexities a strip takes."""

from itertools import combinations

import numpy as np
import pytest

from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.projection.misreading.distances import most_wrong
from retrieval_core.projection.misreading.labels import pieces
from retrieval_core.projection.misreading.measures import (
    clusters_seen,
    order_kept,
    same_by_chance,
    same_colour,
    shared_neighbours,
    width,
)
from retrieval_core.projection.misreading.noise import random_vectors
from retrieval_core.projection.misreading.sizes import spread
from retrieval_core.projection.misreading.strip import GREY, MOST, between, bounded, in_words
from retrieval_core.projection.misreading.strips import draw_sample


@pytest.fixture
def points():
    return np.random.default_rng(3).normal(size=(40, 2))


def naive_nearest(points, k=10):
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return [set(np.argsort(row)[:k].tolist()) for row in distances]


def test_colours_near_by_and_by_chance(points):
    codes = np.random.default_rng(0).integers(0, 3, len(points))
    naive = np.mean([np.mean([codes[other] == codes[row] for other in near]) for row, near in enumerate(naive_nearest(points))])
    assert same_colour(points, codes) == pytest.approx(naive)
    pairs = [codes[a] == codes[b] for a in range(40) for b in range(40) if a != b]
    assert same_by_chance(codes) == pytest.approx(np.mean(pairs))


def test_neighbours_that_two_maps_share(points):
    other = points + np.random.default_rng(1).normal(scale=0.5, size=points.shape)
    naive = np.mean([len(one & two) / 10 for one, two in zip(naive_nearest(points), naive_nearest(other), strict=True)])
    assert shared_neighbours(points, other) == pytest.approx(naive)
    assert shared_neighbours(points, 7 * points[:, ::-1]) == 1


def test_the_order_of_distances_is_compared_two_by_two():
    truth, seen = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 9.0])
    naive = [(truth[a] < truth[b]) == (seen[a] < seen[b]) for a, b in combinations(range(4), 2)]
    assert order_kept(truth, seen) == pytest.approx(np.mean(naive)) == pytest.approx(5 / 6)
    assert order_kept(truth, -truth) == 0


def test_the_three_that_a_map_gets_most_wrong():
    truth = np.array([[0.0, 0], [1, 0], [3, 0], [40, 0]])
    seen = np.array([[0.0, 0], [3, 0], [1, 0], [40, 0]])
    first, second, third = most_wrong(truth, seen)
    assert {first, second, third} == {0, 1, 2}
    assert np.linalg.norm(truth[first] - truth[second]) <= np.linalg.norm(truth[first] - truth[third])
    assert np.linalg.norm(seen[first] - seen[second]) > np.linalg.norm(seen[first] - seen[third])


def test_blobs_are_seen_and_a_cloud_of_few_is_not():
    rng = np.random.default_rng(0)
    blobs = np.concatenate([rng.normal(loc=place, scale=0.1, size=(12, 2)) for place in (0, 5, 10)])
    assert clusters_seen(blobs) == 3
    assert clusters_seen(blobs[:4]) == 0


def test_a_spread_is_changed_by_its_factor_where_it_is_small():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(1, 64)) + 0.02 * rng.normal(size=(30, 64))
    matrix = (matrix / np.linalg.norm(matrix, axis=1, keepdims=True)).astype(np.float32)
    assert width(spread(matrix, 0.5)) / width(matrix) == pytest.approx(0.5, rel=0.01)
    assert np.linalg.norm(spread(matrix, 2.0), axis=1) == pytest.approx(1, abs=1e-5)
    assert width(np.array([[0.0, 0], [2, 0], [1, 0], [1, 100]])) == pytest.approx(25.02, abs=0.01)


def test_noise_is_of_length_1_and_pieces_are_places():
    vectors = random_vectors((50, 8))
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(vectors, random_vectors((50, 8)))
    blobs = np.repeat([[0.0, 0], [9, 9]], 6, axis=0) + np.random.default_rng(0).normal(scale=0.1, size=(12, 2))
    assert len(set(pieces(blobs, 2)[:6])) == len(set(pieces(blobs, 2)[6:])) == 1


def test_perplexities_are_bounded_by_the_points():
    assert bounded((2, 5, 30, 50, 100), 400) == [2, 5, 30, 50, 100]
    assert bounded((2, 5, 30, 50, 100), 61) == [2, 5, 20]
    assert bounded((2, 5), 4) == [1]
    assert bounded((2, 5, 30), 16) == [2, 5]


def test_figures_in_words():
    assert in_words("neighbours kept, %", 52.6) == "neighbours kept 53 %"
    assert in_words("moved, % of the map's width", 3.2) == "moved 3 % of the map's width"
    assert in_words("clusters seen", 12) == "clusters seen 12"
    assert in_words("trustworthiness", 0.987) == "trustworthiness 0.99"
    assert between([1.0, 3.4]) == "1 to 3"
    assert between([0.5, 0.5], "{:.2f}") == "0.50"


@pytest.mark.parametrize(("labelled", "unlabelled", "subset", "count"), [
    (10, 5, "labelled", 10), (9, 5, "all", 14), (0, 8, "all", 8), (2 * MOST, 0, "labelled", MOST),
])  # fmt: skip
def test_a_sample_is_of_the_labelled_where_two_landmarks_have_some(labelled, unlabelled, subset, count):
    images = [Image(f"l{n:05}", "", "gate" if n % 2 else "hall") for n in range(labelled)]
    images += [Image(f"u{n:05}", "") for n in range(unlabelled)]
    matrix = np.random.default_rng(0).normal(size=(len(images), 4)).astype(np.float32)
    sample = draw_sample(Dataset("some", tuple(images), ()), Descriptors(tuple(image.id for image in images), matrix))
    assert (sample.subset, len(sample.ids), sample.of) == (subset, count, labelled if subset == "labelled" else labelled + unlabelled)
    rows = {image.id: (matrix[n], image.label) for n, image in enumerate(images)}
    for image_id, row, code in zip(sample.ids, sample.matrix, sample.codes, strict=True):
        assert np.array_equal(row, rows[image_id][0])
        assert rows[image_id][1] == (None if code == GREY else sample.labels[code])
