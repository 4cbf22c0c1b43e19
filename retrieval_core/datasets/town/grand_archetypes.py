"""Monuments: rotundas, temples, chapels, domed palaces, frontispieces of colleges."""

import math

from retrieval_core.datasets.town.kit import Kit


def rotunda(kit: Kit) -> None:
    """A drum behind columns under a dome with a lantern."""
    radius, height, mesh = kit.between(9, 13), kit.height, kit.mesh
    mesh.cylinder(0, 0, radius * 1.08, 0, 5, kit.entrance, 16, kit.whole(6, 9), cap=kit.plain)
    mesh.cylinder(0, 0, radius, 5, height * 0.7, kit.wall, 16, kit.whole(4, 8), cap=kit.plain)
    count = kit.whole(10, 18)
    for k in range(count):
        angle = 2 * math.pi * k / count
        mesh.cylinder(radius * 1.05 * math.cos(angle), radius * 1.05 * math.sin(angle), 0.5, 5, height * 0.62, kit.plain, 5, 1)
    mesh.cylinder(0, 0, radius * 1.1, 5 + height * 0.62, 1.2, kit.plain, 16, 8, cap=kit.plain)
    base = 5 + height * 0.7
    mesh.cylinder(0, 0, radius * 0.72, base, height * 0.3, kit.tower, 16, 8)
    mesh.dome(0, 0, radius * 0.74, base + height * 0.3, radius * kit.between(0.55, 0.85), kit.sheet, 16, 5)
    lantern = base + height * 0.3 + radius * 0.62
    mesh.cylinder(0, 0, radius * 0.15, lantern, 3.5, kit.plain, 8, 3)
    mesh.dome(0, 0, radius * 0.16, lantern + 3.5, 1.8, kit.sheet, 8, 3)


def temple(kit: Kit) -> None:
    """A museum behind a portico."""
    roof = str(kit.random.choice(["flat", "hip", "saddle"]))
    kit.body(0, 0, kit.width * 1.25, kit.depth, kit.height * 0.75, kit.wall, kit.wall, 2, roof)
    width, count, front, high = (
        kit.width * kit.between(0.4, 0.6),
        kit.whole(4, 8),
        -kit.depth / 2 - 3.2,
        kit.height * 0.75,
    )
    kit.mesh.box(0, front + 1.6, width * 1.05, 3.6, 0, 1.4, kit.plain, kit.plain)
    kit.columns(0, front, width, count, kit.between(0.55, 0.75), 1.4, high - 1.4)
    kit.mesh.box(0, front + 1.2, width * 1.08, 4, high, 1.3, kit.plain, kit.plain)
    rise = width * kit.between(0.16, 0.26)
    kit.mesh.gable(0, front + 2, width * 1.1, 6, high + 1.3, rise, kit.plain, kit.roof)
    if kit.chance(0.5):
        kit.mesh.box(0, front + 1, 1.1, 1.1, high + 1.3 + rise, 3, kit.plain, kit.plain)
    for side in (-1, 1):
        if kit.chance(0.5):
            x, y = side * kit.width * 0.55, -kit.depth / 2 - 0.5
            kit.mesh.box(x, y, kit.width * 0.2, 3, 0, kit.height * 0.9, kit.tower, kit.roof)
            kit.mesh.gable(x, y, kit.width * 0.21, 3.1, kit.height * 0.9, 2.5, kit.plain, kit.roof)


def chapel(kit: Kit) -> None:
    """A nave with buttresses and a tower at one side."""
    width, length = kit.between(10, 14), kit.between(24, 34)
    kit.mesh.box(0, 0, width, length, 0, kit.height, kit.entrance, kit.roof, kit.arcade)
    kit.mesh.gable(0, 0, width * 1.04, length * 1.02, kit.height, width * kit.between(0.6, 0.95), kit.clock, kit.roof)
    for side in (-1, 1):
        for k in range(6):
            y = -length / 2 + length * (k + 0.5) / 6
            kit.mesh.box(side * (width / 2 + 0.7), y, 1.6, 0.9, 0, kit.height * 0.85, kit.plain, kit.plain)
            kit.mesh.pyramid(side * (width / 2 + 0.9), y, 1, kit.height * 0.85, 2.4, kit.roof)
    broad, side, high = kit.between(5, 7), kit.either_side(), kit.height * kit.between(1.3, 2)
    x, y = side * (width / 2 + broad / 2), -length / 2 + broad / 2
    kit.mesh.box(x, y, broad, broad, 0, high, kit.tower, kit.roof, up=2)
    kit.top(x, y, broad, high, str(kit.random.choice(["spire", "pinnacles", "battlements", "pyramid"])))


def court(kit: Kit) -> None:
    """A frontispiece of stacked orders between two wings."""
    kit.body(0, 4, kit.width * 1.3, 8, kit.height, kit.wall, kit.wall, 2, "battlements")
    width, storeys, base = kit.width * kit.between(0.22, 0.34), kit.whole(3, 5), 0.0
    fronts = (kit.entrance, kit.tower, kit.clock, kit.tower, kit.clock)
    high = kit.height * 1.5 / storeys
    for k in range(storeys):
        kit.mesh.box(0, -1, width, 3, base, high, fronts[k], kit.plain, kit.plain)
        for side in (-1, 1):
            for pair in range(2):
                kit.mesh.cylinder(side * width * (0.42 - 0.1 * pair), -2.7, 0.35, base, high * 0.9, kit.plain, 6, 1)
        kit.mesh.box(0, -1.3, width * 1.1, 3.8, base + high * 0.93, high * 0.07, kit.plain, kit.plain)
        base += high
    kit.mesh.battlements(0, -1, width, 3, base, kit.plain, 5, 1)
    kit.mesh.pinnacles(0, -1, width, 3, base, 4, kit.plain, kit.roof)
    for side in (-1, 1):
        height = kit.height * kit.between(0.8, 0.95)
        kit.body(side * kit.width * 0.75, -kit.depth * 0.3, 7, kit.depth, height, kit.wall, kit.wall, 1, "battlements")


def domed(kit: Kit) -> None:
    """A palace with a dome on a tall drum and a portico."""
    kit.body(0, 0, kit.width, kit.depth, kit.height * 0.8, kit.entrance, kit.wall, 1, "flat")
    radius, high, mesh = kit.between(5, 8), kit.height, kit.mesh
    mesh.cylinder(0, 0, radius, high * 0.8, high * 0.45, kit.arcade, 14, 4)
    mesh.cylinder(0, 0, radius * 1.06, high * 1.25, 0.6, kit.plain, 14, 6, cap=kit.plain)
    mesh.dome(0, 0, radius, high * 1.28, radius * kit.between(0.7, 1.1), kit.sheet, 14, 5)
    lantern = high * 1.28 + radius * 0.8
    mesh.cylinder(0, 0, radius * 0.18, lantern, 2.5, kit.plain, 6, 2)
    mesh.pyramid(0, 0, radius * 0.4, lantern + 2.5, 2.5, kit.roof, 6)
    count, width, front = kit.whole(3, 6), kit.width * 0.45, -kit.depth / 2
    kit.columns(0, front - 1.6, width, count, 0.5, 0, high * 0.7)
    mesh.box(0, front - 1, width * 1.08, 3, high * 0.7, 1, kit.plain, kit.plain)
    mesh.gable(0, front - 0.6, width * 1.1, 3, high * 0.7 + 1, width * 0.2, kit.plain, kit.roof)
    if kit.chance(0.5):
        for side in (-1, 1):
            mesh.box(side * kit.width * 0.42, -kit.depth * 0.35, 4, 4, high * 0.8, high * 0.3, kit.tower, kit.roof)
            kit.top(side * kit.width * 0.42, -kit.depth * 0.35, 4, high * 1.1)
