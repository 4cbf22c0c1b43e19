"""A building from a seed: its style and textures, its archetype, its neighbours."""

import numpy as np

from retrieval_core.datasets.town import archetypes, grand_archetypes
from retrieval_core.datasets.town.facades import Plan, draw_facade
from retrieval_core.datasets.town.kit import Kit
from retrieval_core.datasets.town.mesh import NEIGHBOUR, Landmark
from retrieval_core.datasets.town.styles import WINDOWS, draw_style
from retrieval_core.datasets.town.textures import lawn, stone
from retrieval_core.errors import check_choice

BUILDERS = {
    "bridge": archetypes.bridge,
    "chapel": grand_archetypes.chapel,
    "court": grand_archetypes.court,
    "domed": grand_archetypes.domed,
    "gate": archetypes.gate,
    "hall": archetypes.hall,
    "rotunda": grand_archetypes.rotunda,
    "street": archetypes.street,
    "temple": grand_archetypes.temple,
    "tower": archetypes.tower,
    "twin": archetypes.twin,
}
ARCHETYPES = tuple(BUILDERS)
GROUNDS = ((120, 118, 112), (150, 140, 120), (95, 95, 98), (96, 122, 62))
LAWN = 3  # position of the lawn among the grounds


def make_landmark(seed: int, archetype: str | None = None, style_seed: int | None = None) -> Landmark:
    """Build a landmark; the same arguments give the same building.

    Two landmarks of one archetype and one `style_seed` look alike, as two colleges of one master mason do: same stone,
    same windows, other proportions.
    """
    random = np.random.default_rng((seed, 1))
    name = check_choice("archetype", archetype or ARCHETYPES[random.integers(len(ARCHETYPES))], ARCHETYPES)
    style_random = np.random.default_rng((seed if style_seed is None else style_seed, 2))
    kit = Kit(random, draw_style(style_random))
    BUILDERS[name](kit)
    add_neighbours(kit)
    ground = int(style_random.integers(len(GROUNDS)))
    colour = GROUNDS[ground]
    picture = lawn(random, colour) if ground == LAWN else stone(random, colour, 10, 18, 5, 8)
    style_key = f"{name}-{seed if style_seed is None else style_seed}-{seed}"
    number = kit.atlas.add(picture)
    return kit.mesh.finish(kit.atlas.stacked(), number, name, style_key)


def add_neighbours(kit: Kit) -> None:
    """Plain houses on either side: always the same ones at the same place, but no part of the landmark."""
    kit.mesh.part = NEIGHBOUR
    half = np.abs(np.array(kit.mesh.corners).reshape(-1, 3)[:, 0]).max()
    for side in (-1, 1):
        if kit.random.random() < 0.75:
            style = draw_style(kit.random)
            plan = Plan(kit.whole(2, 4), kit.whole(3, 5), str(kit.random.choice(WINDOWS)))
            wall = kit.atlas.add(*draw_facade(kit.random, style, plan))
            width, depth, height = kit.between(14, 24), kit.between(10, 18), kit.between(7, 13)
            x, y = side * (half + kit.between(3, 14) + width / 2), kit.between(-4, 14)
            kit.mesh.box(x, y, width, depth, 0, height, wall, kit.roof)
            kit.mesh.gable(x, y, width * 1.04, depth * 1.04, height, kit.between(2, 5), kit.plain, kit.roof, along_x=True)
