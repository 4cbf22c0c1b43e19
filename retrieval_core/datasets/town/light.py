"""Sun, sky, fog and lit windows of one moment."""

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from PIL import Image as PILImage

from retrieval_core.datasets.town.camera import View
from retrieval_core.datasets.town.textures import noise

SKIES = {"sun": 0.46, "cloud": 0.27, "fog": 0.06, "golden": 0.12, "dusk": 0.05, "night": 0.04}
"""Moments and how often they are photographed."""
# sun's colour, sky light on surfaces (shares of 1), colour overhead, colour at the horizon (0…255), light in windows
_MOODS = {
    "sun": ((0.82, 0.78, 0.70), (0.42, 0.46, 0.54), (70, 120, 200), (175, 205, 235), 0.0),
    "cloud": ((0.12, 0.12, 0.12), (0.80, 0.82, 0.86), (165, 172, 182), (212, 214, 218), 0.05),
    "fog": ((0.05, 0.05, 0.05), (0.80, 0.82, 0.86), (196, 200, 206), (206, 209, 213), 0.15),
    "golden": ((1.00, 0.80, 0.56), (0.40, 0.41, 0.50), (90, 120, 180), (245, 205, 150), 0.12),
    "dusk": ((0.15, 0.10, 0.10), (0.38, 0.38, 0.55), (40, 50, 100), (225, 150, 110), 0.8),
    "night": ((0.22, 0.17, 0.10), (0.26, 0.23, 0.25), (10, 13, 34), (40, 40, 56), 0.95),
}
_FOG = {
    "sun": (800, 1000),
    "cloud": (380, 460),
    "fog": (90, 200),
    "golden": (550, 650),
    "dusk": (450, 550),
    "night": (550, 650),
}
_CLOUDS = [noise(np.random.default_rng((3, k)), 128, 6, 0.62) for k in range(8)]


@dataclass(frozen=True, eq=False)
class Light:
    """Everything the shading needs of one moment; colours are RGB, `sun` points towards the sun."""

    moment: str
    sun: np.ndarray
    sun_colour: np.ndarray
    ambient: np.ndarray
    overhead: np.ndarray
    horizon: np.ndarray
    emission: float
    fog_distance: float

    @property
    def shadows(self) -> bool:
        """Whether anything casts a shadow."""
        return self.moment in ("sun", "golden", "night")


def draw_light(random: np.random.Generator) -> Light:
    """Draw a moment."""
    moment = str(random.choice(list(SKIES), p=list(SKIES.values())))
    sun_colour, ambient, overhead, horizon, emission = _MOODS[moment]
    elevation = {"sun": random.uniform(0.5, 1.1), "golden": random.uniform(0.15, 0.35), "night": 0.7, "dusk": 0.1}.get(moment, 0.9)
    bearing = random.choice([-1, 1]) * random.uniform(0.5, 1.5) if moment == "golden" else random.uniform(-1.4, 1.4)
    direction = (math.cos(elevation) * math.sin(bearing), -math.cos(elevation) * math.cos(bearing), math.sin(elevation))
    return Light(
        moment, np.array(direction), np.array(sun_colour) * random.uniform(0.85, 1.15),
        np.array(ambient) * random.uniform(0.85, 1.15), np.array(overhead, float) * random.uniform(0.8, 1.15),
        np.array(horizon, float) * random.uniform(0.9, 1.06), emission, random.uniform(*_FOG[moment]),
    )  # fmt: skip


def draw_sky(light: Light, view: View, width: int, height: int, random: np.random.Generator) -> np.ndarray:
    """The sky behind everything, (height, width, 3) float32: a gradient, clouds, and hills at the horizon."""
    focal = view.focal * width
    forward = view.rotation[2]
    horizon = height / 2 + focal * forward[2] / max(0.2, math.hypot(forward[0], forward[1]))
    rise = np.clip(np.arange(height) / max(horizon, height * 0.25), 0, 1)[:, None, None] ** 1.3
    gradient = light.overhead * (1 - rise) + light.horizon * rise
    if light.moment != "night" and random.random() < 0.8:
        cover = np.clip(_crop_noise(random, width, height) * random.uniform(0.3, 0.8) + random.uniform(-0.5, 0.3), 0, 1)
        white = np.array((250, 250, 252.0)) if light.moment == "sun" else light.horizon * 0.8 + 30
        sky = _blend(gradient[:, 0], cover * np.float32(0.85), white)
    else:
        sky = np.broadcast_to(gradient, (height, width, 3)).astype(np.float32)
    if light.moment == "night":
        for _ in range(random.poisson(40)):
            sky[random.integers(height), random.integers(width)] += random.uniform(40, 160)
    _hills(sky, light, horizon, random)
    return sky


@njit(cache=True)
def _blend(gradient, cover, white):
    """Clouds of colour `white` before a sky (H, 3), by their `cover` (H, W) 0…1; returns (H, W, 3) float32."""
    height, width = cover.shape
    sky = np.empty((height, width, 3), np.float32)
    for y in range(height):
        for x in range(width):
            clear = np.float32(1) - cover[y, x]
            for c in range(3):
                sky[y, x, c] = gradient[y, c] * clear + white[c] * cover[y, x]
    return sky


def _crop_noise(random, width: int, height: int) -> np.ndarray:
    clouds = _CLOUDS[random.integers(len(_CLOUDS))]
    top, left = random.integers(0, 48, 2)
    cut = clouds[top : top + 60, left : left + 80]
    cut = cut[:, ::-1].copy() if random.random() < 0.5 else cut.copy()
    return np.asarray(PILImage.fromarray(cut).resize((width, height), PILImage.Resampling.BICUBIC))


def _hills(sky: np.ndarray, light: Light, horizon: float, random) -> None:
    """Two hazy ridges and, in front, the roofs of a far-off town."""
    height, width = sky.shape[:2]
    steps = np.linspace(0, 2 * math.pi, width)
    rows = np.arange(height)[:, None]
    for distance, rise in ((0.75, 0.045), (0.55, 0.025)):
        waves = sum(random.uniform(0.2, 1) * np.sin(k * steps + random.uniform(0, 6)) for k in (1, 2, 3, 5))
        ridge = horizon - height * rise * (1 + 0.5 * waves)
        band = _band(height, ridge.min(), horizon)
        land = np.array((70, 86, 70)) * light.ambient * 1.2
        colour = light.horizon * distance + land * (1 - distance)
        sky[band][(rows[band] >= ridge) & (rows[band] <= horizon + 1)] = colour
    roofs = np.repeat(random.uniform(0, 1, width // 12 + 1), 12)[:width] ** 2 * height * 0.022
    colour = light.horizon * 0.45 + np.array((90, 84, 80)) * light.ambient * 0.55
    band = _band(height, (horizon - roofs).min(), horizon)
    sky[band][(rows[band] >= horizon - roofs) & (rows[band] <= horizon + 1)] = colour


def _band(height: int, top: float, horizon: float) -> slice:
    """The rows that a ridge from `top` down to the horizon can touch."""
    return slice(int(np.clip(top, 0, height)), int(np.clip(horizon + 2, 0, height)))
