"""Alignment undoes a motion exactly and never changes a layout's shape."""

from dataclasses import replace

import numpy as np
import pytest

from retrieval_core.projection.alignment import align
from retrieval_core.projection.maps import ProjectedMap


def layout(ids, xy):
    return ProjectedMap(tuple(ids), np.asarray(xy, np.float32), "pca", {}, 0, {}, np.ones(len(xy), np.float32))


@pytest.fixture
def reference():
    return layout("abcdefgh", np.random.default_rng(0).normal(size=(8, 2)) * [3, 1] + [5, -2])


@pytest.mark.parametrize("mirror", [1, -1])
def test_turned_mirrored_scaled_and_moved_comes_back(reference, mirror):
    angle = 2.1
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * [1, mirror]
    order = [3, 0, 7, 5, 1, 2, 6, 4]
    moved = layout([reference.ids[row] for row in order], 40 * reference.xy[order] @ turn + [100, 7])
    aligned = align(moved, reference)
    assert aligned.ids == moved.ids
    np.testing.assert_allclose(aligned.xy, reference.xy[order], atol=1e-4)


def test_only_shared_ids_decide_and_the_others_come_along(reference):
    turned = reference.xy @ [[0, 1], [-1, 0]]
    other = layout("abcdxyzw", turned)
    other.xy[4:] += 50
    aligned = align(other, reference)
    np.testing.assert_allclose(aligned.xy[:4], reference.xy[:4], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(aligned.xy[4] - aligned.xy[5]), np.linalg.norm(turned[4] - turned[5]),
                               rtol=1e-4)  # fmt: skip


def test_an_unlike_layout_keeps_its_size_and_shape(reference):
    unlike = layout(reference.ids, np.random.default_rng(9).normal(size=(8, 2)))
    aligned = align(unlike, reference)
    spread = [np.linalg.norm(xy - xy.mean(axis=0)) for xy in (aligned.xy, reference.xy, unlike.xy)]
    assert spread[0] == pytest.approx(spread[1], rel=1e-5)
    before = np.linalg.norm(unlike.xy[:, None] - unlike.xy[None], axis=2)
    after = np.linalg.norm(aligned.xy[:, None] - aligned.xy[None], axis=2)
    np.testing.assert_allclose(after, before * spread[1] / spread[2], rtol=1e-3, atol=1e-4)


def test_too_little_in_common_changes_nothing(reference):
    assert align(layout("axyz", np.eye(4)[:, :2]), reference).xy.tolist() == np.eye(4)[:, :2].tolist()
    one_place = replace(reference, xy=np.ones((8, 2), np.float32))
    assert align(one_place, reference) is one_place
