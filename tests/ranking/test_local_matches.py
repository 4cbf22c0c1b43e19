"""Points that two pictures share are found where they are known to be, and not in pictures that share nothing."""

import numpy as np
import pytest
from PIL import Image as PILImage
from PIL import ImageDraw

from retrieval_core.ranking.local_matches import match_locally, mutual_matches


def drawn(seed, side=260):
    """A picture of many corners."""
    random, picture = np.random.default_rng(seed), PILImage.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(90):
        x, y, width, height = (int(value) for value in random.integers((0, 0, 8, 8), (side - 20, side - 20, 45, 45)))
        draw.rectangle((x, y, x + width, y + height), fill=tuple(int(value) for value in random.integers(0, 255, 3)))
    return picture


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_mutual_matches_are_those_of_a_naive_double_loop(seed):
    random = np.random.default_rng(seed)
    rows, others = random.normal(size=(30, 4)), random.normal(size=(25, 4))
    others[:8] = rows[3:11] + random.normal(0, 0.05, (8, 4))
    wanted = []
    for i, row in enumerate(rows):
        gaps = [np.linalg.norm(row - other) for other in others]
        j, second = np.argsort(gaps)[:2]
        back = int(np.argmin([np.linalg.norm(other - others[j]) for other in rows]))
        if back == i and gaps[j] < 0.8 * gaps[second]:
            wanted.append([i, j])
    assert mutual_matches(rows, others).tolist() == wanted
    assert len(wanted) >= 6


def test_a_picture_that_was_turned_and_shrunk_is_found_point_by_point():
    picture = drawn(0)
    turned = picture.rotate(20, expand=True, fillcolor="white").resize((300, 300))
    found = match_locally(np.asarray(picture), np.asarray(turned))
    assert found.first.shape == found.second.shape == (len(found.inliers), 2)
    assert found.inliers.sum() > 40
    middle, angle, factor = np.array([130, 130]), np.deg2rad(20), 300 / picture.rotate(20, expand=True).width
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # the y axis points down
    wanted = (found.first - middle) @ turn.T * factor + 150
    gaps = np.linalg.norm(wanted - found.second, axis=1)
    assert np.median(gaps[found.inliers]) < 2
    assert gaps[found.inliers].max() < 10


def test_the_same_pictures_give_the_same_points():
    one, other = np.asarray(drawn(1)), np.asarray(drawn(1).rotate(9))
    first, second = match_locally(one, other), match_locally(one, other)
    for name in ("first", "second", "inliers"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_pictures_of_different_things_have_few_inliers():
    assert match_locally(np.asarray(drawn(2)), np.asarray(drawn(3))).inliers.sum() < 10


@pytest.mark.parametrize("other", [np.full((60, 80, 3), 255, np.uint8), np.zeros((1, 1, 3), np.uint8), np.zeros((33, 33), np.uint8)])
def test_a_picture_without_points_has_no_matches(other):
    for pair in ((np.asarray(drawn(0)), other), (other, np.asarray(drawn(0))), (other, other)):
        found = match_locally(*pair)
        assert found.first.shape == found.second.shape == (0, 2)
        assert found.inliers.shape == (0,)


def test_grey_pictures_are_taken_as_they_are():
    grey = np.asarray(drawn(4).convert("L"))
    assert match_locally(grey, grey).inliers.sum() > 50
