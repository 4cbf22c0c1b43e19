"""Tiles of a layout: what is near enough to the eye is fetched, and whatever is fetched first is a fair sample of the rest.

A quadtree over the square -1 … 1. All points stand in one order, drawn once by their numbers. A tile carries the first MOST_IN_TILE of
this order that lie in its square and are in none of the larger squares around it; the rest goes to its four quarters. So every point
is in exactly one tile, no tile is large where many points crowd, and who holds all tiles over a place whose points come before the
t-th in the order holds exactly these: a share of the points that is the same everywhere.
"""

import re
from dataclasses import dataclass

import numpy as np

from retrieval_core.errors import RetrievalError

MOST_IN_TILE = 4096  # points of a tile
DEEPEST = 20  # halvings of the square; a tile of this depth carries all that lies in it
_NAME = re.compile("([0-9]{1,2})-([0-9]{1,7})-([0-9]{1,7})")


@dataclass(frozen=True, eq=False)
class Quadtree:
    """Tiles (T of them), the larger ones first, and the points of each.

    order: (N,) int32 point numbers, tile after tile, each in the order in which they are drawn. rank: (N,) int32 the place of each
    number of `order` in the order of all. depth, column, row: (T,) int32; a tile is the square of side 2 / 2**depth in this column
    from the left and this row from below. start, count: (T,) int32 where its points stand in `order`, and how many they are.
    """

    order: np.ndarray
    rank: np.ndarray
    depth: np.ndarray
    column: np.ndarray
    row: np.ndarray
    start: np.ndarray
    count: np.ndarray

    def __len__(self) -> int:
        return len(self.depth)

    def name(self, tile: int) -> str:
        """What a tile is called: depth, column and row."""
        return f"{self.depth[tile]}-{self.column[tile]}-{self.row[tile]}"

    def find(self, name: str) -> int:
        """The number of the tile of a name; RetrievalError for a name that can't be read, and for a square without a tile."""
        if not (parts := _NAME.fullmatch(name)):
            raise RetrievalError(f"The tile {name[:40]!r} is not written as depth-column-row, as in 3-5-2.")
        depth, column, row = map(int, parts.groups())
        found = np.flatnonzero((self.depth == depth) & (self.column == column) & (self.row == row))
        if not len(found):
            raise RetrievalError(f"There is no tile {name}: no photograph lies there that a larger tile does not carry.")
        return int(found[0])

    def points(self, tile: int) -> slice:
        """Where the points of a tile stand in `order` and `rank`."""
        return slice(int(self.start[tile]), int(self.start[tile] + self.count[tile]))

    def first_ranks(self) -> np.ndarray:
        """Of each tile (T,) the rank of its first point: all points of its square that come before it are in larger tiles."""
        return self.rank[self.start]


def drawing_order(count: int) -> np.ndarray:
    """Numbers 0 … count - 1 in an order (N,) int32 that is drawn once for all: by SplitMix64 (Steele, Lea and Flood, 2014)."""
    state = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.argsort(state ^ (state >> np.uint64(31)), kind="stable").astype(np.int32)


def build_quadtree(xy: np.ndarray, most: int = MOST_IN_TILE) -> Quadtree:
    """Tiles of at most `most` points over places (N, 2) within -1 … 1, N at least 1; RetrievalError for others."""
    if not (len(xy) and np.isfinite(xy).all() and np.abs(xy).max() <= 1):
        raise RetrievalError("Tiles are made of places within -1 … 1, and of one at least.")
    side = 1 << DEEPEST
    cells = np.minimum(((np.asarray(xy, np.float64) + 1) * (side / 2)).astype(np.int64), side - 1)
    left = drawing_order(len(xy))
    ranks = np.arange(len(xy), dtype=np.int32)
    tiles, orders, order_ranks = [], [], []
    for depth in range(DEEPEST + 1):
        column, row = (cells[left] >> (DEEPEST - depth)).T
        square = (row << depth) | column
        by_square = np.argsort(square, kind="stable")  # stable: within a square the order stays
        starts = np.flatnonzero(np.r_[True, np.diff(square[by_square]) != 0])
        sizes = np.diff(np.r_[starts, len(left)])
        taken = np.minimum(sizes, most) if depth < DEEPEST else sizes
        mine = np.arange(len(left)) - np.repeat(starts, sizes) < np.repeat(taken, sizes)
        chosen = by_square[mine]
        tiles.append(np.column_stack([np.full(len(starts), depth), column[by_square[starts]], row[by_square[starts]], taken]))
        orders.append(left[chosen])
        order_ranks.append(ranks[chosen])
        rest = np.sort(by_square[~mine])
        left, ranks = left[rest], ranks[rest]
        if not len(left):
            break
    depths, columns, rows, counts = np.concatenate(tiles).astype(np.int32).T
    starts = np.cumsum(counts, dtype=np.int32) - counts
    return Quadtree(np.concatenate(orders), np.concatenate(order_ranks), depths, columns, rows, starts, counts)


def inside(xy: np.ndarray, outline: np.ndarray) -> np.ndarray:
    """Numbers (M,) of the places (N, 2) inside a closed line of corners (C, 2), by the even-odd rule: as the browser's lasso has it.

    The places are sorted by height, so that each edge is compared only with those at its own height: a hand draws a thousand edges.
    """
    low, high = outline.min(axis=0), outline.max(axis=0)
    near = np.flatnonzero(((xy >= low) & (xy <= high)).all(axis=1))
    near = near[np.argsort(xy[near, 1], kind="stable")]
    x, y = xy[near].astype(np.float64).T
    odd = np.zeros(len(near), bool)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, 1, axis=0), strict=True):
        if y1 != y2:
            level = slice(*np.searchsorted(y, sorted((y1, y2))))
            odd[level] ^= x[level] < (x2 - x1) * (y[level] - y1) / (y2 - y1) + x1
    return np.sort(near[odd])


def nearest_places(xy: np.ndarray, place: np.ndarray, count: int) -> list[int]:
    """The numbers of the places (N, 2) nearest to one, nearest first; of equally near ones the earlier."""
    apart = np.square(xy.astype(np.float64) - place).sum(axis=1)
    count = min(count, len(apart))
    near = np.flatnonzero(apart <= np.partition(apart, count - 1)[count - 1])
    return near[np.argsort(apart[near], kind="stable")][:count].tolist()
