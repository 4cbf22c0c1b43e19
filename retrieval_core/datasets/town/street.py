"""What is in front of the camera: the landmark and, round it, trees, people, buses and lamps."""

from dataclasses import dataclass

import numpy as np

from retrieval_core.datasets.town.camera import View
from retrieval_core.datasets.town.mesh import Landmark
from retrieval_core.datasets.town.props import load_props

PROP = 2  # value of `part` for everything that stands about
_UV = np.array([[[0.003, 0.997], [0.997, 0.997], [0.997, 0.003]], [[0.003, 0.997], [0.997, 0.003], [0.003, 0.003]]])


@dataclass(frozen=True, eq=False)
class Street:
    """Triangles in world metres, as in Landmark, with a tint (T, 3) for each."""

    corners: np.ndarray
    uv: np.ndarray
    texture: np.ndarray
    normal: np.ndarray
    part: np.ndarray
    tint: np.ndarray


class _Placer:
    """Puts cut-outs between the camera and what it looks at, never inside the building."""

    def __init__(self, landmark: Landmark, view: View, random: np.random.Generator):
        self.landmark, self.view, self.random = landmark, view, random
        line = (view.target - view.eye)[:2]
        self.distance = float(np.linalg.norm(line))
        self.forward = line / self.distance
        self.right = np.array([self.forward[1], -self.forward[0]])
        self.corners: list = []
        self.texture: list = []
        self.tint: list = []
        self.first = len(landmark.textures)  # the props' textures follow the landmark's

    def put(self, along, sideways, width, height, texture: int, tint=(1.0, 1.0, 1.0), base=0.0) -> None:
        """Stand a cut-out at a share of the way to the target, facing the camera."""
        x, y = self.view.eye[:2] + self.forward * self.distance * along + self.right * sideways
        low, high = self.landmark.low - 1, self.landmark.high + 1
        if low[0] < x < high[0] and low[1] < y < high[1]:
            return
        towards = np.array([x, y]) - self.view.eye[:2]
        towards /= np.linalg.norm(towards) + 1e-9
        half = np.array([towards[1], -towards[0]]) * width / 2
        left, right = np.array([x, y]) - half, np.array([x, y]) + half
        a, b = (*left, base), (*right, base)
        c, d = (*right, base + height), (*left, base + height)
        self.corners += [(a, b, c), (a, c, d)]
        self.texture += [texture + self.first] * 2
        self.tint += [tint] * 2


def draw_street(landmark: Landmark, view: View, random: np.random.Generator) -> Street:
    """Draw what stands about, and join it with the landmark."""
    kinds, place = load_props().kinds, _Placer(landmark, view, random)
    hidden = view.kind == "hidden"
    winter = random.random() < 0.25
    far = place.distance
    for _ in range(random.poisson({"hidden": 2.2, "clear": 0.5}.get(view.kind, 0.9))):
        before = hidden or random.random() < 0.35
        along = random.uniform(0.3, 0.85) if before else random.uniform(0.8, 1.3)
        sideways = random.normal(0, 0.33) * far if hidden else random.choice([-1, 1]) * random.uniform(0.2, 0.6) * far
        height = random.uniform(6, 16)
        tree = random.choice(kinds["winter tree" if winter else "tree"])
        place.put(along, sideways, height * 0.8, height, tree, tuple(random.uniform(0.8, 1.15, 3)))
    for _ in range(random.poisson(5 if hidden else 2.5)):
        along = random.uniform(0.12, 0.8)
        height = random.uniform(1.55, 1.9)
        place.put(along, random.normal(0, 0.3) * far * along * 1.3, height * 0.45, height, random.choice(kinds["person"]))
    if random.random() < (0.5 if hidden else 0.12):
        place.put(random.uniform(0.4, 0.75), random.normal(0, 0.2) * far, 10, 4.3, random.choice(kinds["bus"]))
    for _ in range(random.poisson(0.5)):
        along, sideways, height = random.uniform(0.25, 0.9), random.normal(0, 0.3) * far, random.uniform(4, 6)
        place.put(along, sideways, 0.16, height, kinds["plain"][0], (0.2, 0.2, 0.22))
        place.put(along, sideways, 0.5, 0.6, kinds["plain"][0], (1.1, 1.05, 0.9), height)
    return _joined(landmark, place)


def _joined(landmark: Landmark, place: _Placer) -> Street:
    count = len(place.corners)
    tint = np.ones((len(landmark.corners) + count, 3))
    if not count:
        return Street(landmark.corners, landmark.uv, landmark.texture, landmark.normal, landmark.part, tint)
    tint[-count:] = place.tint
    normal = np.array([*-place.forward, 0.35])  # leaning back a little, towards the sky
    normal /= np.linalg.norm(normal)
    return Street(
        np.concatenate([landmark.corners, np.array(place.corners)]),
        np.concatenate([landmark.uv, np.tile(_UV, (count // 2, 1, 1))]),
        np.concatenate([landmark.texture, np.array(place.texture)]),
        np.concatenate([landmark.normal, np.tile(normal, (count, 1))]),
        np.concatenate([landmark.part, np.full(count, PROP)]),
        tint,
    )
