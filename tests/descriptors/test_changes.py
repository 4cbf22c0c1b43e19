"""What befalls a picture: each change against what it says of itself, and the same at every look."""

import io
from math import cos, radians, sin

import numpy as np
import pytest
from PIL import Image as PILImage
from scipy import ndimage

from retrieval_core.descriptors.changes import CHANGES, DISTANCE, STRENGTHS, changed, in_words
from retrieval_core.errors import RetrievalError


def picture(width=120, height=80, number=0):
    blocks = np.random.default_rng(number).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    return PILImage.fromarray(blocks.repeat(8, 0).repeat(8, 1))


def pixels(image):
    return np.asarray(image).astype(np.float64)


def after(name, strength, image=None, seed="q"):
    return changed(image or picture(), {name: strength}, seed)


@pytest.mark.parametrize("name", CHANGES)
def test_strengths_hold_the_one_that_changes_nothing_and_lie_within_the_bounds(name):
    change = CHANGES[name]
    assert change.unchanged in change.strengths
    assert all(change.least <= strength <= change.most for strength in change.strengths)
    assert list(change.strengths) in (sorted(change.strengths), sorted(change.strengths, reverse=True))
    assert STRENGTHS.fill_in({name: change.strengths[-1]})[name] == change.strengths[-1]
    same = picture()
    assert changed(same, {name: change.unchanged}, "q") is same


@pytest.mark.parametrize("name", CHANGES)
def test_the_same_seed_gives_the_same_picture(name):
    strength = CHANGES[name].strengths[-1]
    first, again = after(name, strength), after(name, strength)
    assert first.mode == "RGB"
    assert np.array_equal(pixels(first), pixels(again))
    random = name in ("perspective", "crop", "occlusion", "noise")
    others = [after(name, strength, seed=f"q{number}") for number in range(8)]
    assert any(first.size != one.size or not np.array_equal(pixels(first), pixels(one)) for one in others) == random


def test_a_quarter_turn_cuts_and_invents_nothing():
    for angle, turn in ((90, PILImage.Transpose.ROTATE_90), (180, PILImage.Transpose.ROTATE_180), (-90, PILImage.Transpose.ROTATE_270)):
        assert np.array_equal(pixels(after("rotation", angle)), pixels(picture().transpose(turn)))


def test_corners_have_the_mean_colour():
    turned = pixels(after("rotation", 45))
    assert np.abs(turned[0, 0] - pixels(picture()).mean((0, 1))).max() <= 0.5


@pytest.mark.parametrize("angle", [15, 30, 60])
@pytest.mark.parametrize("seed", ["a", "b", "c", "d"])
def test_perspective_is_that_of_a_plane_turned_about_its_upright_axis(angle, seed):
    """Three white spots lie where a camera in front of the middle sees them, to a pixel; which side is turned away, they tell."""
    width, height, spots = 200, 120, [(30, 20), (150, 90), (100, 60)]
    image = PILImage.new("RGB", (width, height))
    for x, y in spots:
        image.paste((255, 255, 255), (x - 3, y - 3, x + 3, y + 3))
    found = pixels(after("perspective", angle, image, seed))[:, :, 0]
    labels, count = ndimage.label(found > 128)
    assert count == 3
    seen = sorted((column + 0.5, row + 0.5) for row, column in ndimage.center_of_mass(found, labels, range(1, 4)))

    def projected(turn):
        distance = DISTANCE * width

        def place(x, y):
            depth = distance + (x - width / 2) * sin(turn)
            return (x - width / 2) * cos(turn) * distance / depth, (y - height / 2) * distance / depth

        corners = [place(x, y) for x in (0, width) for y in (0, height)]
        left, top = min(x for x, _ in corners), min(y for _, y in corners)
        return sorted((place(x, y)[0] - left, place(x, y)[1] - top) for x, y in spots)

    errors = [np.abs(np.array(projected(turn)) - seen).max() for turn in (radians(angle), -radians(angle))]
    assert min(errors) < 1.0
    assert found.shape[0] > height


def test_scale_and_crop_have_the_size_that_they_say():
    assert after("scale", 0.5).size == (60, 40)
    assert after("scale", 2.0).size == (240, 160)
    whole = pixels(picture())
    for percent in (80, 40, 20):
        part = pixels(after("crop", percent))
        height, width, _ = part.shape
        assert height * width == pytest.approx(percent / 100 * 120 * 80, rel=0.03)
        assert any(np.array_equal(whole[y : y + height, x : x + width], part)
                   for y in range(81 - height) for x in range(121 - width))  # fmt: skip


def test_what_is_hidden_grows_and_the_rest_stays():
    image = picture()
    before, hidden = pixels(image), np.zeros((80, 120), bool)
    mean = before.mean((0, 1)).round()
    for percent in (10, 20, 30, 50, 90):
        found = pixels(after("occlusion", percent, image))
        now = (found == mean).all(-1)
        assert now.mean() == pytest.approx(percent / 100, abs=0.02)
        assert np.array_equal(found[~now], before[~now])
        assert hidden.sum() < now.sum()
        hidden = now


def test_blur_is_a_gaussian_of_a_share_of_the_longest_side():
    """Pillow sums three boxes: within 2 grey levels on the mean of a true Gaussian, away from the border."""
    for width, height in ((200, 120), (400, 240)):
        image = picture(200, 120).resize((width, height), PILImage.Resampling.NEAREST)
        sigma = 0.02 * width
        expected = ndimage.gaussian_filter(pixels(image), (sigma, sigma, 0), mode="nearest")
        assert np.abs(pixels(after("blur", 2.0, image)) - expected)[16:-16, 16:-16].mean() < 2


def test_brightness_multiplies_and_clips():
    for factor in (0.25, 1.5, 3.0):
        assert np.abs(pixels(after("brightness", factor)) - np.minimum(255, factor * pixels(picture()))).max() <= 0.5


@pytest.mark.parametrize(("side", "grain"), [(128, 1), (1024, 4)])
def test_noise_has_its_deviation_and_grains_of_the_same_share_of_the_picture(side, grain):
    grey = PILImage.new("RGB", (side, side // 2), (128, 128, 128))
    noise = pixels(after("noise", 16, grey)) - 128
    assert noise.std() == pytest.approx(16, rel=0.03)
    assert noise.mean() == pytest.approx(0, abs=0.3)
    assert np.array_equal(noise[::grain, ::grain].repeat(grain, 0).repeat(grain, 1), noise)


def test_jpeg_is_what_comes_back_from_a_file_of_this_quality():
    image, errors = picture(), []
    for quality in (50, 20, 5):
        data = io.BytesIO()
        image.save(data, "JPEG", quality=quality)
        found = pixels(after("jpeg", quality, image))
        assert np.array_equal(found, pixels(PILImage.open(data)))
        errors.append(np.abs(found - pixels(image)).mean())
    assert errors == sorted(errors)
    assert errors[0] > 0


def test_several_happen_in_the_order_of_a_camera():
    both = changed(picture(), {"jpeg": 5, "rotation": 90}, "q")
    assert np.array_equal(pixels(both), pixels(after("jpeg", 5, after("rotation", 90))))
    assert in_words({"jpeg": 5, "blur": 0.5, "rotation": 90, "noise": 0}) == "rotation 90°, blur 0.5 %, jpeg 5"
    assert in_words({}) == ""


def test_a_picture_of_one_pixel_bears_everything():
    for name, change in CHANGES.items():
        for strength in change.strengths:
            assert min(after(name, strength, PILImage.new("RGB", (1, 1), (9, 9, 9))).size) >= 1


@pytest.mark.parametrize(
    ("strengths", "words"), [({"tilt": 3}, "perspective, rotation, scale"), ({"rotation": 400}, "at most 180"),
                             ({"jpeg": 0}, "at least 1"), ({"noise": 1.5}, "whole number"), ({"blur": float("nan")}, "a number")],
)  # fmt: skip
def test_what_is_no_change_says_what_is(strengths, words):
    with pytest.raises(RetrievalError, match=words):
        changed(picture(), strengths, "q")
