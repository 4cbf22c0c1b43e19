"""Town buildings: gates, towers, halls, twin-towered fronts, rows of houses, bridges of sighs."""

from retrieval_core.datasets.town.facades import Plan
from retrieval_core.datasets.town.kit import Kit
from retrieval_core.datasets.town.styles import WINDOWS, draw_style


def twin(kit: Kit) -> None:
    """A front between two equal towers."""
    kit.body(0, 0, kit.width, kit.depth, kit.height, kit.entrance, kit.wall)
    width, apart = kit.between(4.5, 7), kit.between(0.25, 0.42) * kit.width
    height, top = kit.height * kit.between(1.5, 2.2), str(kit.random.choice(["spire", "onion", "pinnacles", "pyramid"]))
    storeys = kit.whole(1, 2)
    for side in (-1, 1):
        y = -kit.depth / 2 + width * 0.3
        kit.mesh.box(side * apart, y, width, width, 0, height, kit.tower, kit.roof, up=storeys)
        kit.top(side * apart, y, width, height, top)


def gate(kit: Kit) -> None:
    """A gate tower between turrets in a long wing."""
    kit.body(0, 0, kit.width * 1.2, kit.depth * 0.7, kit.height * 0.8, kit.wall, kit.wall, 2)
    width, height, y = kit.between(7, 10), kit.height * kit.between(1.4, 2), -kit.depth * 0.3
    kit.mesh.box(0, y, width, width, 0, height * 0.6, kit.entrance, kit.roof, kit.wall)
    kit.mesh.box(0, y, width * 0.94, width * 0.94, height * 0.6, height * 0.4, kit.clock, kit.roof)
    kit.top(0, y, width * 0.94, height, str(kit.random.choice(["onion", "dome", "pinnacles"])))
    for side in (-1, 1):
        kit.mesh.cylinder(side * width * 0.55, y - width * 0.5, width * 0.13, 0, height * 0.75, kit.plain, 8, 2)
        kit.mesh.dome(side * width * 0.55, y - width * 0.5, width * 0.14, height * 0.75, width * 0.25, kit.sheet, 8, 3, 0.1)


def tower(kit: Kit) -> None:
    """A tall tower with a clock over two low wings."""
    width, height = kit.between(7, 10), kit.between(28, 40)
    kit.mesh.box(0, 0, width, width, 0, height * 0.45, kit.tower, kit.roof, up=2)
    kit.mesh.box(0, 0, width * 0.97, width * 0.97, height * 0.45, height * 0.3, kit.plain, kit.roof, across=2, up=2)
    kit.mesh.box(0, 0, width * 1.05, width * 1.05, height * 0.74, 0.6, kit.plain, kit.plain)
    kit.mesh.box(0, 0, width * 0.96, width * 0.96, height * 0.75, height * 0.25, kit.clock, kit.roof)
    kit.top(0, 0, width, height, str(kit.random.choice(["pinnacles", "battlements", "spire"])))
    side = kit.either_side()
    kit.body(side * (width / 2 + kit.width * 0.35), 2, kit.width * 0.7, kit.depth * 0.6, kit.height * 0.7, kit.wall)
    kit.body(-side * (width / 2 + kit.width * 0.2), 2, kit.width * 0.4, kit.depth * 0.5, kit.height * 0.55, kit.wall)


def hall(kit: Kit) -> None:
    """A long hall with gabled bays and a flèche."""
    kit.body(0, 0, kit.width * 1.35, kit.depth, kit.height * 0.8, kit.wall, kit.wall, 2, "saddle")
    count = kit.whole(2, 4)
    for k in range(count):
        x, width = -kit.width * 0.6 + 1.2 * kit.width * (k + 0.5) / count, kit.width * kit.between(0.2, 0.28)
        kit.mesh.box(x, -kit.depth / 2, width, 5, 0, kit.height * 0.8, kit.tower, kit.roof)
        kit.mesh.gable(x, -kit.depth / 2, width * 1.05, 6, kit.height * 0.8, width * kit.between(0.6, 1), kit.clock, kit.roof)
    width = kit.between(3, 5)
    kit.mesh.box(0, 0, width, width, kit.height * 0.8, kit.height * 0.6, kit.tower, kit.roof)
    kit.top(0, 0, width, kit.height * 1.4, "spire")


def street(kit: Kit) -> None:
    """A row of gabled houses, no two alike."""
    count, x = kit.whole(3, 5), -kit.width * 0.6
    for _ in range(count):
        width, height = kit.width * 1.2 / count * kit.between(0.8, 1.2), kit.height * kit.between(0.7, 1.15)
        plan = Plan(kit.whole(3, 4), kit.whole(2, 3), str(kit.random.choice(WINDOWS)), door=True)
        front = kit.facade(draw_style(kit.random), plan)
        kit.mesh.box(x + width / 2, 0, width, kit.depth * 0.7, 0, height, front, kit.roof, kit.plain)
        if kit.chance(0.65):
            kit.mesh.gable(x + width / 2, 0, width, kit.depth * 0.7, height, width * kit.between(0.4, 0.8), front, kit.roof)
        else:
            kit.mesh.gable(x + width / 2, 0, width, kit.depth * 0.74, height, 4, kit.plain, kit.roof, along_x=True)
        kit.mesh.box(x + width * 0.15, 0, 1, 1.3, height, kit.between(3, 6), kit.plain, kit.plain)
        x += width


def bridge(kit: Kit) -> None:
    """Two houses joined by a covered arch."""
    span, height, half = kit.between(9, 13), kit.height * kit.between(0.9, 1.1), kit.width * 0.25
    for side, front in ((-1, kit.wall), (1, kit.entrance)):
        x, y, tall = side * (span / 2 + half), kit.between(-1, 3), height * kit.between(0.9, 1.2)
        kit.mesh.box(x, y, kit.width * 0.5, kit.depth, 0, tall, front, kit.roof, kit.wall)
        kit.mesh.box(x, y, kit.width * 0.51, kit.depth * 1.02, tall, 0.5, kit.plain, kit.plain)
        kit.mesh.gable(x, y, kit.width * 0.51, kit.depth * 1.02, tall + 0.5, 3.4, kit.plain, kit.roof, along_x=True)
    spring, stones = height * 0.42, 10
    for k in range(stones):
        along = (k + 0.5) / stones * 2 - 1
        base = spring * (1 - 0.75 * along * along) + 0.2
        kit.mesh.box(along * span / 2, -kit.depth * 0.2, span / stones * 1.02, 4, base, spring * 1.12 - base, kit.plain,
                     kit.plain)  # fmt: skip
    kit.mesh.box(0, -kit.depth * 0.2, span, 4, spring * 1.12, height * 0.3, kit.arcade, kit.roof, kit.plain)
    ridge, rise = kit.chance(0.5), kit.between(1.2, 3)
    kit.mesh.gable(0, -kit.depth * 0.2, span * 1.02, 4.4, spring * 1.12 + height * 0.3, rise, kit.plain, kit.roof, ridge)
