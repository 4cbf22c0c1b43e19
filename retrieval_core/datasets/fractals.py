"""Fractals: iterated function systems, and pictures of them.

Source: Kataoka et al., "Pre-training without Natural Images", ACCV 2020.
"""

import numpy as np
from numba import njit

from retrieval_core.datasets.town.textures import noise

POINTS = 9000  # drawn of every fractal
BURN_IN = 50  # first points, not yet on the attractor
MARGIN = 4  # pixels round the fractal
VARIATION = 0.2  # how far one parameter of the system may differ from the class's


def draw_system(random: np.random.Generator) -> np.ndarray:
    """Three to six contracting affine maps (M, 6): a, b, c, d, x, y."""
    maps = random.uniform(-1, 1, (random.integers(3, 7), 6))
    for row in maps:
        stretch = np.linalg.svd(row[:4].reshape(2, 2), compute_uv=False)[0]
        row[:4] *= min(1, random.uniform(0.5, 0.9) / stretch)
    return maps


def render_fractal(system: np.ndarray, size: int, random: np.random.Generator) -> np.ndarray:
    """One picture (size, size, 3) uint8 of a class."""
    maps = system.copy()
    maps.flat[random.integers(maps.size)] *= 1 + random.uniform(-VARIATION, VARIATION)
    weights = np.abs(maps[:, 0] * maps[:, 3] - maps[:, 1] * maps[:, 2]) + 0.03
    choices = random.choice(len(maps), POINTS, p=weights / weights.sum())
    ground = noise(random, size, 4)[..., None] * random.uniform(5, 30) + random.uniform(20, 230, 3)
    picture = np.clip(ground, 0, 255)
    colours = np.clip(random.uniform(0, 255, 3) + random.normal(0, 30, (len(maps), 3)), 0, 255)
    draw_points(maps, colours, choices, picture)
    picture = np.rot90(picture, int(random.integers(4)))
    if random.random() < 0.5:
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture).astype(np.uint8)


@njit(cache=True)
def draw_points(maps, colours, choices, picture):
    """Play the chaos game and put every point, 2×2 pixels, into the picture."""
    size = picture.shape[0]
    count = len(choices)
    xs, ys = np.empty(count), np.empty(count)
    x = y = 0.0
    for k in range(count):
        m = maps[choices[k]]
        x, y = m[0] * x + m[1] * y + m[4], m[2] * x + m[3] * y + m[5]
        xs[k], ys[k] = x, y
    left, top = xs[BURN_IN:].min(), ys[BURN_IN:].min()
    scale = (size - 2 * MARGIN) / max(xs[BURN_IN:].max() - left, ys[BURN_IN:].max() - top, 1e-6)
    for k in range(BURN_IN, count):
        column, row = int(MARGIN + (xs[k] - left) * scale), int(MARGIN + (ys[k] - top) * scale)
        if 0 <= row < size - 1 and 0 <= column < size - 1:
            picture[row : row + 2, column : column + 2] = colours[choices[k]]
