"""Solids put together from textured triangles, in metres: x to the right, y away from the viewer, z up."""

import math
from dataclasses import dataclass

import numpy as np

Point = tuple[float, float, float]
LANDMARK, NEIGHBOUR = 0, 1  # values of `part`


@dataclass(frozen=True, eq=False)
class Landmark:
    """A building with its neighbours, ready to be photographed; its front faces -y.

    corners (T, 3, 3), uv (T, 3, 2), texture (T,), normal (T, 3), part (T,): triangles. textures (K, S, S, 5) uint8: red,
    green, blue, light at night, opacity. ground: index of the ground's texture. low, high: (3,) bounds of the landmark
    itself. style_key names what it was drawn from.
    """

    corners: np.ndarray
    uv: np.ndarray
    texture: np.ndarray
    normal: np.ndarray
    part: np.ndarray
    textures: np.ndarray
    ground: int
    low: np.ndarray
    high: np.ndarray
    archetype: str
    style_key: str


class Mesh:
    """Collects triangles; `part` is the value that the next ones get."""

    def __init__(self):
        self.corners: list[tuple[Point, Point, Point]] = []
        self.uv: list[tuple] = []
        self.texture: list[int] = []
        self.parts: list[int] = []
        self.part = LANDMARK

    def triangle(self, a: Point, b: Point, c: Point, uv_a, uv_b, uv_c, texture: int) -> None:
        """One triangle with its texture coordinates; v grows downwards."""
        self.corners.append((a, b, c))
        self.uv.append((uv_a, uv_b, uv_c))
        self.texture.append(texture)
        self.parts.append(self.part)

    def quad(self, a: Point, b: Point, c: Point, d: Point, texture: int, across: float = 1, up: float = 1) -> None:
        """Bottom left, bottom right, top right, top left; the texture repeats `across` and `up` times."""
        self.triangle(a, b, c, (0, up), (across, up), (across, 0), texture)
        self.triangle(a, c, d, (0, up), (across, 0), (0, 0), texture)

    def box(self, x, y, width, depth, base, height, front: int, top: int, side: int | None = None, across=1, up=1) -> None:
        """An upright box centred at (x, y); the sides repeat their texture as densely as the front."""
        side = front if side is None else side
        x0, x1, y0, y1, z0, z1 = x - width / 2, x + width / 2, y - depth / 2, y + depth / 2, base, base + height
        deep = max(1, round(across * depth / width))
        self.quad((x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1), front, across, up)
        self.quad((x1, y1, z0), (x0, y1, z0), (x0, y1, z1), (x1, y1, z1), side, across, up)
        self.quad((x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1), side, deep, up)
        self.quad((x0, y1, z0), (x0, y0, z0), (x0, y0, z1), (x0, y1, z1), side, deep, up)
        self.quad((x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1), top, max(1, width / 6), max(1, depth / 6))

    def cylinder(self, x, y, radius, base, height, texture: int, sides=14, around=4, upper=None, turn=0.0, cap=None):
        """An upright cylinder, or a cone to the radius `upper`; `cap` closes it with a texture."""
        upper = radius if upper is None else upper
        for k in range(sides):
            angles = (2 * math.pi * k / sides + turn, 2 * math.pi * (k + 1) / sides + turn)
            (cos0, sin0), (cos1, sin1) = ((math.cos(angle), math.sin(angle)) for angle in angles)
            u0, u1 = around * k / sides, around * (k + 1) / sides
            a = (x + radius * cos0, y + radius * sin0, base)
            b = (x + radius * cos1, y + radius * sin1, base)
            c = (x + upper * cos1, y + upper * sin1, base + height)
            d = (x + upper * cos0, y + upper * sin0, base + height)
            self.triangle(a, b, c, (u0, 1), (u1, 1), (u1, 0), texture)
            if upper > 1e-3:
                self.triangle(a, c, d, (u0, 1), (u1, 0), (u0, 0), texture)
                if cap is not None:
                    self.triangle(d, c, (x, y, base + height), (0, 0), (1, 0), (0.5, 0.5), cap)

    def dome(self, x, y, radius, base, height, texture: int, sides=14, rings=5, bulge=0.0) -> None:
        """A dome in rings; `bulge` swells it outwards like an onion."""

        def at(angle: float) -> float:
            return max(0.0, radius * (math.cos(angle) + bulge * math.sin(2 * angle)))

        for ring in range(rings):
            low, high = (math.pi / 2 * k / rings for k in (ring, ring + 1))
            rise = height * (math.sin(high) - math.sin(low))
            upper = at(high) if ring < rings - 1 else 0.0
            self.cylinder(x, y, at(low), base + height * math.sin(low), rise, texture, sides, sides, upper)

    def gable(self, x, y, width, depth, base, height, wall: int, roof: int, along_x=False) -> None:
        """A saddle roof; its gables face front and back, or left and right where the ridge runs along x."""
        x0, x1, y0, y1, z0, z1 = x - width / 2, x + width / 2, y - depth / 2, y + depth / 2, base, base + height
        long = max(1, (width if along_x else depth) / 6)
        if along_x:
            self.triangle((x1, y0, z0), (x1, y1, z0), (x1, y, z1), (0, 1), (1, 1), (0.5, 0), wall)
            self.triangle((x0, y1, z0), (x0, y0, z0), (x0, y, z1), (0, 1), (1, 1), (0.5, 0), wall)
            self.quad((x0, y0, z0), (x1, y0, z0), (x1, y, z1), (x0, y, z1), roof, long)
            self.quad((x1, y1, z0), (x0, y1, z0), (x0, y, z1), (x1, y, z1), roof, long)
        else:
            self.triangle((x0, y0, z0), (x1, y0, z0), (x, y0, z1), (0, 1), (1, 1), (0.5, 0), wall)
            self.triangle((x1, y1, z0), (x0, y1, z0), (x, y1, z1), (0, 1), (1, 1), (0.5, 0), wall)
            self.quad((x1, y0, z0), (x1, y1, z0), (x, y1, z1), (x, y0, z1), roof, long)
            self.quad((x0, y1, z0), (x0, y0, z0), (x, y0, z1), (x, y1, z1), roof, long)

    def pyramid(self, x, y, width, base, height, texture: int, sides=4) -> None:
        """A pointed roof over a square of this width, or over a polygon."""
        square = sides == 4
        radius = width / 2 * (math.sqrt(2) if square else 1)
        self.cylinder(x, y, radius, base, height, texture, sides, sides, 0, math.pi / 4 if square else 0)

    def battlements(self, x, y, width, depth, base, texture: int, count=8, height=0.9) -> None:
        """A row of merlons round a flat roof, `count` along the front."""
        for k in range(count):
            self.box(x - width / 2 + width * (k + 0.5) / count, y - depth / 2 + 0.2, width / count * 0.5, 0.4, base,
                     height, texture, texture)  # fmt: skip
        deep = max(2, int(count * depth / width))
        for k in range(deep):
            along = y - depth / 2 + depth * (k + 0.5) / deep
            for side in (x + width / 2 - 0.2, x - width / 2 + 0.2):
                self.box(side, along, 0.4, depth / deep * 0.5, base, height, texture, texture)

    def pinnacles(self, x, y, width, depth, base, height, texture: int, tip: int) -> None:
        """A small spire on each corner."""
        for sign_x in (-1, 1):
            for sign_y in (-1, 1):
                corner = (x + sign_x * width / 2, y + sign_y * depth / 2)
                self.box(*corner, width * 0.13, width * 0.13, base - 0.5, height * 0.5, texture, texture)
                self.pyramid(*corner, width * 0.13, base + height * 0.5 - 0.5, height * 0.6, tip)

    def finish(self, textures: np.ndarray, ground: int, archetype: str, style_key: str) -> Landmark:
        """The landmark that the triangles make up."""
        corners = np.array(self.corners, np.float64)
        normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
        part = np.array(self.parts, np.int64)
        own = corners[part == LANDMARK].reshape(-1, 3)
        return Landmark(
            corners, np.array(self.uv, np.float64), np.array(self.texture, np.int64), normal, part, textures, ground,
            own.min(0), own.max(0), archetype, style_key,
        )  # fmt: skip
