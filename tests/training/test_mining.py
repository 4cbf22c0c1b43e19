"""Mined negatives against a naive loop; pools and batches drawn from them."""

import numpy as np
import pytest

from retrieval_core.training.classification import classification_batch
from retrieval_core.training.mining import draw_pool, mine
from retrieval_core.training.split import Landmarks
from retrieval_core.training.triplet import triplet_batch


@pytest.fixture
def pool():
    """60 photographs of 12 landmarks at scattered positions, and descriptors that mix them up."""
    random = np.random.default_rng(0)
    positions = random.permutation(500)[:60]
    matrix = random.normal(size=(60, 8)).astype(np.float32)
    return positions, matrix / np.linalg.norm(matrix, axis=1, keepdims=True), np.repeat(np.arange(12), 5)


def test_negatives_are_the_nearest_photographs_of_the_nearest_other_landmarks(pool):
    positions, matrix, classes = pool
    mined = mine(positions, matrix, classes, negatives=4)
    assert (mined.anchors == positions).all()
    for row in range(60):
        expected, seen = [], {classes[row]}
        for other in np.argsort(-(matrix @ matrix[row]), kind="stable"):
            if classes[other] not in seen and len(expected) < 4:
                seen.add(classes[other])
                expected.append(positions[other])
        assert mined.negatives[row].tolist() == expected


def test_places_without_a_negative_are_marked(pool):
    positions, matrix, _ = pool
    classes = np.repeat([0, 1], 30)
    mined = mine(positions, matrix, classes, negatives=3)
    assert (mined.negatives[:, 0] >= 0).all()
    assert (mined.negatives[:, 1:] == -1).all()


def test_a_pool_takes_equally_many_of_every_landmark():
    classes = np.repeat(np.arange(10), 30)
    landmarks = Landmarks(classes)
    pool = draw_pool(landmarks, 60, np.random.default_rng(3))
    assert len(set(pool)) == 60
    assert np.bincount(classes[pool]).tolist() == [6] * 10
    assert (pool == draw_pool(landmarks, 60, np.random.default_rng(3))).all()
    assert set(pool) != set(draw_pool(landmarks, 60, np.random.default_rng(4)))


@pytest.mark.parametrize("size", [0, 1, 3, 20, 21, 100, 127, 128, 400])
def test_a_pool_is_never_larger_than_asked(size):
    classes = np.random.default_rng(0).permutation(np.repeat(np.arange(60), np.arange(60) % 5 + 1))
    landmarks = Landmarks(classes)
    pool = draw_pool(landmarks, size, np.random.default_rng(1))
    assert len(set(pool)) == len(pool) <= size
    taken = np.bincount(classes[pool], minlength=60)
    assert ((taken != 1) | (landmarks.sizes == 1)).all()  # whoever has two photographs brings two: they are each other's positives
    if size < 120:  # not room for two of everyone: whoever has no positive is left out
        assert set(taken) <= {0, 2, 3}
        assert (landmarks.sizes[taken > 0] >= 2).all()
    if size in (20, 21):
        assert len(pool) == 20
        assert set(pool) != set(draw_pool(landmarks, size, np.random.default_rng(2)))  # others in the next one
    if size == 400:
        assert (taken == np.minimum(landmarks.sizes, 6)).all()


def test_a_photograph_without_a_positive_is_a_negative_but_no_anchor():
    matrix = np.eye(4, dtype=np.float32)[[0, 0, 1, 0, 2]] + 0.01 * np.arange(5, dtype=np.float32)[:, None]
    mined = mine(np.array([10, 11, 12, 13, 14]), matrix, np.array([0, 0, 1, 2, 1]), negatives=2)
    assert mined.anchors.tolist() == [10, 11, 12, 14]
    assert mined.negatives[0].tolist()[0] == 13


def test_a_batch_holds_anchors_their_landmarks_and_their_negatives(pool):
    positions, matrix, pool_classes = pool
    classes = np.full(500, 99)
    classes[positions] = pool_classes
    mined = mine(positions, matrix, pool_classes, negatives=3)
    landmarks = Landmarks(classes)
    batch = triplet_batch(mined, landmarks, 28, 4, np.random.default_rng(5))
    assert len(batch) == len(set(batch)) <= 28
    anchor = batch[0]
    assert (classes[batch[:4]] == classes[anchor]).all()
    row = int(np.flatnonzero(mined.anchors == anchor)[0])
    assert batch[4:7].tolist() == mined.negatives[row].tolist()
    assert (batch == triplet_batch(mined, landmarks, 28, 4, np.random.default_rng(5))).all()


def test_every_photograph_comes_once_an_epoch_in_an_order_of_its_own():
    steps = [classification_batch(10, 4, step, seed=1) for step in range(5)]
    drawn = np.concatenate(steps)
    assert sorted(drawn[:10]) == sorted(drawn[10:]) == list(range(10))
    assert drawn[:10].tolist() != drawn[10:].tolist()
    assert (classification_batch(10, 4, 3, seed=1) == steps[3]).all()
    assert (np.concatenate([classification_batch(10, 4, step, seed=2) for step in range(5)]) != drawn).any()
