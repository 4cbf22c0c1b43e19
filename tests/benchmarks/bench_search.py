"""Exact blocked search beside a stable argsort of the full score matrix in plain NumPy, in one run.

    python tests/benchmarks/bench_search.py

Prints, for databases of several sizes, the median seconds of both, their ratio (above 1: ours is faster), and the most
memory that each held at a time beyond its inputs.
"""

import statistics
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.ranking.search import search

QUERIES = 55
WIDTH = 512
CASES = [(1_150, None), (5_063, None), (5_063, 100), (100_000, None), (100_000, 100)]
REPEATS = 5


def plain(queries: np.ndarray, database: np.ndarray, k: int | None) -> tuple[np.ndarray, np.ndarray]:
    """What one would write first: all scores, one stable sort a query."""
    scores = queries @ database.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return order, np.take_along_axis(scores, order, axis=1)


def measure(function, *arguments) -> tuple[float, float]:
    """Median seconds of a call after one to warm up, and the peak of its memory in MB."""
    tracemalloc.start()
    function(*arguments)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        function(*arguments)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds), peak


def main() -> None:
    """Print the table."""
    random = np.random.default_rng(0)
    print(f"{QUERIES} queries, {WIDTH} dimensions, median of {REPEATS}")
    print(f"{'database':>9} {'k':>5} {'plain s':>9} {'ours s':>9} {'ratio':>6} {'plain MB':>9} {'ours MB':>8}")
    for rows, k in CASES:
        database = random.standard_normal((rows, WIDTH), dtype=np.float32)
        database /= np.linalg.norm(database, axis=1, keepdims=True)
        queries = database[:QUERIES]
        slow, slow_memory = measure(plain, queries, database, k)
        fast, fast_memory = measure(search, queries, database, k)
        # The two multiply in blocks of different shape, so the last bits of scores differ, and near ties with them.
        np.testing.assert_allclose(search(queries, database, k)[1], plain(queries, database, k)[1], atol=1e-6)
        print(f"{rows:>9} {k or 'all':>5} {slow:>9.4f} {fast:>9.4f} {slow / fast:>6.1f} "
              f"{slow_memory:>9.1f} {fast_memory:>8.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
