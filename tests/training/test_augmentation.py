"""Training batches: a crop of full size is the picture itself, the strong changes are drawn anew and stay in range."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from retrieval_core.training.augmentation import (
    AUGMENTATIONS,
    STRONG,
    Augmentation,
    find_augmentation,
    make_batch,
    principal_colours,
)

WHOLE = Augmentation(smallest_crop=1.0)


def picture(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_crop_of_a_square_picture_is_the_picture():
    original = picture(24, 24)
    batch = make_batch([original], 24, WHOLE, np.random.default_rng(0))
    torch.testing.assert_close(batch[0].permute(1, 2, 0) * 255, torch.from_numpy(original).float(), rtol=0, atol=1e-2)


def test_a_crop_of_a_wide_picture_is_a_square_of_full_height_at_a_random_place():
    across = np.broadcast_to(np.arange(0, 240, 5, dtype=np.uint8)[None, :, None], (24, 48, 3))
    batch = make_batch([across] * 40, 24, WHOLE, np.random.default_rng(0))[:, 0, 0] * 255
    steps = batch[:, 1:] - batch[:, :-1]
    torch.testing.assert_close(steps, torch.full_like(steps, 5.0), rtol=0, atol=0.01)
    assert batch[:, 0].min() < 15
    assert batch[:, -1].max() > 220


def test_pictures_of_different_shapes_keep_their_places():
    pictures = [np.full((30, 40, 3), 50, np.uint8), np.full((40, 30, 3), 200, np.uint8), np.full((30, 40, 3), 90, np.uint8)]
    batch = make_batch(pictures, 16, WHOLE, np.random.default_rng(0))
    assert batch.shape == (3, 3, 16, 16)
    torch.testing.assert_close(batch.mean((1, 2, 3)) * 255, torch.tensor([50.0, 200.0, 90.0]))


def test_the_strong_changes_depend_on_the_random_numbers_alone_and_differ_between_pictures():
    pictures = [picture(36, 48)] * 3
    one, same, other = (make_batch(pictures, 32, STRONG, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.allclose(one, other)
    assert not torch.allclose(one[0], one[1])
    assert one.min() >= 0
    assert one.max() <= 1


def test_each_change_does_what_its_name_says():
    random = lambda: np.random.default_rng(3)  # noqa: E731
    flat = [np.full((20, 20, 3), (60, 120, 180), np.uint8)] * 50
    plain = make_batch(flat, 20, WHOLE, random())
    turned = make_batch(flat, 20, Augmentation(smallest_crop=0.5, stretch=0.2, rotation=0.3, tilt=0.2), random())
    torch.testing.assert_close(turned, plain)  # moving points about does not change a flat picture
    jittered = make_batch(flat, 20, Augmentation(smallest_crop=1.0, contrast=0.3), random()).mean((1, 2, 3))
    assert jittered.std() > 0.02
    coloured = make_batch(flat, 20, Augmentation(smallest_crop=1.0, colour=0.3), random())
    saturation = coloured.amax(1) - coloured.amin(1)
    assert saturation.mean((1, 2)).std() > 0.02


def test_the_crop_shrinks_no_further_than_allowed():
    """A horizontal ramp tells how much of the picture's width a crop spans."""
    ramp = np.broadcast_to(np.linspace(0, 255, 200).astype(np.uint8)[None, :, None], (200, 200, 3))
    batch = make_batch([ramp] * 60, 50, Augmentation(smallest_crop=0.6), np.random.default_rng(0))[:, 0, 25]
    spans = (batch[:, -1] - batch[:, 0]) * 50 / 49
    assert spans.min() > 0.58
    assert spans.max() < 1.01
    assert spans.std() > 0.05


def test_shear_moves_every_pixel_by_its_distance_from_the_middle():
    slanted = Augmentation(shear=0.2)
    size, random = 32, np.random.default_rng(4)
    random.random((1, 10))  # what all changes draw
    level, upright = 0.2 * random.uniform(-1, 1, (1, 2))[0]
    smooth = np.add.outer(np.arange(size) * 2, np.arange(size) * 3)[..., None].repeat(3, 2).astype(np.uint8)
    made = make_batch([smooth], size, slanted, np.random.default_rng(4))[0, 0].numpy() * 255
    for row, column in ((10, 12), (16, 20), (21, 9)):
        x, y = (column + 0.5) / size * 2 - 1, (row + 0.5) / size * 2 - 1
        across = x + level * y
        down = y + upright * across
        wanted = 2 * ((down + 1) / 2 * size - 0.5) + 3 * ((across + 1) / 2 * size - 0.5)
        assert made[row, column] == pytest.approx(wanted, abs=0.02)
    assert abs(level) > 0.01


def test_a_cast_lies_along_the_principal_axes_and_one_picture_has_one():
    random = np.random.default_rng(0)
    pixels = np.clip(random.normal(120, 1, (4000, 3)) @ np.diag([30, 10, 2]) / 10 % 256, 0, 255).reshape(40, 100, 3).astype(np.uint8)
    colours = principal_colours([pixels[:20], pixels[20:]])
    flat = pixels.reshape(-1, 3) / 255
    covariance = sum(np.outer(one, one) for one in flat - flat.mean(0)) / len(flat)
    for axis in colours.T:
        variance = np.linalg.norm(axis)
        assert covariance @ axis == pytest.approx(variance * axis, abs=1e-9)  # an eigenvector, as long as its eigenvalue
    grey = [np.full((20, 20, 3), 128, np.uint8)] * 400
    changed = make_batch(grey, 8, Augmentation(principal=0.1, colours=colours * 20), np.random.default_rng(1))
    casts = changed.flatten(2).numpy() - 128 / 255
    assert np.ptp(casts, axis=2).max() < 1e-6
    spread = np.linalg.lstsq(colours * 20, casts[:, :, 0].T, rcond=None)[0].std(axis=1)
    assert spread == pytest.approx([0.1, 0.1, 0.1], abs=0.015)


def test_what_is_added_leaves_the_numbers_of_the_strong_changes_as_they_are():
    pictures = [picture(36, 48, seed) for seed in range(3)]
    strong = make_batch(pictures, 32, AUGMENTATIONS["strong"], np.random.default_rng(1))
    assert AUGMENTATIONS["strong"] is STRONG
    nothing = replace(AUGMENTATIONS["colour"], colours=np.zeros((3, 3)))
    assert torch.equal(make_batch(pictures, 32, nothing, np.random.default_rng(1)), strong)
    assert not torch.equal(make_batch(pictures, 32, AUGMENTATIONS["shear"], np.random.default_rng(1)), strong)


def test_colours_are_those_of_photographs_that_train(pixels):
    train = np.arange(5)
    found = find_augmentation("colour", 1.0, pixels, train)
    assert found.colours == pytest.approx(principal_colours(pixels.read(train)))
    assert find_augmentation(None, 0.6, pixels, train) == Augmentation(0.6)
    assert find_augmentation("shear", 0.6, pixels, train).colours is None
