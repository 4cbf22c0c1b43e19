"""What stands about in a town: trees, people, buses, lamp posts, as flat cut-outs that turn to the camera."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image as PILImage
from PIL import ImageDraw

from retrieval_core.datasets.town.textures import SIDE, Atlas

CANVAS = 2 * SIDE
LEAVES = ((62, 92, 40), (80, 108, 48), (50, 76, 44), (140, 104, 44), (88, 100, 56))
BUSES = ((176, 30, 34), (40, 90, 160), (225, 225, 220), (46, 116, 74))
PEOPLE = 10


@dataclass(frozen=True, eq=False)
class Props:
    """textures (K, SIDE, SIDE, 5) uint8, and the numbers of each kind: tree, winter tree, person, bus, plain."""

    textures: np.ndarray
    kinds: dict[str, list[int]]


@cache
def load_props() -> Props:
    """All cut-outs; the same in every town."""
    random = np.random.default_rng(5)
    atlas = Atlas()
    kinds = {
        "tree": [_add(atlas, *_tree(random, colour)) for colour in LEAVES],
        "winter tree": [_add(atlas, *_winter_tree(random)) for _ in range(2)],
        "person": [_add(atlas, *_person(random)) for _ in range(PEOPLE)],
        "bus": [_add(atlas, *_bus(colour)) for colour in BUSES],
        "plain": [atlas.add(np.full((SIDE, SIDE, 3), 200.0))],
    }
    return Props(atlas.stacked(), kinds)


def _canvas(colour=(70, 52, 38)):
    return PILImage.new("RGB", (CANVAS, CANVAS), colour), PILImage.new("L", (CANVAS, CANVAS), 0)


def _add(atlas: Atlas, colour: PILImage.Image, opacity: PILImage.Image) -> int:
    small = [image.resize((SIDE, SIDE), PILImage.Resampling.BOX) for image in (colour, opacity)]
    return atlas.add(np.asarray(small[0], np.float32), None, np.asarray(small[1]))


def _tree(random, leaves):
    """A trunk under clumps of leaves, light on top and dark below."""
    picture, opacity = _canvas()
    paint, cut = ImageDraw.Draw(picture), ImageDraw.Draw(opacity)
    cut.polygon([(CANVAS * 0.47, CANVAS * 0.5), (CANVAS * 0.53, CANVAS * 0.5), (CANVAS * 0.55, CANVAS),
                 (CANVAS * 0.45, CANVAS)], fill=255)  # fmt: skip
    clumps = [(random.uniform(0, 2 * math.pi), math.sqrt(random.random())) for _ in range(300)]
    for angle, reach in clumps:
        x = CANVAS * (0.5 + 0.4 * reach * math.cos(angle))
        y = CANVAS * (0.36 + 0.32 * reach * math.sin(angle))
        radius = CANVAS * random.uniform(0.015, 0.05)
        light = random.uniform(0.65, 1.25) * (1.25 - 0.7 * y / CANVAS) * (1.1 - 0.25 * x / CANVAS)
        colour = tuple(int(value) for value in np.clip(np.array(leaves) * light, 0, 255))
        cut.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        paint.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return picture, opacity


def _winter_tree(random):
    """A bare tree, grown branch from branch."""
    picture, opacity = _canvas()
    cut = ImageDraw.Draw(opacity)
    cut.rectangle((CANVAS * 0.475, CANVAS * 0.6, CANVAS * 0.525, CANVAS), fill=255)

    def branch(x, y, angle, length, thickness):
        if length < 6:
            return
        tip = (x + length * math.cos(angle), y - length * math.sin(angle))
        cut.line((x, y, *tip), fill=255, width=max(2, int(thickness)))
        for _ in range(3):
            branch(*tip, angle + random.normal(0, 0.55), length * random.uniform(0.6, 0.85), thickness * 0.66)

    branch(CANVAS * 0.5, CANVAS * 0.62, math.pi / 2, CANVAS * 0.17, 9)
    return picture, opacity


def _person(random):
    """A standing person: shoes, legs, coat, arms, head, hair."""
    picture, opacity = _canvas((0, 0, 0))
    coat, trousers = (tuple(int(value) for value in random.integers(20, top, 3)) for top in (220, 110))
    skin = tuple(int(value) for value in np.array([224, 180, 150]) * random.uniform(0.45, 1.0))
    dark = tuple(int(value * 0.7) for value in coat)
    size = CANVAS
    parts = (
        ("rectangle", (0.36, 0.52, 0.47, 0.96), trousers), ("rectangle", (0.53, 0.52, 0.64, 0.96), trousers),
        ("rectangle", (0.33, 0.95, 0.47, 1.0), (25, 22, 20)), ("rectangle", (0.53, 0.95, 0.67, 1.0), (25, 22, 20)),
        ("rectangle", (0.22, 0.2, 0.32, 0.52), dark), ("rectangle", (0.68, 0.2, 0.78, 0.52), dark),
        ("rectangle", (0.3, 0.17, 0.7, 0.6), coat), ("ellipse", (0.4, 0.0, 0.6, 0.18), skin),
    )  # fmt: skip
    for shape, corners, fill in parts:
        box = tuple(value * size for value in corners)
        for image, value in ((picture, fill), (opacity, 255)):
            getattr(ImageDraw.Draw(image), shape)(box, fill=value)
    hair = tuple(int(value) for value in np.array([60, 42, 28]) * random.uniform(0.4, 2))
    ImageDraw.Draw(picture).pieslice((size * 0.39, -size * 0.01, size * 0.61, size * 0.17), 180, 360, fill=hair)
    return picture, opacity


def _bus(colour):
    """A double-decker from the side."""
    picture, opacity = _canvas(colour)
    paint, cut = ImageDraw.Draw(picture), ImageDraw.Draw(opacity)
    cut.rounded_rectangle((0, 4, CANVAS, CANVAS * 0.92), 14, fill=255)
    for top in (0.13, 0.5):
        for k in range(5):
            left = CANVAS * (0.04 + 0.19 * k)
            paint.rectangle((left, CANVAS * top, left + CANVAS * 0.16, CANVAS * (top + 0.2)), fill=(42, 52, 62))
            paint.line((left + 4, CANVAS * (top + 0.16), left + CANVAS * 0.1, CANVAS * top + 4), fill=(120, 135, 150), width=6)
    paint.rectangle((0, CANVAS * 0.4, CANVAS, CANVAS * 0.45), fill=(230, 230, 230))
    for centre in (0.2, 0.8):
        wheel = (CANVAS * (centre - 0.09), CANVAS * 0.82, CANVAS * (centre + 0.09), CANVAS)
        paint.ellipse(wheel, fill=(15, 15, 15))
        cut.ellipse(wheel, fill=255)
    return picture, opacity
