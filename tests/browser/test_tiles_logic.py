"""What the browser plans and holds of a map in tiles, against naive loops and against the tree that Python builds."""

import numpy as np
import pytest
from modules_page import open_modules

from retrieval_core.projection.quadtree import build_quadtree

pytestmark = pytest.mark.browser

PLAN = """async ([tiles, views, most]) => {
  const { Tree } = await import("/web/map/tiles.js");
  const tree = new Tree(tiles);
  return views.map((view) => {
    const { wanted, limit } = tree.plan(view, most);
    return { wanted: wanted.map((tile) => tile.name), limit: limit === Infinity ? null : limit };
  });
}"""


@pytest.fixture
def run(page):
    open_modules(page)
    return lambda script, argument=None: page.evaluate(script, argument)


def layout(count: int = 5000) -> np.ndarray:
    random = np.random.default_rng(1)
    return np.clip(random.uniform(-0.8, 0.8, (7, 2))[random.integers(0, 7, count)] + random.normal(0, 0.05, (count, 2)), -1, 1)


@pytest.mark.parametrize("most", [30, 200, 1500, 10_000])
def test_a_view_is_given_a_fair_sample_of_its_points_within_the_bound_and_all_of_them_where_they_fit(run, most):
    xy = layout()
    tree, random = build_quadtree(xy, 50), np.random.default_rng(most)
    views = [{"left": -2, "right": 2, "low": -2, "high": 2}]
    for side in (0.8, 0.3, 0.05, 0.01):
        x, y = xy[random.integers(len(xy))].tolist()
        views.append({"left": x - side, "right": x + side, "low": y - side, "high": y + side})
    tiles = np.column_stack([tree.depth, tree.column, tree.row, tree.count, tree.first_ranks()]).tolist()
    ranks = np.empty(len(xy), int)
    ranks[tree.order] = tree.rank
    for view, said in zip(views, run(PLAN, [tiles, views, most]), strict=True):
        held = {int(point) for name in said["wanted"] for point in tree.order[tree.points(tree.find(name))]}
        inside = (xy >= [view["left"], view["low"]]).all(axis=1) & (xy <= [view["right"], view["high"]]).all(axis=1)
        assert len(held) <= most
        limit = len(xy) if said["limit"] is None else said["limit"]
        expected = set(np.flatnonzero(inside & (ranks < limit)).tolist())
        assert expected <= held
        if said["limit"] is not None:  # with the tile of that rank there would be too many
            assert len(held) + tree.count[np.flatnonzero(tree.first_ranks() == limit)[0]] > most
        else:
            assert expected == set(np.flatnonzero(inside).tolist())


def test_what_a_view_is_given_is_always_the_same(run):
    tree = build_quadtree(layout(), 50)
    tiles = np.column_stack([tree.depth, tree.column, tree.row, tree.count, tree.first_ranks()]).tolist()
    first, again = run(PLAN, [tiles, [{"left": -0.5, "right": 0.5, "low": 0, "high": 1}] * 2, 900])
    assert first == again


HOLD = """async ([size, steps]) => {
  const { Slots } = await import("/web/map/slots.js");
  let used = [];
  const slots = new Slots(() => used, size);
  const rows = (points) => ({ points, ranks: points.map((point) => 10 * point), xy: points.map((point) => [point / 100, -point / 100]),
    overlap: points.map(() => null), labels: points.map((point) => point % 3), ids: points.map((point) => `p${point}`) });
  const told = [];
  for (const [act, ...rest] of steps) {
    if (act === "add") slots.add(rest[0], rows(rest[1]), new Set(rest[2]));
    if (act === "single") used = [...used, ...slots.addSingle(rows(rest[0]), new Set())];
    if (act === "forget") used = [];
    if (act === "sweep") slots.sweep(Infinity);
    if (act === "drop") slots.drop(rest[0]);
    if (act === "show") slots.show(rest[0]);
    if (act === "move") slots.moveTo();
    const held = [...slots.slotOf].map(([point, slot]) => [point, slot, slots.points[slot], slots.ids[slot], slots.labels[slot],
      slots.xy[2 * slot], slots.absent[slot], slots.byId.get(`p${point}`)]);
    told.push({ held, free: slots.free.length, tiles: [...slots.tiles.keys()] });
  }
  return told;
}"""


def points(state) -> set[int]:
    return {row[0] for row in state["held"]}


def consistent(state, size: int, placed: bool = True) -> None:
    """Every held point has one slot and all that is known of it, and the slots add up."""
    assert len({row[1] for row in state["held"]}) == len(state["held"]) == size - state["free"]
    for point, slot, number, image_id, label, x, _, by_id in state["held"]:
        assert (number, image_id, label, by_id) == (point, f"p{point}", point % 3, slot)
        assert not placed or x == pytest.approx(point / 100, abs=1e-6)


def test_tiles_come_and_go_and_what_is_used_stays(run):
    steps = [
        ["add", "a", [1, 2, 3, 4], []], ["single", [3, 9]], ["add", "b", [5, 6, 7, 8], ["b"]],  # no room: a goes, but for 3
        ["drop", "b"], ["add", "a", [1, 2, 3, 4], []], ["forget"], ["sweep"], ["move"], ["add", "c", [20, 21], []],
    ]  # fmt: skip
    told = run(HOLD, [8, steps])
    for state in told:
        consistent(state, 8)
    assert [points(state) for state in told] == [
        {1, 2, 3, 4}, {1, 2, 3, 4, 9}, {3, 9, 5, 6, 7, 8}, {3, 9}, {1, 2, 3, 4, 9}, {1, 2, 3, 4, 9}, {1, 2, 3, 4}, set(), {20, 21},
    ]  # fmt: skip
    assert told[2]["tiles"] == ["b"]


def test_a_point_that_is_used_keeps_its_slot_and_is_drawn_whatever_its_rank(run):
    told = run(HOLD, [9, [["add", "a", [1, 2, 3], []], ["single", [3, 7]], ["show", 15], ["move"]]])
    slot = lambda state, point: next(row[1] for row in state["held"] if row[0] == point)  # noqa: E731
    absent = {row[0]: row[6] for row in told[2]["held"]}
    assert absent == {1: 0, 2: 1, 3: 0, 7: 0}
    assert points(told[3]) == {3, 7}
    assert slot(told[3], 3) == slot(told[0], 3)
    consistent(told[3], 9, placed=False)


def test_points_that_nobody_uses_any_more_make_room_however_young_they_are(run):
    told = run(HOLD, [4, [["single", [1, 2, 3]], ["forget"], ["add", "a", [4, 5, 6], ["a"]]]])
    consistent(told[2], 4)
    assert points(told[2]) == {4, 5, 6}


def test_more_than_there_is_room_for_is_refused_in_words(run):
    with pytest.raises(Exception, match="at most 4 points"):
        run(HOLD, [4, [["single", [1, 2, 3]], ["add", "a", [4, 5], []]]])


def test_the_nearest_on_the_map_are_those_that_the_app_tells(run):
    script = """async () => {
      const { Places } = await import("/web/map/places.js");
      const { compareNeighbours } = await import("/web/map/neighbours.js");
      const found = { centre: 0, list: [1, 2, 3], similarities: [0.9, 0.8, 0.7], near: [3, 4, 1] };
      return compareNeighbours(new Places(new Float32Array(10).fill(1e6)), found, 2);
    }"""
    said = run(script)
    assert (said["points"], said["kept"], said["lookNear"]) == ([1, 2], [True, False], [4])
