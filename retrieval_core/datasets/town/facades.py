"""Facades as pictures: bays and storeys with windows, doors, roses, clocks, statues and mouldings."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image as PILImage
from PIL import ImageDraw

from retrieval_core.datasets.town.styles import Style
from retrieval_core.datasets.town.textures import SIDE, stone

SCALE = 3  # drawn this much larger than the texture, then shrunk: smooth edges
CANVAS = SIDE * SCALE
LIT = 0.55  # share of windows with light in them at night


@dataclass(frozen=True)
class Plan:
    """What a facade shows: storeys, bays, kind of window, and what stands in the middle bay."""

    storeys: int
    bays: int
    window: str
    door: bool = False
    special: str | None = None  # "rose" or "clock", in the top storey


def draw_facade(random: np.random.Generator, style: Style, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """A facade as colour (SIDE, SIDE, 3) float32 and light at night (SIDE, SIDE) uint8."""
    return _Facade(random, style, plan).draw()


class _Facade:
    def __init__(self, random, style: Style, plan: Plan):
        self.random, self.style, self.plan = random, style, plan
        wall = np.clip(stone(random, style.colour, style.course, style.brick, style.variation), 0, 255)
        self.picture = PILImage.fromarray(wall.astype(np.uint8)).resize((CANVAS, CANVAS), PILImage.Resampling.BICUBIC)
        self.light = PILImage.new("L", (CANVAS, CANVAS), 0)
        self.pen, self.lamp = ImageDraw.Draw(self.picture), ImageDraw.Draw(self.light)
        self.dark = tuple(int(value * 0.6) for value in style.colour)
        self.bright = tuple(min(255, int(value * 1.14)) for value in style.colour)
        self.storey, self.bay = CANVAS / plan.storeys, CANVAS / plan.bays

    def draw(self) -> tuple[np.ndarray, np.ndarray]:
        plan, style = self.plan, self.style
        for row in range(plan.storeys):
            self.string_course(row)
            for column in range(plan.bays):
                self.opening(row, column)
            if style.pilasters:
                self.pilasters(row)
            if style.bands:
                self.bands(row)
        shrunk = np.asarray(self.picture.resize((SIDE, SIDE), PILImage.Resampling.BOX), np.float32)
        shrunk = shrunk + self.random.normal(0, 2.5, shrunk.shape)
        return shrunk, np.asarray(self.light.resize((SIDE, SIDE), PILImage.Resampling.BOX))

    def opening(self, row: int, column: int) -> None:
        """What stands in one bay of one storey."""
        plan, style = self.plan, self.style
        x, y = (column + 0.5) * self.bay, (row + 0.54) * self.storey
        width, height = self.bay * style.window_width, self.storey * style.window_height
        middle = column == plan.bays // 2
        lit = self.random.random() < LIT
        if plan.door and row == plan.storeys - 1 and middle:
            self.door(x, (row + 1) * self.storey)
        elif plan.special and row == 0 and middle:
            radius = min(self.bay, self.storey) * 0.43
            (self.rose if plan.special == "rose" else self.clock)(x, y, radius)
        elif style.niche_row and column % 2 == 1 and row == style.niche_row % plan.storeys:
            self.statue(x, y, width, height)
        elif plan.window == "pair":
            for side in (-1, 1):
                self.window(x + side * width * 0.28, y, width * 0.42, height, "arch", lit)
        else:
            self.window(x, y, width, height, plan.window, lit)

    def window(self, x, y, width, height, kind: str, lit: bool) -> None:
        """A window in its reveal: trim, shadow under the head, glass brighter towards the sky, bars and sill."""
        style = self.style
        self.shape(self.pen, x, y, width, height, kind, CANVAS * 0.016, style.trim)
        self.shape(self.pen, x, y, width, height, kind, CANVAS * 0.007, self.dark)
        self.shape(self.pen, x, y, width, height, kind, 0, tuple(int(value * 0.55) for value in style.glass))
        self.shape(self.pen, x + width * 0.05, y + height * 0.04, width * 0.9, height * 0.92, kind, 0, style.glass)
        sky = tuple(min(255, int(value * 1.35 + 12)) for value in style.glass)
        self.pen.polygon([(x - width * 0.35, y + height * 0.1), (x + width * 0.1, y - height * 0.3),
                          (x + width * 0.25, y - height * 0.3), (x - width * 0.35, y + height * 0.3)], fill=sky)  # fmt: skip
        if lit:
            self.shape(self.lamp, x, y, width, height, kind, 0, 255)
        self.bars(x, y, width, height, kind)
        if style.pediments and kind in ("rectangle", "sash"):
            top = y - height / 2
            self.pen.polygon([(x - width * 0.75, top - CANVAS * 0.01), (x + width * 0.75, top - CANVAS * 0.01),
                              (x, top - CANVAS * 0.045)], fill=self.bright, outline=self.dark)  # fmt: skip
        sill = y + height / 2
        self.pen.rectangle((x - width * 0.7, sill + 2, x + width * 0.7, sill + CANVAS * 0.018), fill=self.bright)
        self.pen.rectangle((x - width * 0.7, sill + CANVAS * 0.018, x + width * 0.7, sill + CANVAS * 0.026), fill=self.dark)

    def shape(self, pen, x, y, width, height, kind: str, grow: float, fill) -> None:
        """The outline of a window, filled."""
        if kind in ("arch", "gothic"):
            width = min(width, height * 0.95)
        left, top, right, bottom = (
            x - width / 2 - grow,
            y - height / 2 - grow,
            x + width / 2 + grow,
            y + height / 2 + grow,
        )
        if kind == "round":
            radius = min(width, height) / 2 + grow
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
        elif kind == "arch":
            radius = (right - left) / 2
            pen.rectangle((left, top + radius, right, max(bottom, top + radius)), fill=fill)
            pen.pieslice((left, top, right, top + 2 * radius), 180, 360, fill=fill)
        elif kind == "gothic":
            span = right - left
            spring = top + span * 0.87
            left_arc = [(right + span * math.cos(a), spring + span * math.sin(a)) for a in np.radians(range(180, 241, 12))]
            right_arc = [(left + span * math.cos(a), spring + span * math.sin(a)) for a in np.radians(range(300, 361, 12))]
            pen.polygon([(left, bottom), *left_arc, *right_arc, (right, bottom)], fill=fill)
        else:
            pen.rectangle((left, top, right, bottom), fill=fill)

    def bars(self, x, y, width, height, kind: str) -> None:
        """Mullions and transoms; at night they stand dark before the light."""
        if kind in ("arch", "round"):
            return
        head = height * 0.25 if kind == "gothic" else 0
        for k in range(1, self.style.mullions):
            at = x - width / 2 + width * k / self.style.mullions
            self.pen.line((at, y - height / 2 + head, at, y + height / 2), fill=self.style.trim, width=3)
            self.lamp.line((at, y - height / 2, at, y + height / 2), fill=0, width=2)
        for k in range(1, self.style.transoms):
            at = y - height / 2 + height * k / self.style.transoms
            self.pen.line((x - width / 2, at, x + width / 2, at), fill=self.style.trim, width=2)
            self.lamp.line((x - width / 2, at, x + width / 2, at), fill=0, width=2)

    def door(self, x, ground) -> None:
        width, height = min(self.bay * 0.8, self.storey * 0.6), self.storey * 0.82
        kind = "gothic" if self.plan.window == "gothic" else "arch"
        y = ground - height / 2
        for grow, fill in ((CANVAS * 0.02, self.style.trim), (CANVAS * 0.008, self.dark), (0, self.style.door)):
            self.shape(self.pen, x, y, width, height, kind, grow, fill)
        self.pen.line((x, y - height * 0.3, x, ground), fill=self.dark, width=3)

    def rose(self, x, y, radius) -> None:
        self.disc(self.pen, x, y, radius * 1.15, self.style.trim)
        self.disc(self.pen, x, y, radius, self.style.glass)
        self.disc(self.lamp, x, y, radius, 200)
        for k in range(8):
            tip = (x + radius * math.cos(k * math.pi / 4), y + radius * math.sin(k * math.pi / 4))
            self.pen.line((x, y, *tip), fill=self.style.trim, width=4)
        self.disc(self.pen, x, y, radius * 0.3, self.style.trim)

    def clock(self, x, y, radius) -> None:
        self.disc(self.pen, x, y, radius * 1.12, self.style.accent)
        self.disc(self.pen, x, y, radius, (240, 236, 220))
        self.disc(self.lamp, x, y, radius, 180)
        for k in range(12):
            cos, sin = math.cos(k * math.pi / 6), math.sin(k * math.pi / 6)
            inner, outer = radius * 0.78, radius * 0.95
            self.pen.line((x + inner * cos, y + inner * sin, x + outer * cos, y + outer * sin), fill=(20, 20, 20), width=4)
        self.pen.line((x, y, x + radius * 0.5, y - radius * 0.3), fill=(20, 20, 20), width=6)
        self.pen.line((x, y, x - radius * 0.1, y - radius * 0.8), fill=(20, 20, 20), width=5)

    def statue(self, x, y, width, height) -> None:
        self.window(x, y, width * 0.7, height, "arch", False)
        self.disc(self.pen, x, y - height * 0.21, width * 0.1, self.bright)
        self.pen.polygon([(x - width * 0.2, y + height * 0.45), (x - width * 0.12, y - height * 0.1),
                          (x + width * 0.12, y - height * 0.1), (x + width * 0.2, y + height * 0.45)], fill=self.bright)  # fmt: skip

    def string_course(self, row: int) -> None:
        """A moulding between storeys; the top one is the cornice, twice as high."""
        top = row * self.storey
        height = CANVAS * (0.028 if row == 0 else 0.014)
        self.pen.rectangle((0, top, CANVAS, top + height), fill=self.bright)
        self.pen.rectangle((0, top + height, CANVAS, top + height + 4), fill=self.dark)

    def pilasters(self, row: int) -> None:
        for column in range(self.plan.bays + 1):
            x, half = column * self.bay, self.bay * 0.07
            self.pen.rectangle((x - half, row * self.storey + 8, x + half, (row + 1) * self.storey), fill=self.bright)
            self.pen.line((x + half, row * self.storey, x + half, (row + 1) * self.storey), fill=self.dark, width=3)

    def bands(self, row: int) -> None:
        for k in range(3):
            y = row * self.storey + self.storey * (0.06 + 0.3 * k)
            self.pen.rectangle((0, y, CANVAS, y + self.storey * 0.02), fill=self.style.accent)

    @staticmethod
    def disc(pen, x, y, radius, fill) -> None:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill)
