"""The detective: its votes are those of a naive loop, its suspects have enough of them, and its precision counts the right ones."""

import numpy as np
import pytest
from scipy.stats import binomtest

from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.clusters import label_codes
from retrieval_core.evaluation.detective import Votes, jury, suspects, suspects_table, usual_votes, vote
from retrieval_core.evaluation.detective_judged import FOUND, HIGH, LOW, PRECISION, Trial, hide, judged


def unit_rows(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 4))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def naive(matrix, classes, k):
    """{row of an unlabelled photograph: landmark} by the words of the definition."""
    similarity = matrix.astype(np.float64) @ matrix.T.astype(np.float64)
    labelled, found = [row for row in range(len(matrix)) if classes[row] >= 0], {}
    for row in range(len(matrix)):
        if classes[row] >= 0:
            continue
        near = sorted(labelled, key=lambda other: -similarity[row, other])[:k]
        for landmark in set(classes) - {-1}:
            own = [other for other in labelled if classes[other] == landmark]
            nearest = [max(similarity[one, other] for other in own if other != one) for one in own if len(own) > 1]
            agreeing = [other for other in near if classes[other] == landmark]
            if 2 * len(agreeing) > len(near) and nearest and similarity[row, agreeing[0]] >= np.median(nearest):
                found[row] = landmark
    return found


@pytest.mark.parametrize("k", [1, 2, 5, 50])
def test_votes_are_those_of_a_naive_loop(k):
    matrix = unit_rows(60)
    classes = np.random.default_rng(1).choice([-1, -1, 0, 1, 2], 60)
    classes[:3] = [3, -1, -1]  # a landmark with one photograph never gets a vote
    matrix[1] = matrix[0]
    matrix[4] = matrix[5]  # two that are equal
    found = vote(matrix, classes, k)
    agreed = found.landmarks >= 0
    assert dict(zip(found.rows[agreed].tolist(), found.landmarks[agreed].tolist(), strict=True)) == naive(matrix, classes.tolist(), k)
    if k < 50:
        assert naive(matrix, classes.tolist(), k)


def test_what_can_not_be_compared_is_said():
    for classes in ([-1, -1, -1], [0, 0, 0]):
        with pytest.raises(RetrievalError, match="choose a dataset that has both"):
            vote(unit_rows(3), np.array(classes), 1)
    with pytest.raises(RetrievalError, match="0 nearest labelled"):
        vote(unit_rows(3), np.array([0, 0, -1]), 0)


def town() -> Dataset:
    labels = ["mill", "mill", "mill", "mill", "tower", "tower", "tower", None, None, None, None]
    images = tuple(Image(f"p{number:02}", "", label) for number, label in enumerate(labels))
    query = Query("mill_1", "p00", "mill", None, ("p00", "p01"), ("p02", "p03"), ("p08",))
    return Dataset("small", images, (query,))


def votes(landmarks, closer):
    nearest = np.array([[0, 1, 4], [1, 0, 4], [4, 5, 0], [6, 5, 1]])
    return Votes(np.array([7, 8, 9, 10]), np.array(landmarks), np.array(closer, np.float32), nearest)


def test_suspects_are_those_with_enough_votes_for_one_landmark():
    dataset = town()
    found = {"1a": votes([0, 0, 1, -1], [0.1, 0.3, 0.1, 0]), "1d": votes([0, -1, 0, -1], [0.2, 0, 0.3, 0])}
    classes = label_codes(dataset)
    two = suspects(dataset, classes, found, 2)
    assert [(one.image_id, one.landmark, one.votes, one.voters) for one in two] == [("p07", "mill", ("1a", "1d"), 2)]
    assert two[0].nearest == {"1a": ("p00", "p01"), "1d": ("p00", "p01")}
    assert two[0].closer == pytest.approx(0.15)
    one = suspects(dataset, classes, found, 1)  # of one vote each, p09 goes to the landmark to which it lies closer
    assert [(other.image_id, other.landmark) for other in one] == [("p07", "mill"), ("p08", "mill"), ("p09", "mill")]
    assert list(suspects_table(one, {"p08": "accepted"})["decision"]) == ["", "accepted", ""]
    with pytest.raises(RetrievalError, match="3 votes can't be had from 2 models"):
        suspects(dataset, classes, found, 3)


def test_precision_counts_hidden_photographs_and_junk():
    dataset = town()
    hidden = {"p03": "mill", "p06": "tower"}
    classes = label_codes(dataset, hidden)
    assert classes.tolist() == [0, 0, 0, -1, 1, 1, -1, -1, -1, -1, -1]
    rows = np.flatnonzero(classes < 0)

    def says(*landmarks):
        return Votes(rows, np.array(landmarks), np.ones(len(rows), np.float32), np.zeros((len(rows), 3), int))

    # p03 right, p06 wrong landmark, p07 wrong, p08 junk of the mill, p09 and p10 nothing; the second model agrees on p03 alone
    found = suspects(dataset, classes, {"1a": says(0, 0, 0, 0, -1, -1), "1d": says(0, -1, -1, -1, -1, -1)}, 1)
    table = judged(dataset, [Trial(found, hidden)], 2)
    assert table[["suspects", "show it", "hardly seen"]].to_numpy().tolist() == [[4, 1, 1], [1, 1, 0]]
    assert table[PRECISION].tolist() == [50, 100]
    assert table[FOUND].tolist() == [50, 50]
    exact = binomtest(1, 1).proportion_ci(method="exact")
    assert table.loc[2, [LOW, HIGH]].tolist() == pytest.approx([100 * exact.low, 100 * exact.high])
    assert FOUND not in judged(dataset, [Trial(found, {})], 2)


def test_a_share_of_every_landmark_is_hidden_and_two_stay():
    dataset = town()
    first = hide(dataset, 0.5, 0)
    assert first == hide(dataset, 0.5, 0)
    assert sorted(first.values()) == ["mill", "mill", "tower"]
    assert any(hide(dataset, 0.5, seed) != first for seed in range(1, 5))
    for share in (0, 0.6, float("nan")):
        with pytest.raises(RetrievalError, match="can't be hidden"):
            hide(dataset, share, 0)


def test_the_usual_jury_has_no_doubles_and_needs_more_than_half():
    assert jury(["1a", "1d", "1d-ms", "1b-mixed", "1b-mixed-ms"]) == ["1a", "1d", "1b-mixed"]
    assert jury(["1d-ms"]) == ["1d-ms"]
    assert [usual_votes(models) for models in (1, 2, 3, 4)] == [1, 2, 2, 3]
