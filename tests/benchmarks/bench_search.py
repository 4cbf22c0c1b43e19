"""Exact blocked search beside a stable argsort of the full score matrix in plain NumPy, in one run.

    python tests/benchmarks/bench_search.py
    python tests/benchmarks/bench_search.py --million [FOLDER]

Prints, for databases of several sizes, the median seconds of both, their ratio (above 1: ours is faster), and the most
memory that each held at a time beyond its inputs.

With --million: 70 queries among 1,000,000 photographs of 2,048 dimensions, the first 100, as on ROxford5k + 1M, beside
faiss's IndexFlatIP. Ours reads the database from a mapped file of 8.2 GB, which is written to FOLDER first (by default
where temporary files go) and deleted at the end; faiss holds it in memory. Set OMP_NUM_THREADS for both.
"""

import statistics
import sys
import tempfile
import threading
import time
import tracemalloc
from contextlib import contextmanager
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.ranking.search import search

QUERIES = 55
WIDTH = 512
CASES = [(1_150, None), (5_063, None), (5_063, 100), (100_000, None), (100_000, 100)]
REPEATS = 5

MILLION, MILLION_WIDTH, MILLION_QUERIES, MILLION_K = 1_000_000, 2_048, 70, 100
WRITTEN = 10_000  # rows made at a time


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


@contextmanager
def own_memory(peaks: dict[str, float], name: str):
    """Note the most memory in MB that the process gained meanwhile; the pages of mapped files do not count. Linux only."""

    def now() -> float:
        status = Path("/proc/self/status").read_text()
        return int(status.split("RssAnon:")[1].split()[0]) / 1e3

    before, done = now(), threading.Event()
    peaks[name] = 0.0

    def watch() -> None:
        while not done.wait(0.02):
            peaks[name] = max(peaks[name], now() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def write_database(path: Path) -> np.ndarray:
    """Random unit vectors, block by block, and mapped."""
    random = np.random.default_rng(0)
    database = np.lib.format.open_memmap(path, "w+", np.float32, (MILLION, MILLION_WIDTH))
    for start in range(0, MILLION, WRITTEN):
        block = random.standard_normal((WRITTEN, MILLION_WIDTH), dtype=np.float32)
        database[start : start + WRITTEN] = block / np.linalg.norm(block, axis=1, keepdims=True)
    database.flush()
    return np.load(path, mmap_mode="r")


def million(folder: str | None) -> None:
    """Print both times, turn about, their ratio (below 1: ours is faster) and the memory of each."""
    import faiss

    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = write_database(Path(place) / "database.npy")
        queries = np.array(database[:MILLION_QUERIES])
        peaks: dict[str, float] = {}
        with own_memory(peaks, "ours"):
            indices, scores = search(queries, database, MILLION_K)
        with own_memory(peaks, "faiss"):
            index = faiss.IndexFlatIP(MILLION_WIDTH)
            for start in range(0, MILLION, WRITTEN):
                index.add(database[start : start + WRITTEN])
            theirs, order = index.search(queries, MILLION_K)
        np.testing.assert_allclose(scores, theirs, atol=1e-6)
        seconds: dict[str, list[float]] = {"ours": [], "faiss": []}
        for _ in range(REPEATS):
            for name, function in (("ours", lambda: search(queries, database, MILLION_K)),
                                   ("faiss", lambda: index.search(queries, MILLION_K))):  # fmt: skip
                begin = time.perf_counter()
                function()
                seconds[name].append(time.perf_counter() - begin)
        ours, other = (statistics.median(seconds[name]) for name in ("ours", "faiss"))
        print(f"{MILLION_QUERIES} queries, {MILLION} rows, {MILLION_WIDTH} dimensions, first {MILLION_K}; "
              f"{faiss.omp_get_max_threads()} thread(s), median of {REPEATS}")  # fmt: skip
        print(f"ours {ours:.2f} s, {peaks['ours']:.0f} MB; faiss {other:.2f} s, {peaks['faiss']:.0f} MB; "
              f"ours / faiss {ours / other:.2f}; {(indices == order).mean():.2%} of the places hold the same row")  # fmt: skip


def main() -> None:
    """Print the table."""
    if "--million" in sys.argv:
        return million(next(iter(sys.argv[sys.argv.index("--million") + 1 :]), None))
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
