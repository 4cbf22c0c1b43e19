"""Whole landmarks are held out, and validation mAP is the naive one."""

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import average_precision
from retrieval_core.training.split import Landmarks, split_landmarks
from retrieval_core.training.validation import mean_ap


@pytest.mark.parametrize(("landmarks", "held_out"), [(3, 1), (8, 1), (16, 2), (160, 20), (400, 20)])
def test_no_landmark_is_on_both_sides(landmarks, held_out):
    labels = [f"landmark {k % landmarks:03}" for k in range(landmarks * 3)]
    split = split_landmarks(labels)
    training, validation = ({labels[k] for k in side} for side in (split.train, split.validation))
    assert not training & validation
    assert len(validation) == held_out
    assert len(split.train) + len(split.validation) == len(labels)
    assert split.count == len(training) == landmarks - held_out
    assert split.validation_labels == tuple(labels[k] for k in split.validation)
    for number in range(split.count):
        assert len({labels[k] for k in split.train[split.classes == number]}) == 1


@pytest.mark.parametrize("landmarks", [0, 1, 2])
def test_fewer_than_three_landmarks_are_refused(landmarks):
    with pytest.raises(RetrievalError, match=f"photographs of {landmarks} landmarks: training takes 3 or more"):
        split_landmarks([f"l{k % landmarks}" for k in range(4 * landmarks)])


def test_validation_without_a_pair_is_refused():
    labels = ["a", "a", "b", "b", "c", "c"]
    assert split_landmarks(labels).validation.tolist() == [4, 5]
    with pytest.raises(RetrievalError, match=r"held out for validation \(c\) has one photograph.*Add photographs of them"):
        split_landmarks(labels[:-1])
    many = [f"l{k:02}" for k in range(16)] * 2
    one_pair = split_landmarks([name for k, name in enumerate(many) if k < 16 or name != "l15"])
    assert sorted(one_pair.validation_labels) == ["l07", "l07", "l15"]
    with pytest.raises(RetrievalError, match=r"\(l07, l15\)"):
        split_landmarks([name for k, name in enumerate(many) if k < 16 or name not in ("l07", "l15")])


def test_the_photographs_of_a_landmark_are_those_with_its_number():
    classes = np.random.default_rng(0).permutation(np.repeat([0, 1, 2, 4], [3, 1, 5, 2]))
    landmarks = Landmarks(classes)
    assert landmarks.count == 5
    for number in range(5):
        assert landmarks.photographs(number).tolist() == np.flatnonzero(classes == number).tolist()


def test_validation_is_mean_ap_with_every_photograph_left_out_of_its_own_ranking():
    random = np.random.default_rng(0)
    labels = tuple("aaabbbbccd")
    matrix = random.normal(size=(10, 4)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    values = []
    for row in range(9):  # the last one has no partner
        order = [k for k in np.argsort(-(matrix @ matrix[row])) if k != row]
        ranks = [rank for rank, k in enumerate(order) if labels[k] == labels[row]]
        values.append(average_precision(np.array(ranks), len(ranks), "oxford"))
    assert mean_ap(matrix, labels) == pytest.approx(100 * np.mean(values))
    assert mean_ap(np.eye(2, dtype=np.float32)[[0, 0, 1, 1]], tuple("aabb")) == 100
