"""Training batches: a crop of full size is the picture itself, the strong changes are drawn anew and stay in range."""

import numpy as np
import torch

from retrieval_core.training.augmentation import STRONG, Augmentation, make_batch

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
