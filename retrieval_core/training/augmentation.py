"""From stored pictures to a training batch: a random crop, and in the augmented models jitter, rotation, tilt and more.

PCA colour: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", NIPS 2012. Shear:
after Tensmeyer and Martinez, "Analysis of convolutional neural networks for document image classification", ICDAR 2017; how far it goes
is our choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import radians, tan

import numpy as np
import torch
from torch.nn import functional

from retrieval_core.datasets.pixels import Pixels


@dataclass(frozen=True)
class Augmentation:
    """How far a picture may be changed. The defaults are a plain crop at a random place."""

    smallest_crop: float = 1.0  # side of the crop as a share of the picture's shorter side, at least
    stretch: float = 0.0  # log of the crop's aspect ratio, at most
    rotation: float = 0.0  # radians, at most
    tilt: float = 0.0  # perspective: how much one border may lie farther away than the opposite one
    contrast: float = 0.0  # contrast and brightness change by this share, at most
    colour: float = 0.0  # saturation likewise; the colour cast by a fifth of it (standard deviation)
    shear: float = 0.0  # how far a pixel moves along each axis by its distance from the other: a tangent, at most
    principal: float = 0.0  # standard deviation of what is added along each principal axis of the colours, as a share of its variance
    colours: np.ndarray | None = None  # (3, 3): these axes in columns, each times its variance: see `principal_colours`


STRONG = Augmentation(smallest_crop=0.5, stretch=0.15, rotation=0.12, tilt=0.15, contrast=0.3, colour=0.3)


AUGMENTATIONS = {"strong": STRONG, "colour": replace(STRONG, principal=0.1), "shear": replace(STRONG, shear=tan(radians(10)))}
"""By the names that presets give them."""


COLOUR_SAMPLE = 64  # photographs whose colours are looked at, at most


def find_augmentation(name: str | None, smallest_crop: float, pixels: Pixels, train: np.ndarray) -> Augmentation:
    """The augmentation of a name, or a plain crop; the axes of colour are those of photographs that train, at positions `train`."""
    chosen = AUGMENTATIONS[name] if name else Augmentation(smallest_crop)
    if not chosen.principal:
        return chosen
    looked_at = train[np.linspace(0, len(train) - 1, min(COLOUR_SAMPLE, len(train))).astype(np.int64)]
    return replace(chosen, colours=principal_colours(pixels.read(looked_at)))


def make_batch(
    pictures: Sequence[np.ndarray], size: int, augmentation: Augmentation, random: np.random.Generator,
    rows: int | None = None, own: slice = slice(None),
) -> torch.Tensor:  # fmt: skip
    """Pictures (H, W, 3) uint8 of any shapes → (B, 3, size, size) float32 in 0…1.

    Where the pictures are the `own` ones of a batch of that many `rows`, they are changed as they would be among all of them.
    """
    rows = len(pictures) if rows is None else rows
    draws, none = random.random((rows, 10))[own], np.zeros((rows, 3))[own]
    slants = augmentation.shear * random.uniform(-1, 1, (rows, 2))[own] if augmentation.shear else none[:, :2]
    casts = random.normal(0, augmentation.principal, (rows, 3))[own] if augmentation.principal else none
    batch = torch.empty(len(pictures), 3, size, size)
    shapes = [picture.shape for picture in pictures]
    for shape in sorted(set(shapes)):
        members = [k for k, other in enumerate(shapes) if other == shape]
        stacked = torch.from_numpy(np.stack([pictures[k] for k in members])).permute(0, 3, 1, 2).float().div_(255)
        grid = _grid(shape[0], shape[1], size, augmentation, draws[members], slants[members])
        batch[members] = functional.grid_sample(stacked, grid, padding_mode="reflection", align_corners=False)
    batch = _jitter(batch, augmentation, draws)
    if augmentation.colours is None:
        return batch
    added = torch.from_numpy(casts @ augmentation.colours.T).float()
    return (batch + added[:, :, None, None]).clamp_(0, 1)


def principal_colours(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """The principal axes (3, 3) of the colours of all pixels of pictures (H, W, 3) uint8, in columns, each times its variance."""
    pixels = np.concatenate([picture.reshape(-1, 3) for picture in pictures]) / 255
    variances, axes = np.linalg.eigh(np.cov(pixels, rowvar=False, bias=True))
    return axes * variances


def _grid(height: int, width: int, size: int, limits: Augmentation, draws: np.ndarray, slants: np.ndarray) -> torch.Tensor:
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
    level, upright = (torch.from_numpy(slants[:, k]).float().view(-1, 1, 1) for k in range(2))
    x, y = x + level * y, y + upright * x
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
