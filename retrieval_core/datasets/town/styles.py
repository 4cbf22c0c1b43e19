"""What makes a building look like no other: stone, windows, trim, roof. Drawn once, then only read."""

from dataclasses import dataclass

import numpy as np

Colour = tuple[int, int, int]

STONES = (
    (206, 184, 140), (196, 172, 128), (214, 196, 158), (186, 164, 124), (170, 150, 120),
    (200, 190, 170), (160, 92, 70), (178, 110, 80), (150, 145, 138), (222, 212, 190),
)  # fmt: skip
ROOFS = ((95, 98, 105), (126, 78, 60), (84, 92, 84), (104, 138, 120), (130, 126, 118))
WINDOWS = ("rectangle", "arch", "gothic", "pair", "round", "cross", "sash")


@dataclass(frozen=True)
class Style:
    """Colours are RGB 0…255; lengths of the masonry are texture pixels; window sizes are shares of their bay."""

    colour: Colour
    course: int
    brick: int
    variation: float
    glass: Colour
    trim: Colour
    roof: Colour
    door: Colour
    accent: Colour
    mullions: int
    transoms: int
    window_width: float
    window_height: float
    pediments: bool
    pilasters: bool
    bands: bool
    niche_row: int  # 0: no statues
    window: str
    second_window: str


def draw_style(random: np.random.Generator) -> Style:
    """Draw a style."""

    def whole(values: np.ndarray) -> Colour:
        red, green, blue = (int(value) for value in values)
        return red, green, blue

    def near(colour, spread: float) -> Colour:
        return whole(np.clip(np.array(colour) + random.normal(0, spread, 3), 30, 240))

    colour = near(STONES[random.integers(len(STONES))], 14)
    window, second = random.choice(WINDOWS, 2, replace=False)
    return Style(
        colour=colour,
        course=int(random.choice([5, 7, 9, 12])),
        brick=int(random.choice([10, 14, 20, 28])),
        variation=float(random.uniform(4, 12)),
        glass=whole(np.array([55, 62, 75]) * random.uniform(0.5, 1.4)),
        trim=near(np.array(colour) * random.choice([0.75, 1.1, 1.2]), 5),
        roof=near(ROOFS[random.integers(len(ROOFS))], 14),
        door=whole(random.integers(30, 100, 3)),
        accent=whole(random.integers(40, 200, 3)),
        mullions=int(random.integers(1, 5)),
        transoms=int(random.integers(1, 6)),
        window_width=float(random.uniform(0.32, 0.66)),
        window_height=float(random.uniform(0.42, 0.75)),
        pediments=bool(random.random() < 0.3),
        pilasters=bool(random.random() < 0.4),
        bands=bool(random.random() < 0.2),
        niche_row=int(random.integers(1, 4)) if random.random() < 0.25 else 0,
        window=str(window),
        second_window=str(second),
    )
