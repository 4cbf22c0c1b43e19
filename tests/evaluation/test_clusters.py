"""Clusters of thirty points: against scikit-learn, and against loops over all pairs."""

from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import silhouette_samples

from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation import clusters
from retrieval_core.evaluation.clusters import check_clusters, label_codes, measure_clusters, most_frequent, outliers, own_shares
from retrieval_core.progress import finished
from retrieval_core.ranking.neighbour_lists import neighbour_lists

LABELS = [*["mill"] * 9, *["gate"] * 7, *["dome"] * 4, "alone", *[None] * 9]


def made(seed=0, labels=LABELS, noise=0.7):
    """A dataset of a few points, their descriptors, and the two kinds of neighbour lists."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(labels))
    labels = [labels[place] for place in order]
    centres = {label: random.normal(size=12) for label in dict.fromkeys(labels)}
    rows = np.stack([(centres[label] if label else 0) + noise * random.normal(size=12) for label in labels])
    matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    dataset = Dataset("made", tuple(Image(f"p{number:02}", "", label) for number, label in enumerate(labels)), ())
    labelled = np.array([label is not None for label in labels])
    lists = finished(neighbour_lists(matrix, 48)), finished(neighbour_lists(matrix[labelled], 48))
    return dataset, matrix, *(one[0] for one in lists)


def by_hand(dataset, matrix, k):
    """Of every labelled photograph that is not alone: shares and others, by sorting all similarities."""
    labels = [image.label for image in dataset.images]
    found = {}
    for row, label in enumerate(labels):
        size = labels.count(label) - 1
        if label is None or size == 0:
            continue
        order = [other for other in np.argsort(-(matrix @ matrix[row]), kind="stable") if other != row]
        near = [labels[other] for other in order][: min(k, size)]
        named = [labels[other] for other in order if labels[other] is not None][: min(k, size)]
        found[row] = (near.count(label) / len(near), named.count(label) / len(named), near.count(None) / len(near),
                      tuple(name for name in named if name != label))  # fmt: skip
    return found


@pytest.mark.parametrize("k", [1, 3, 12, 48])
@pytest.mark.parametrize("seed", range(4))
def test_shares_are_those_of_sorting_all_similarities(seed, k):
    dataset, matrix, nearest, nearest_labelled = made(seed)
    found = measure_clusters(dataset, matrix, nearest, nearest_labelled, k)
    expected = by_hand(dataset, matrix, k)
    assert found.ids == tuple(image.id for image in dataset.images if image.label)
    for place, image_id in enumerate(found.ids):
        row = [image.id for image in dataset.images].index(image_id)
        measured = found.own[place], found.own_labelled[place], found.unlabelled[place]
        if row not in expected:
            assert found.labels[place] == "alone"
            assert np.isnan(measured).all()
            assert not found.counted[place]
            continue
        assert measured == pytest.approx(expected[row][:3])
        assert found.others[place] == expected[row][3]
        assert found.outlying[place] == (expected[row][1] < 0.5)
    apart = outliers(found)
    assert {row.image_id for row in apart} == {found.ids[place] for place in np.flatnonzero(found.outlying == 1)}
    assert [row.own for row in apart] == sorted(row.own for row in apart)
    for row in apart:
        others = found.others[found.ids.index(row.image_id)]
        assert row.taken_for == Counter(others).most_common(1)[0][0]


@pytest.mark.parametrize("seed", range(4))
def test_silhouettes_are_those_of_scikit_learn(seed, monkeypatch):
    monkeypatch.setattr(clusters, "_ROWS", 7)
    dataset, matrix, nearest, nearest_labelled = made(seed)
    found = measure_clusters(dataset, matrix, nearest, nearest_labelled)
    names = np.array([image.label or "" for image in dataset.images])
    labelled = names != ""
    counted = found.counted
    rows = matrix.astype(np.float64)
    among = silhouette_samples(rows[labelled], names[labelled], metric="cosine")
    as_one_more = silhouette_samples(rows, names, metric="cosine")[labelled]
    assert found.silhouette[counted] == pytest.approx(among[counted], abs=1e-6)
    assert found.silhouette_all[counted] == pytest.approx(as_one_more[counted], abs=1e-6)
    assert np.isnan(found.silhouette[~counted]).all()
    distances = 1 - rows @ rows.T
    for place, row in enumerate(np.flatnonzero(labelled)):
        if not counted[place]:
            continue
        own = [distances[row, other] for other in np.flatnonzero(names == names[row]) if other != row]
        away = distances[row, names == ""].mean()
        assert found.spread[place] == pytest.approx(np.mean(own), abs=1e-6)
        assert found.separation[place] == pytest.approx((away - np.mean(own)) / max(away, np.mean(own)), abs=1e-6)


def test_without_unlabelled_there_is_nothing_to_be_separated_from():
    dataset, matrix, nearest, nearest_labelled = made(1, ["mill"] * 5 + ["gate"] * 5)
    found = measure_clusters(dataset, matrix, nearest, nearest_labelled)
    assert np.isnan(found.separation).all()
    assert found.unlabelled.tolist() == [0] * 10
    assert found.silhouette_all.tolist() == found.silhouette.tolist()
    assert found.own.tolist() == found.own_labelled.tolist()


def test_equal_photographs_are_whole_and_take_nobody_else():
    dataset = Dataset("made", tuple(Image(f"p{k}", "", "ab"[k // 2]) for k in range(4)), ())
    matrix = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    nearest = finished(neighbour_lists(matrix, 3))[0]
    found = measure_clusters(dataset, matrix, nearest, nearest)
    assert found.silhouette.tolist() == [1] * 4
    assert found.others == ((),) * 4
    assert outliers(found) == []
    assert most_frequent(()) == ("", 0)


def test_shares_of_any_list_are_those_of_its_rows():
    dataset, _, nearest, _ = made(2)
    shares = own_shares(label_codes(dataset), nearest, 5)
    assert np.isnan(shares[[image.label is None for image in dataset.images]]).all()
    assert len(shares) == len(dataset.images)


def test_what_can_not_be_measured_says_why(monkeypatch):
    dataset, matrix, nearest, nearest_labelled = made()
    for k in (0, 49):
        with pytest.raises(RetrievalError, match="from 1 to 48"):
            measure_clusters(dataset, matrix, nearest, nearest_labelled, k)
    check_clusters(dataset)
    with pytest.raises(RetrievalError, match="two landmarks have two photographs each, and 'made' has 1"):
        check_clusters(Dataset("made", tuple(Image(str(k), "", label) for k, label in enumerate(["a", "a", "b", None])), ()))
    monkeypatch.setattr(clusters, "MOST_LISTED", 20)
    with pytest.raises(RetrievalError, match="30 photographs, and neighbours are listed of at most 20"):
        check_clusters(dataset)
