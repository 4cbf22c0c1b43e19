"""Points that two pictures share are found where they are known to be, and not in pictures that share nothing."""

import numpy as np
import pytest
from PIL import Image as PILImage
from PIL import ImageDraw

from retrieval_core.ranking.local_features import find_features, match_features


def drawn(seed, side=260):
    """A picture of many corners."""
    random, picture = np.random.default_rng(seed), PILImage.new("RGB", (side, side), "white")
    draw = ImageDraw.Draw(picture)
    for _ in range(90):
        x, y, width, height = (int(value) for value in random.integers((0, 0, 8, 8), (side - 20, side - 20, 45, 45)))
        draw.rectangle((x, y, x + width, y + height), fill=tuple(int(value) for value in random.integers(0, 255, 3)))
    return picture


def match(first, second):
    return match_features(find_features(first), find_features(second))


def test_a_picture_that_was_turned_and_shrunk_is_found_point_by_point():
    picture = drawn(0)
    turned = picture.rotate(20, expand=True, fillcolor="white").resize((300, 300))
    found = match(picture, turned)
    assert found.first.shape == found.second.shape == (len(found.inliers), 2)
    assert found.inliers.sum() > 40
    middle, angle, factor = np.array([130, 130]), np.deg2rad(20), 300 / picture.rotate(20, expand=True).width
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # the y axis points down
    wanted = (found.first - middle) @ turn.T * factor + 150
    gaps = np.linalg.norm(wanted - found.second, axis=1)
    assert np.median(gaps[found.inliers]) < 2
    assert gaps[found.inliers].max() < 10


def test_the_same_pictures_give_the_same_points():
    one, other = drawn(1), drawn(1).rotate(9)
    first, second = match(one, other), match(one, other)
    for name in ("first", "second", "inliers"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def test_pictures_of_different_things_have_few_inliers():
    assert match(drawn(2), drawn(3)).inliers.sum() < 10


@pytest.mark.parametrize("other", [PILImage.new("RGB", (80, 60), "white"), PILImage.new("RGB", (1, 1)), PILImage.new("L", (33, 33))])
def test_a_picture_without_points_has_no_matches(other):
    for pair in ((drawn(0), other), (other, drawn(0)), (other, other)):
        found = match(*pair)
        assert found.first.shape == found.second.shape == (0, 2)
        assert found.inliers.shape == (0,)


def test_grey_pictures_are_taken_as_they_are():
    grey = drawn(4).convert("L")
    assert match(grey, grey).inliers.sum() > 50
