"""From stored pictures to a training batch: a random crop, and in the augmented models jitter, rotation and tilt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional


@dataclass(frozen=True)
class Augmentation:
    """How far a picture may be changed. The defaults are a plain crop at a random place."""

    smallest_crop: float = 1.0  # side of the crop as a share of the picture's shorter side, at least
    stretch: float = 0.0  # log of the crop's aspect ratio, at most
    rotation: float = 0.0  # radians, at most
    tilt: float = 0.0  # perspective: how much one border may lie farther away than the opposite one
    contrast: float = 0.0  # contrast and brightness change by this share, at most
    colour: float = 0.0  # saturation likewise; the colour cast by a fifth of it (standard deviation)


STRONG = Augmentation(smallest_crop=0.5, stretch=0.15, rotation=0.12, tilt=0.15, contrast=0.3, colour=0.3)


def make_batch(pictures: Sequence[np.ndarray], size: int, augmentation: Augmentation, random: np.random.Generator) -> torch.Tensor:
    """Pictures (H, W, 3) uint8 of any shapes → (B, 3, size, size) float32 in 0…1."""
    draws = random.random((len(pictures), 10))
    batch = torch.empty(len(pictures), 3, size, size)
    shapes = [picture.shape for picture in pictures]
    for shape in sorted(set(shapes)):
        members = [k for k, other in enumerate(shapes) if other == shape]
        stacked = torch.from_numpy(np.stack([pictures[k] for k in members])).permute(0, 3, 1, 2).float().div_(255)
        grid = _grid(shape[0], shape[1], size, augmentation, draws[members])
        batch[members] = functional.grid_sample(stacked, grid, padding_mode="reflection", align_corners=False)
    return _jitter(batch, augmentation, draws)


def _grid(height: int, width: int, size: int, limits: Augmentation, draws: np.ndarray) -> torch.Tensor:
    """Where every pixel of the outcome is taken from: (B, size, size, 2) in -1…1 of the picture."""
    shift_x, shift_y, crop, stretch, turn, tilt_x, tilt_y = torch.from_numpy(draws[:, :7]).float().mul(2).sub(1).T
    side = min(height, width) * (limits.smallest_crop + (1 - limits.smallest_crop) * (crop + 1) / 2)
    ratio = torch.exp(limits.stretch * stretch)
    half_x, half_y = side * ratio / width, side / ratio / height  # half the crop in units of half the picture
    centre_x, centre_y = shift_x * (1 - half_x).clamp(min=0), shift_y * (1 - half_y).clamp(min=0)
    line = (torch.arange(size) + 0.5) / size * 2 - 1
    y, x = torch.meshgrid(line, line, indexing="ij")
    column = [value.view(-1, 1, 1) for value in (half_x, half_y, centre_x, centre_y, limits.rotation * turn)]
    half_x, half_y, centre_x, centre_y, angle = column
    # Tilt first, as if the picture were turned away about its upright and its level axis.
    depth = 1 + limits.tilt * (tilt_x.view(-1, 1, 1) * x + tilt_y.view(-1, 1, 1) * y)
    x, y = x / depth, y / depth
    x, y = x * angle.cos() - y * angle.sin(), x * angle.sin() + y * angle.cos()
    return torch.stack([centre_x + half_x * x, centre_y + half_y * y], -1)


def _jitter(batch: torch.Tensor, limits: Augmentation, draws: np.ndarray) -> torch.Tensor:
    """Change contrast, brightness, saturation and colour cast of (B, 3, S, S) pictures in 0…1."""
    if not limits.contrast and not limits.colour:
        return batch
    column = torch.from_numpy(draws[:, 7:]).float().mul(2).sub(1).view(-1, 3, 1, 1, 1)
    contrast, brightness, saturation = (column[:, k] for k in range(3))
    mean = batch.mean((1, 2, 3), keepdim=True)
    batch = (batch - mean) * (1 + limits.contrast * contrast) + mean * (1 + limits.contrast * brightness)
    grey = batch.mean(1, keepdim=True)
    batch = grey + (batch - grey) * (1 + limits.colour * saturation)
    cast = torch.cat([brightness, contrast, saturation], 1) * limits.colour / 5
    return (batch * (1 + cast)).clamp_(0, 1)
