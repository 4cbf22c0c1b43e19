"""Where the photographer stands, where he looks and how far he zooms."""

import math
from dataclasses import dataclass

import numpy as np

from retrieval_core.datasets.town.mesh import LANDMARK, Landmark

KINDS = {"clear": 0.50, "off centre": 0.24, "detail": 0.10, "hidden": 0.10, "far": 0.06}
"""Kinds of photographs and how often they are taken."""
PORTRAIT = 0.22  # share of upright pictures
ALL_ROUND = 0.10  # share of viewpoints from anywhere, the back included; the others stand before the front
HIGH = 0.25  # share of viewpoints from a tower or a window

_DISTANCE = {
    "clear": (0.95, 1.4),
    "off centre": (0.8, 1.7),
    "detail": (0.6, 1.2),
    "hidden": (0.9, 1.7),
    "far": (1.7, 2.6),
}
_WANDER = {"clear": 0.07, "off centre": 0.28, "detail": 0.04, "hidden": 0.2, "far": 0.5}


@dataclass(frozen=True, eq=False)
class View:
    """A camera. eye, target: (3,) metres; rotation: (3, 3), rows right, down, forward; focal: of a picture 1 wide."""

    kind: str
    eye: np.ndarray
    target: np.ndarray
    rotation: np.ndarray
    focal: float
    zoom: float
    portrait: bool


def look_at(eye: np.ndarray, target: np.ndarray, roll: float) -> np.ndarray:
    """Rotation (3, 3) from world to camera: rows right, down, forward."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, (0, 0, 1.0))
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    cos, sin = math.cos(roll), math.sin(roll)
    return np.stack([cos * right + sin * down, -sin * right + cos * down, forward])


def draw_view(landmark: Landmark, random: np.random.Generator, aspect: float) -> View:
    """Draw a viewpoint; `aspect` is height by width of a landscape picture."""
    kind = str(random.choice(list(KINDS), p=list(KINDS.values())))
    portrait = bool(random.random() < PORTRAIT)
    low, high = landmark.low, landmark.high
    centre, extent = (low + high) / 2, high - low
    size = max(extent[0], extent[2] * 1.25)
    azimuth = random.uniform(-math.pi, math.pi) if random.random() < ALL_ROUND else random.normal(0, 0.42)
    field = math.radians(random.uniform(38, 68))
    fit = size / 2 / math.tan(field / 2) * (1 / aspect if portrait else 1)
    distance = random.uniform(*_DISTANCE[kind]) * fit + extent[1] * 0.45
    eye_height = random.uniform(4, 22) if random.random() < HIGH else random.uniform(1.5, 2.2)
    eye = np.array([centre[0] + distance * math.sin(azimuth), centre[1] - distance * math.cos(azimuth), eye_height])
    target = np.array([centre[0], (centre[1] + low[1]) / 2, low[2] + extent[2] * random.uniform(0.36, 0.55)])
    zoom = 1.0
    if kind == "detail":
        towards = np.array([math.sin(azimuth), -math.cos(azimuth), 0])
        facing = np.flatnonzero((landmark.part == LANDMARK) & (landmark.normal @ towards > 0.2))
        target = landmark.corners[random.choice(facing)].mean(0)
        zoom = random.uniform(2.0, 4.2)
    wander = _WANDER[kind]
    sideways = random.uniform(-1, 1) * wander * size
    target = target + np.array([
        sideways * math.cos(azimuth), sideways * math.sin(azimuth), random.uniform(-0.5, 0.8) * wander * extent[2],
    ])  # fmt: skip
    rotation = look_at(eye, target, random.normal(0, 0.018))
    return View(kind, eye, target, rotation, zoom / 2 / math.tan(field / 2), zoom, portrait)
