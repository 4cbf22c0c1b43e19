"""What can befall a picture before it is searched for, each with its unit and its strengths: the one place that defines them.

After Hendrycks and Dietterich, "Benchmarking neural network robustness to common corruptions and perturbations", ICLR 2019, who
change pictures at several strengths each. All lengths are shares of the picture's longest side, so that a strength means the same for
a small picture and a large one.
"""

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import cos, radians, sin, sqrt, tan

import numpy as np
from PIL import Image as PILImage
from PIL import ImageFilter

from retrieval_core.parameters import Parametrised

GRAINS = 256  # of the noise along the longest side; where the picture has fewer pixels, each is a grain
DISTANCE = 2.0  # of the camera from a picture that is turned away, in longest sides

Apply = Callable[[PILImage.Image, float, np.random.Generator], PILImage.Image]


@dataclass(frozen=True)
class Change:
    """One change: a new one is a function, and a row of CHANGES.

    `strengths` are those of the robustness chart, as on its axis; `unchanged` is the one at which nothing happens. A person may choose
    any from `least` to `most`. `apply(picture, strength, random)` takes and gives an RGB picture. Numbers that are whole stay whole.
    """

    title: str
    unit: str  # as it is written behind a strength
    words: str
    strengths: tuple[float, ...]
    unchanged: float
    least: float
    most: float
    step: float
    apply: Apply

    def say(self, strength: float) -> str:
        """A strength with its unit."""
        return f"{strength:g}{self.unit}"


def _turned_away(picture: PILImage.Image, angle: float, random: np.random.Generator) -> PILImage.Image:
    """Half the queries turn their left side away, half their right one: x → x cos a, seen from DISTANCE; nothing is cut off."""
    angle = radians(angle) * random.choice([-1, 1])
    (width, height), distance = picture.size, DISTANCE * max(picture.size)
    edges = [x * cos(angle) * distance / (distance + x * sin(angle)) for x in (-width / 2, width / 2)]
    half = distance * height / 2 / (distance - width / 2 * sin(abs(angle)))  # of the height on the side that comes near
    slope = tan(angle) / distance
    # Where a pixel (u, v) of the outcome lies in the picture: x = u / cos a / (1 - u slope), y = v / (1 - u slope).
    first = 1 - edges[0] * slope
    across = (1 / cos(angle) - width / 2 * slope, 0, edges[0] / cos(angle) + width / 2 * first)
    down = (-height / 2 * slope, 1, height / 2 * first - half)
    data = [value / first for value in (*across, *down, -slope, 0)]
    size = max(1, round(edges[1] - edges[0])), max(1, round(2 * half))
    return picture.transform(size, PILImage.Transform.PERSPECTIVE, data, PILImage.Resampling.BICUBIC, fillcolor=_mean(picture))


def _rotated(picture: PILImage.Image, angle: float, random: np.random.Generator) -> PILImage.Image:
    return picture.rotate(angle, PILImage.Resampling.BICUBIC, expand=True, fillcolor=_mean(picture))


def _scaled(picture: PILImage.Image, factor: float, random: np.random.Generator) -> PILImage.Image:
    width, height = (max(1, round(factor * side)) for side in picture.size)
    return picture.resize((width, height), PILImage.Resampling.LANCZOS)


def _cropped(picture: PILImage.Image, percent: float, random: np.random.Generator) -> PILImage.Image:
    return picture.crop(_window(picture.size, percent, random))


def _occluded(picture: PILImage.Image, percent: float, random: np.random.Generator) -> PILImage.Image:
    hidden = picture.copy()
    hidden.paste(_mean(picture), _window(picture.size, percent, random))
    return hidden


def _blurred(picture: PILImage.Image, percent: float, random: np.random.Generator) -> PILImage.Image:
    return picture.filter(ImageFilter.GaussianBlur(percent / 100 * max(picture.size)))


def _lit(picture: PILImage.Image, factor: float, random: np.random.Generator) -> PILImage.Image:
    return picture.point([min(255, round(factor * value)) for value in range(256)] * 3)


def _noisy(picture: PILImage.Image, deviation: float, random: np.random.Generator) -> PILImage.Image:
    width, height = picture.size
    grain = max(1.0, max(picture.size) / GRAINS)
    noise = random.standard_normal((max(1, round(height / grain)), max(1, round(width / grain)), 3), np.float32)
    rows, columns = (np.arange(side) * count // side for side, count in zip((height, width), noise.shape, strict=False))
    pixels = np.asarray(picture, np.float32) + deviation * noise[rows][:, columns]
    return PILImage.fromarray(np.clip(np.rint(pixels), 0, 255).astype(np.uint8))


def _saved(picture: PILImage.Image, quality: float, random: np.random.Generator) -> PILImage.Image:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=int(quality))
    return PILImage.open(data).convert("RGB")


# Camera, light, sensor, file: the order in which they befall a picture, where several do.
CHANGES = {
    "perspective": Change("Perspective", "°", "one side turned away", (0, 15, 30, 45, 60), 0, 0, 75, 5, _turned_away),
    "rotation": Change("Rotation", "°", "turned to the left; nothing is cut off", (0, 15, 30, 45, 90, 180), 0, -180, 180, 5, _rotated),
    "scale": Change("Scale", "×", "described at another size", (0.35, 0.5, 0.7, 1.0, 1.4, 2.0), 1.0, 0.25, 2.0, 0.05, _scaled),
    "crop": Change("Crop", " %", "of the area that is left", (100, 80, 60, 40, 20), 100, 10, 100, 5, _cropped),
    "occlusion": Change("Occlusion", " %", "of the area hidden", (0, 10, 20, 30, 50), 0, 0, 90, 5, _occluded),
    "blur": Change("Blur", " %", "of the longest side, σ", (0.0, 0.5, 1.0, 2.0, 4.0), 0.0, 0.0, 8.0, 0.25, _blurred),
    "brightness": Change("Brightness", "×", "times as bright", (0.25, 0.5, 0.75, 1.0, 1.5, 2.0), 1.0, 0.1, 4.0, 0.05, _lit),
    "noise": Change("Noise", "", "grey levels of 255, σ", (0, 8, 16, 32, 64), 0, 0, 128, 4, _noisy),
    "jpeg": Change("JPEG", "", "quality; 100 is not saved anew", (100, 50, 20, 10, 5), 100, 1, 100, 1, _saved),
}  # fmt: skip
"""What can be done to a picture, in the order in which it is done; by the name that commands and links use."""

STRENGTHS = Parametrised(
    "the changes",
    {name: change.unchanged for name, change in CHANGES.items()},
    {name: (change.least, change.most) for name, change in CHANGES.items()},
)
"""Strengths as parameters: checked, and those that are left out change nothing."""


def changed(picture: PILImage.Image, strengths: Mapping[str, float], seed: str) -> PILImage.Image:
    """An RGB picture after changes of these strengths, by name; what is random is drawn from `seed`, such as a query's id.

    The same seed gives the same draws at every strength: what is hidden of a picture grows, and stays where it is. RetrievalError
    for an unknown change, and for a strength out of its bounds.
    """
    for name, strength in STRENGTHS.fill_in(strengths).items():
        if strength != CHANGES[name].unchanged:
            picture = CHANGES[name].apply(picture, strength, _random(name, seed))
    return picture


def in_words(strengths: Mapping[str, float]) -> str:
    """What is done to a picture, as in "rotation 30°, blur 1 %"; empty where nothing is."""
    done = {name: strength for name, strength in STRENGTHS.fill_in(strengths).items() if strength != CHANGES[name].unchanged}
    return ", ".join(f"{name} {CHANGES[name].say(strength)}" for name, strength in done.items())


def _random(name: str, seed: str) -> np.random.Generator:
    return np.random.default_rng(list(hashlib.sha256(f"{name}\n{seed}".encode("utf-8", "surrogatepass")).digest()))


def _window(size: tuple[int, int], percent: float, random: np.random.Generator) -> tuple[int, int, int, int]:
    """A window of the picture's shape and so many percent of its area, one pixel at least; its place is random."""
    across, down = random.random(2)
    width, height = (max(1, round(sqrt(percent / 100) * side)) for side in size)
    left, top = round(across * (size[0] - width)), round(down * (size[1] - height))
    return left, top, left + width, top + height


def _mean(picture: PILImage.Image) -> tuple[int, ...]:
    """The mean colour: what fills a place that the picture leaves, and stands out the least."""
    return tuple(int(value) for value in np.asarray(picture).mean((0, 1)).round())
