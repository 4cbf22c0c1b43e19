"""Square textures of SIDE pixels: red, green, blue, light at night, opacity."""

import numpy as np
from PIL import Image as PILImage

SIDE = 128
Colour = tuple[float, float, float]


def noise(random: np.random.Generator, side: int, octaves: int = 5, persistence: float = 0.6) -> np.ndarray:
    """Cloudy noise (side, side) float32 of standard deviation 1: random grids, each twice as fine as the last."""
    total = np.zeros((side, side), np.float32)
    for octave in range(octaves):
        grid = random.random((2 << octave, 2 << octave)).astype(np.float32)
        smooth = PILImage.fromarray(grid).resize((side, side), PILImage.Resampling.BICUBIC)
        total += persistence**octave * (np.asarray(smooth) - 0.5)
    return total / total.std()


def stone(random, colour: Colour, course: int, brick: int, variation: float, dirt: float = 9) -> np.ndarray:
    """A wall of blocks `course` pixels high and `brick` pixels long, (SIDE, SIDE, 3) float32."""
    wall = np.ones((SIDE, SIDE, 3), np.float32) * np.array(colour, np.float32)
    rows = max(2, SIDE // course)
    for row in range(rows):
        top, bottom = row * SIDE // rows, (row + 1) * SIDE // rows
        shift = (row % 2) * brick // 2
        for column in range(SIDE // brick + 2):
            left, right = max(0, column * brick - shift), min(SIDE, (column + 1) * brick - shift)
            if left < right:
                wall[top:bottom, left:right] += random.normal(0, variation)
                wall[top:bottom, left : left + 1] -= 16
        wall[top : top + 1] -= 16
        wall[bottom - 1 : bottom] += 7  # light catches the lower edge of each course
    wall += noise(random, SIDE)[..., None] * dirt
    return wall + random.normal(0, 3, wall.shape)


def tiles(random, colour: Colour) -> np.ndarray:
    """A roof of overlapping tiles, each row darker towards the one above it."""
    roof = np.ones((SIDE, SIDE, 3), np.float32) * np.array(colour, np.float32)
    rows, columns = 16, 16
    height, width = SIDE // rows, SIDE // columns
    shade = np.linspace(-16, 10, height)[:, None, None]
    for row in range(rows):
        for column in range(columns):
            left = (column * width + (row % 2) * width // 2) % SIDE
            block = roof[row * height : (row + 1) * height, left : left + width]
            block += random.normal(0, 9) + shade
            block[:, :1] -= 14
    return roof + noise(random, SIDE)[..., None] * 6


def ribs(random, colour: Colour) -> np.ndarray:
    """Metal sheets with upright seams, for domes."""
    sheet = stone(random, colour, 42, 64, 3, 7)
    for left in (0, SIDE // 2):
        sheet[:, left : left + 5] -= 28
        sheet[:, left + 5 : left + 9] += 14
    return sheet


def lawn(random, colour: Colour) -> np.ndarray:
    """Mown grass."""
    return np.array(colour, np.float32) + noise(random, SIDE)[..., None] * 10 + random.normal(0, 9, (SIDE, SIDE, 3))


class Atlas:
    """Collects the textures of one building; `add` returns the number of each."""

    def __init__(self):
        self.textures: list[np.ndarray] = []

    def add(self, colour: np.ndarray, light: np.ndarray | None = None, opacity: np.ndarray | None = None) -> int:
        """Add colour (SIDE, SIDE, 3), with light at night and opacity (SIDE, SIDE) 0…255 where there are any."""
        texture = np.zeros((SIDE, SIDE, 5), np.uint8)
        texture[..., :3] = np.clip(colour, 0, 255)
        texture[..., 3] = 0 if light is None else light
        texture[..., 4] = 255 if opacity is None else opacity
        self.textures.append(texture)
        return len(self.textures) - 1

    def stacked(self) -> np.ndarray:
        """All textures, (K, SIDE, SIDE, 5) uint8."""
        return np.stack(self.textures)
