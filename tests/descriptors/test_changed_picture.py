"""A changed picture comes to a network at the scale of the unchanged one, and what is not changed as the query itself does."""

import numpy as np
import pytest
from PIL import Image as PILImage

from retrieval_core.descriptors.changed_picture import LONGEST, change_picture
from retrieval_core.descriptors.extract import query_picture

BOX = (20.0, 10.0, 120.0, 90.0)


def photograph(width=200, height=120):
    return PILImage.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


@pytest.mark.parametrize("box", [None, BOX])
@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("crop", ["fill", "same"])
def test_without_a_change_it_is_the_query_to_the_byte(box, square, crop):
    found = change_picture(photograph(), box, {}, "q").at_entrance(112, square, crop)
    assert np.array_equal(found, query_picture(photograph(), box, 112, square, crop))


def test_a_large_one_is_made_smaller_first_and_differs_little():
    large = photograph().resize((2000, 1200), PILImage.Resampling.BICUBIC)
    kept = change_picture(large, None, {}, "q")
    assert max(kept.before.size) == LONGEST
    found, expected = (
        each.astype(float) for each in (kept.at_entrance(160, False, "fill"), query_picture(large, None, 160, False, "fill"))
    )
    assert np.abs(found - expected).mean() < 1.5  # grey levels


@pytest.mark.parametrize(("crop", "unchanged"), [("fill", (90, 112)), ("same", (45, 56))])
def test_what_is_left_of_a_crop_is_no_larger_than_before(crop, unchanged):
    plain = change_picture(photograph(), BOX, {}, "q").at_entrance(112, False, crop)
    assert plain.shape[:2] == unchanged
    part = change_picture(photograph(), BOX, {"crop": 64}, "q").at_entrance(112, False, crop)
    assert part.shape[:2] == pytest.approx([0.8 * side for side in unchanged], abs=1)


def test_a_scale_is_one_at_the_entrance_and_squares_stay_squares():
    twice = change_picture(photograph(), BOX, {"scale": 2.0}, "q")
    assert twice.at_entrance(112, False, "fill").shape[:2] == (179, 224)
    assert twice.at_entrance(112, True, "fill").shape[:2] == (112, 112)
    turned = change_picture(photograph(), BOX, {"rotation": 90}, "q").at_entrance(112, False, "fill")
    assert turned.shape[:2] == (112, 90)


def test_a_side_is_never_less_than_a_network_takes():
    assert min(change_picture(photograph(), BOX, {"scale": 0.25}, "q").at_entrance(64, False, "same").shape[:2]) == 33
