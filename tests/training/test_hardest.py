"""The hardest triplets of a mining against a naive loop, and as a training logs them: nothing that is learnt depends on them."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest
import torch
from caches import result_of
from handful import CPU, SCHEDULE, lines

from retrieval_core.presets import get_preset
from retrieval_core.training import hardest as hardest_module
from retrieval_core.training import loop
from retrieval_core.training.hardest import KEPT, hardest_triplets
from retrieval_core.training.loop import train
from retrieval_core.training.mining import mine
from retrieval_core.training.objectives import OBJECTIVES
from retrieval_core.training.split import split_landmarks


def unit(random, rows, width):
    matrix = random.normal(size=(rows, width)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def naive(mined, pool, matrix, classes):
    """Of every landmark the anchor with the largest d(a,p) − d(a,n), pair by pair in double precision."""
    row_of = {position: row for row, position in enumerate(pool.tolist())}
    distance = lambda a, b: float(((matrix[row_of[a]].astype(float) - matrix[row_of[b]].astype(float)) ** 2).sum())  # noqa: E731
    best = {}
    for anchor, negatives in zip(mined.anchors.tolist(), mined.negatives.tolist(), strict=True):
        label = classes[row_of[anchor]]
        own = [one for one in pool.tolist() if classes[row_of[one]] == label and one != anchor]
        if negatives[0] < 0:
            continue
        positive = max(own, key=lambda one: distance(anchor, one))
        gap = distance(anchor, positive) - distance(anchor, negatives[0])
        found = (gap, [anchor, positive, *negatives], [distance(anchor, one) for one in [positive, *negatives] if one >= 0])
        best[label] = max(best.get(label, found), found)
    return sorted(best.values(), reverse=True)[:KEPT]


@pytest.mark.parametrize("rows", [1024, 2])
def test_they_are_those_of_the_naive_loop(monkeypatch, rows):
    monkeypatch.setattr(hardest_module, "_ROWS", rows)
    random = np.random.default_rng(0)
    pool, matrix = random.permutation(500)[:66], unit(random, 66, 8)
    classes = np.array([*np.repeat(np.arange(12), 5), 20, 21, 22, 23, 24, 25])  # six have no positive
    mined = mine(pool, matrix, classes, negatives=4)
    found = hardest_triplets(mined, pool, matrix, classes)
    expected = naive(mined, pool, matrix, classes)
    assert found.members.tolist() == [members for _, members, _ in expected]
    assert len(set(classes[[pool.tolist().index(anchor) for anchor in found.members[:, 0]]])) == KEPT
    np.testing.assert_allclose(found.distances, [distances for _, _, distances in expected], atol=1e-5)
    gaps = found.distances[:, 0] - found.distances[:, 1]
    assert (np.diff(gaps) <= 1e-6).all()


def test_a_place_without_a_negative_has_none_and_an_anchor_without_any_is_left_out():
    random = np.random.default_rng(1)
    pool, matrix, classes = np.arange(10), unit(random, 10, 4), np.repeat([0, 1], 5)
    found = hardest_triplets(mine(pool, matrix, classes, negatives=3), pool, matrix, classes)
    assert found.members.shape == (2, 5)
    assert (found.members[:, 3:] == -1).all()
    assert (found.distances[:, 2:] == -1).all()
    assert (found.distances[:, :2] >= 0).all()
    alone = hardest_triplets(mine(pool, matrix, classes, negatives=3, candidates=1), pool, matrix, classes)
    assert alone.members.shape == (0, 5)  # the most similar photograph of each is itself


def test_a_training_logs_them_by_image_id_and_learns_the_same_without(pixels, parent, tmp_path, monkeypatch):
    measured = count()

    def rise(*_):
        return float(next(measured))
        yield

    monkeypatch.setattr(loop, "validation_map", rise)  # so that the last weights are kept, not the first
    schedule = replace(SCHEDULE, steps=4)
    stage = get_preset("1g")
    state, notes = result_of(train(stage, schedule, parent, pixels, 0, CPU, tmp_path / "with"))
    logged = lines(tmp_path / "with")
    mined = [line for line in logged if "triplets" in line]
    assert [line["step"] for line in mined] == [1, 3]  # mined before steps 1 and 3
    label_of = {image.id: image.label for image in pixels.images}
    held_out = {pixels.images[place].id for place in split_landmarks([image.label for image in pixels.images]).validation}
    for line in mined:
        assert len(line["triplets"]) == 5  # one a landmark that trains
        for one in line["triplets"]:
            assert set(one) == {"anchor", "positive", "negatives", "d(a,p)", "d(a,n)"}
            names = [one["anchor"], one["positive"], *one["negatives"]]
            assert not held_out & set(names)
            assert label_of[one["positive"]] == label_of[one["anchor"]]
            assert len({label_of[name] for name in names[2:]} | {label_of[one["anchor"]]}) == 3
            assert one["d(a,n)"] == sorted(one["d(a,n)"])
    silent = replace(OBJECTIVES["triplet"], preparation=replace(OBJECTIVES["triplet"].preparation, note=None))
    monkeypatch.setitem(OBJECTIVES, "triplet", silent)
    monkeypatch.setattr("retrieval_core.training.triplet.hardest_triplets",
                        lambda mined, *_: hardest_module.Hardest(np.empty((0, 4), np.int64), np.empty((0, 3), np.float32)))  # fmt: skip
    without, silent_notes = result_of(train(stage, schedule, parent, pixels, 0, CPU, tmp_path / "without"))
    assert (silent_notes["step"], notes["step"]) == (4, 4)
    assert set(without) == set(state)
    assert all(torch.equal(without[name], tensor) for name, tensor in state.items())
    figures = [[{name: value for name, value in line.items() if name != "validation_map"} for line in found if "triplets" not in line]
               for found in (lines(tmp_path / "without"), logged)]  # fmt: skip
    assert figures[0] == figures[1]
