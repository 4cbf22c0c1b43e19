"""Tiles of a layout against what they promise: every point once, a fair sample first, and all of a rectangle by its tiles."""

import numpy as np
import pytest

from retrieval_core.errors import RetrievalError
from retrieval_core.projection.quadtree import DEEPEST, build_quadtree, drawing_order, inside

MOST = 20


def layout(seed: int, count: int = 3000) -> np.ndarray:
    """Clusters, and among them doubles."""
    random = np.random.default_rng(seed)
    xy = random.uniform(-0.7, 0.7, (9, 2))[random.integers(0, 9, count)] + random.normal(0, 0.06, (count, 2))
    xy[: count // 50] = xy[0]
    return np.clip(xy, -1, 1).astype(np.float32)


def split_mix(number: int) -> int:
    """SplitMix64 of a seed 0, as it is published."""
    whole = 2**64 - 1
    state = (number + 1) * 0x9E3779B97F4A7C15 & whole
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & whole
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & whole
    return state ^ (state >> 31)


def square(tree, tile: int) -> tuple[np.ndarray, np.ndarray]:
    """The lower left and the upper right corner of a tile."""
    side = 2 / 2 ** tree.depth[tile]
    low = np.array([tree.column[tile], tree.row[tile]]) * side - 1
    return low, low + side


@pytest.mark.parametrize("seed", range(3))
def test_every_point_is_in_exactly_one_tile_inside_its_square_and_the_counts_add_up(seed):
    xy = layout(seed)
    tree = build_quadtree(xy, MOST)
    assert sorted(tree.order) == list(range(len(xy)))
    assert tree.count.sum() == len(xy)
    assert (tree.count[tree.depth < DEEPEST] <= MOST).all()
    assert len({tree.name(tile) for tile in range(len(tree))}) == len(tree)
    for tile in range(len(tree)):
        low, high = square(tree, tile)
        places = xy[tree.order[tree.points(tile)]]
        assert ((places >= low) & (places <= high)).all()
        assert tree.find(tree.name(tile)) == tile


@pytest.mark.parametrize("seed", range(3))
def test_a_tile_carries_the_first_of_its_square_that_no_larger_one_carries(seed):
    xy = layout(seed, 400)
    tree = build_quadtree(xy, 7)
    ranks = np.empty(len(xy), int)
    ranks[drawing_order(len(xy))] = np.arange(len(xy))
    cells = np.minimum(((xy.astype(float) + 1) * 2 ** (DEEPEST - 1)).astype(int), 2**DEEPEST - 1)
    taken: set[int] = set()
    for tile in range(len(tree)):
        of = cells >> (DEEPEST - tree.depth[tile])
        here = [i for i in range(len(xy)) if tuple(of[i]) == (tree.column[tile], tree.row[tile]) and i not in taken]
        expected = sorted(here, key=lambda i: ranks[i])[: 7 if tree.depth[tile] < DEEPEST else None]
        assert tree.order[tree.points(tile)].tolist() == expected
        assert tree.rank[tree.points(tile)].tolist() == ranks[expected].tolist()
        taken |= set(expected)


@pytest.mark.parametrize("seed", range(3))
def test_the_tiles_over_a_rectangle_hold_all_of_its_points_and_all_before_a_rank_without_the_others(seed):
    xy = layout(seed)
    tree, random = build_quadtree(xy, MOST), np.random.default_rng(seed)
    for _ in range(20):
        low, high = np.sort(random.uniform(-1, 1, (2, 2)), axis=0)
        over = [tile for tile in range(len(tree)) if all(square(tree, tile)[0] <= high) and all(square(tree, tile)[1] >= low)]
        held = np.concatenate([np.arange(len(xy))[tree.points(tile)] for tile in over])
        within = ((xy[tree.order[held]] >= low) & (xy[tree.order[held]] <= high)).all(axis=1)
        brute = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
        assert sorted(tree.order[held][within]) == brute.tolist()
        limit = int(random.integers(len(xy)))
        early = [tile for tile in over if tree.first_ranks()[tile] < limit]
        found = {int(point) for tile in early for point in tree.order[tree.points(tile)][tree.rank[tree.points(tile)] < limit]}
        assert found & set(brute) == set(brute) & set(drawing_order(len(xy))[:limit].tolist())


def test_the_order_is_always_the_same_and_a_fair_sample_of_any_part():
    assert drawing_order(50).tolist() == sorted(range(50), key=split_mix)
    first = drawing_order(100_000)[:10_000]
    assert np.unique(first).size == 10_000
    shares = np.histogram(first, 10, (0, 100_000))[0] / 1000
    assert (abs(shares - 1) < 0.12).all()


def test_many_points_in_one_place_stay_in_one_tile_of_the_deepest_squares():
    tree = build_quadtree(np.full((500, 2), 1, np.float32), MOST)
    assert tree.count.tolist() == [MOST] * DEEPEST + [500 - MOST * DEEPEST]
    assert tree.count.sum() == 500


@pytest.mark.parametrize(("name", "words"), [("", "depth-column-row"), ("1-2", "depth-column-row"), ("0-0-0-0", "depth-column-row"),
                                             ("-1-0-0", "depth-column-row"), ("999-0-0", "depth-column-row"), ("0-1-0", "no tile"),
                                             ("20-1-1", "no tile")])  # fmt: skip
def test_a_name_that_is_none_says_why(name, words):
    with pytest.raises(RetrievalError, match=words):
        build_quadtree(layout(0), MOST).find(name)


@pytest.mark.parametrize("bad", [np.empty((0, 2), np.float32), np.float32([[0, 1.5]]), np.float32([[0, np.nan]])])
def test_places_out_of_bounds_are_refused(bad):
    with pytest.raises(RetrievalError, match="within -1"):
        build_quadtree(bad)


@pytest.mark.parametrize(("corners", "decimals"), [(3, 9), (7, 9), (11, 9), (1, 1), (15, 1)])
def test_a_lasso_takes_what_a_naive_loop_takes(corners, decimals):
    """Rounded to tenths, edges are level, and corners have the heights of places."""
    xy, outline = (np.round(one, decimals) for one in (layout(1, 500), np.random.default_rng(corners).uniform(-1, 1, (corners, 2))))
    expected = []
    for number, (x, y) in enumerate(xy.astype(float)):
        odd = False
        for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, 1, axis=0), strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                odd = not odd
        if odd:
            expected.append(number)
    assert inside(xy, outline).tolist() == expected
