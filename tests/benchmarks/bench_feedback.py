"""How long a round of feedback takes, from the marks to the order and what is least sure: every method, in 512 dimensions.

    OMP_NUM_THREADS=1 python tests/benchmarks/bench_feedback.py

Prints the median and the slowest of the repeats, in milliseconds. Up to MOST_LISTED photographs the neighbours are listed, as a map
leaves them.
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from retrieval_core.feedback.method import Round, View
from retrieval_core.feedback.methods import METHODS, least_sure, order, values
from retrieval_core.ranking.neighbour_lists import MOST_LISTED, listed

COUNTS, MARKS, DIMENSIONS, REPEATS = (5_000, 100_000), (12, 60), 512, 9


def described(count: int, random: np.random.Generator) -> np.ndarray:
    """Photographs (N, 512) in clusters of 50, as landmarks are."""
    rows = np.repeat(random.normal(size=(-(-count // 50), DIMENSIONS)), 50, axis=0)[:count] + random.normal(size=(count, DIMENSIONS))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def timed(name: str, databases: list[np.ndarray], marked: np.ndarray, neighbours: np.ndarray | None) -> list[float]:
    """Milliseconds of a round, REPEATS times; the first, which loads libraries, is not among them."""
    method, half, found = METHODS[name], len(marked) // 2, []
    parameters = method.fill_in({})
    for _ in range(REPEATS + 1):
        begin = time.perf_counter()
        views = tuple(View(one[0], one) for one in databases[: method.views])
        one = Round(views, marked[:half], marked[half:], neighbours)
        got = values(method, one, parameters)
        order(one, got)
        least_sure(method, one, got, 6)
        found.append(1000 * (time.perf_counter() - begin))
    return found[1:]


def main() -> None:
    """Print the table."""
    random = np.random.default_rng(0)
    print("photographs  marks  method       ms (slowest)")
    for count in COUNTS:
        databases = [described(count, random) for _ in range(2)]
        lists = random.integers(0, count, (count, listed(count)), np.int32) if count <= MOST_LISTED else None
        for marks in MARKS:
            marked = random.choice(np.argsort(-(databases[0] @ databases[0][0]))[: 2 * marks], marks, replace=False)
            for name in METHODS:
                found = timed(name, databases, marked, lists)
                print(f"{count:11,}  {marks:5}  {name:11}  {statistics.median(found):6.1f} ({max(found):.1f})")


if __name__ == "__main__":
    main()
