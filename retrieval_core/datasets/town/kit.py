"""What every archetype builds with: random measures, the textures of one style, bodies, towers and what tops them."""

import math
from dataclasses import replace

import numpy as np

from retrieval_core.datasets.town.facades import Plan, draw_facade
from retrieval_core.datasets.town.mesh import Mesh
from retrieval_core.datasets.town.styles import Style
from retrieval_core.datasets.town.textures import Atlas, ribs, stone, tiles

ROOFS = ("saddle", "flat", "battlements", "hip")
TOPS = ("pyramid", "spire", "dome", "battlements", "onion", "pinnacles")


class Kit:
    """The building site of one landmark; lengths are metres."""

    def __init__(self, random: np.random.Generator, style: Style):
        self.random, self.style = random, style
        self.mesh, self.atlas = Mesh(), Atlas()
        self.width, self.depth, self.height = self.between(22, 36), self.between(14, 26), self.between(11, 18)
        self.roof_kind = str(random.choice(ROOFS))
        storeys, bays = self.whole(2, 4), self.whole(2, 5)
        tower = replace(style, window_width=self.between(0.3, 0.6), window_height=self.between(0.5, 0.8),
                        mullions=self.whole(1, 3), niche_row=0)  # fmt: skip
        tall = replace(style, window_width=0.72, window_height=0.85, mullions=self.whole(2, 5),
                       transoms=self.whole(2, 5), pilasters=False, niche_row=0)  # fmt: skip
        special = str(random.choice(["clock", "rose"]))
        arcade = str(random.choice(["gothic", "arch"]))
        self.wall = self.facade(style, Plan(storeys, bays, style.window))
        self.entrance = self.facade(style, Plan(storeys, bays | 1, style.window, door=True))
        self.tower = self.facade(tower, Plan(self.whole(2, 4), self.whole(1, 2), style.second_window))
        self.clock = self.facade(tower, Plan(self.whole(2, 3), 1, style.second_window, special=special))
        self.arcade = self.facade(tall, Plan(1, self.whole(3, 6), arcade))
        self.plain = self.atlas.add(stone(random, style.colour, style.course, style.brick, style.variation))
        self.roof = self.atlas.add(tiles(random, style.roof))
        self.sheet = self.atlas.add(ribs(random, style.roof))

    def between(self, low: float, high: float) -> float:
        """A random measure."""
        return float(self.random.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        """A random count, both ends included."""
        return int(self.random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return bool(self.random.random() < probability)

    def either_side(self) -> int:
        """-1 or 1."""
        return -1 if self.chance(0.5) else 1

    def facade(self, style: Style, plan: Plan) -> int:
        """Draw a facade and return its texture's number."""
        return self.atlas.add(*draw_facade(self.random, style, plan))

    def body(self, x, y, width, depth, height, front: int, side: int | None = None, across=1, roof=None) -> None:
        """A block with a cornice, a roof and perhaps chimneys."""
        mesh, roof = self.mesh, roof or self.roof_kind
        mesh.box(x, y, width, depth, 0, height, front, self.roof, side, across)
        mesh.box(x, y, width * 1.03, depth * 1.03, height, 0.5, self.plain, self.plain)
        top = height + 0.5
        if roof == "saddle":
            mesh.gable(x, y, width * 1.03, depth * 1.03, top, depth * self.between(0.25, 0.4), self.plain, self.roof, True)
            for sign in (-1, 1):
                if self.chance(0.5):
                    mesh.box(x + sign * width * 0.42, y, 1.2, 1.2, top, depth * 0.45, self.plain, self.plain)
        elif roof == "battlements":
            mesh.battlements(x, y, width, depth, top, self.plain, max(6, int(width / 2.2)), 1)
        elif roof == "hip":
            mesh.cylinder(x, y, math.sqrt(0.5) * width * 1.02, top, depth * 0.22, self.roof, 4, 4,
                          math.sqrt(0.5) * width * 0.6, math.pi / 4, cap=self.roof)  # fmt: skip

    def top(self, x, y, width, base, kind: str | None = None) -> None:
        """What crowns a tower."""
        mesh, kind = self.mesh, kind or str(self.random.choice(TOPS))
        if kind == "pyramid":
            mesh.pyramid(x, y, width * 1.08, base, width * self.between(0.6, 1.1), self.roof)
        elif kind == "spire":
            mesh.cylinder(x, y, width * 0.5, base, width * self.between(2, 3.4), self.roof, 8, 4, 0)
            mesh.pinnacles(x, y, width * 0.9, width * 0.9, base, width * 0.5, self.plain, self.roof)
        elif kind == "dome":
            mesh.cylinder(x, y, width * 0.46, base, width * 0.35, self.tower, 10, 5)
            mesh.dome(x, y, width * 0.48, base + width * 0.35, width * self.between(0.45, 0.7), self.sheet, 10, 4)
            mesh.cylinder(x, y, width * 0.1, base + width * 0.85, width * 0.35, self.plain, 6, 2)
            mesh.pyramid(x, y, width * 0.2, base + width * 1.2, width * 0.4, self.roof, 6)
        elif kind == "battlements":
            mesh.battlements(x, y, width, width, base, self.plain, 6, width * 0.12)
        elif kind == "onion":
            mesh.dome(x, y, width * 0.5, base, width * self.between(0.8, 1.1), self.sheet, 8, 5, 0.18)
            mesh.pyramid(x, y, width * 0.15, base + width * 0.9, width * 0.6, self.roof, 6)
        else:
            mesh.battlements(x, y, width, width, base, self.plain, 5, width * 0.08)
            mesh.pinnacles(x, y, width * 0.92, width * 0.92, base, width * self.between(0.5, 0.9), self.plain, self.roof)

    def columns(self, x, y, width, count: int, radius: float, base, height) -> None:
        """A row of columns from left to right."""
        for k in range(count):
            self.mesh.cylinder(x - width / 2 + width * (k + 0.5) / count, y, radius, base, height, self.plain, 8, 1)
