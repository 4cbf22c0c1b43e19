"""A million descriptors in the search engines: insert, be killed, go on, search; beside exact search.

    python tests/benchmarks/bench_engines.py [--count 1000000] [--width 512] [--engine NAME[:PARAMETER=NUMBER,…] …] [--folder FOLDER]

Without --engine: exact search, faiss IVF-PQ and Milvus with their defaults. What is built from the same parameters is inserted once and
searched with each of the others, as by --engine faiss-hnsw:ef=64 --engine faiss-hnsw:ef=512. Writes clusters of 50 descriptors to
FOLDER (by default where temporary files go; 2 GB, deleted at the end): the nearest of one are others of its cluster, which exact
search is checked by. Each engine inserts them in a process of its own, which is killed with SIGKILL
once it has inserted two fifths, and begun again. Then another process opens what is there and searches for 100 of them, one at a time.
Printed: recall@10 against exact search, latency, seconds to insert (both processes), beside each the seconds of a processor, which do
not depend on what else the machine does, size on disk, and the most memory that inserting and searching took, mapped files left out.
Milvus is Milvus Lite in a file. Linux only.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.evaluation.search_recall import anonymous_memory, measure_search, nearest_exactly, searched_rows, size_on_disk
from retrieval_core.ranking.engines import ENGINES, read_engine
from retrieval_core.ranking.search import search

CLUSTER, HIDDEN, WRITTEN, SEARCHED, KILLED_AT = 50, 128, 10_000, 100, 0.4
USUAL, WIDE = ("exact", "faiss-ivfpq", "milvus"), 40  # engines; characters of the first column
VERSION = "0123456789abcdef" * 4  # stands for the descriptors' hash


def write_clusters(path: Path, count: int, width: int) -> None:
    """Descriptors around the centres of clusters of CLUSTER, in a subspace, as those of a network are; members lie far apart."""
    random = np.random.default_rng(0)
    basis = random.standard_normal((HIDDEN, width), dtype=np.float32)
    rows = np.lib.format.open_memmap(path, "w+", np.float32, (count, width))
    order = random.permutation(count)  # of a cluster one is here, another there
    for start in range(0, count, WRITTEN):
        places = order[start : start + WRITTEN] // CLUSTER
        centres = np.stack([np.random.default_rng(place).standard_normal(HIDDEN, dtype=np.float32) for place in places])
        block = (centres + random.standard_normal(centres.shape, dtype=np.float32)) @ basis
        rows[start : start + WRITTEN] = block / np.linalg.norm(block, axis=1, keepdims=True)
    rows.flush()
    np.save(path.with_name("clusters.npy"), order // CLUSTER)


def chosen(name: str, folder: Path):
    """The engine, its file in the folder."""
    found = read_engine(name)
    return replace(found, address=str(folder / "milvus.db")) if found.name == "milvus" else found


def built(engine) -> str:
    """What the files of an index are called: engines that are built from the same parameters share them."""
    return "-".join([engine.name, *(f"{name}{value}" for name, value in ENGINES[engine.name].built_from(engine.parameters).items())])


def told(at: str, done: int, begin: float, most: int, path: str = "") -> None:
    """Say how far inserting is: seconds, those of the processor, the most memory so far."""
    line = {"at": at, "done": done, "most": most, "seconds": time.perf_counter() - begin, "cpu": time.process_time(), "path": path}
    print(json.dumps(line), flush=True)


def insert(name: str, folder: Path) -> None:
    """In a process of its own: insert, and say how far it is."""
    matrix, engine = np.load(folder / "descriptors.npy", mmap_mode="r"), chosen(name, folder)
    (work := folder / built(engine)).mkdir(exist_ok=True)
    steps, begin, most = ENGINES[engine.name].build(matrix, work, engine, VERSION), time.perf_counter(), 0
    try:
        while True:
            progress = next(steps)
            most = max(most, anonymous_memory())
            told(progress.stage, progress.done, begin, most)
    except StopIteration as end:
        told("end", len(matrix), begin, max(most, anonymous_memory()), str(end.value))


def measure(name: str, folder: Path) -> None:
    """In a process of its own: open what was inserted, and search."""
    matrix, engine = np.load(folder / "descriptors.npy", mmap_mode="r"), chosen(name, folder)
    import faiss  # noqa: F401  # what a library takes by itself is no part of an index

    before, begin = anonymous_memory(), time.perf_counter()
    index = ENGINES[engine.name].open(matrix, Path(path) if (path := (folder / f"{built(engine)}.path").read_text()) else None, engine)
    rows = searched_rows(len(matrix), SEARCHED)
    opened, steps = time.perf_counter() - begin, measure_search(index, matrix, rows, np.load(folder / "exactly.npy"))
    most, spent = anonymous_memory(), time.process_time()
    try:
        while True:
            next(steps)
            most = max(most, anonymous_memory())
    except StopIteration as end:
        recall, took = end.value
    spent = 1000 * (time.process_time() - spent) / (len(rows) + 3)  # three are not timed
    index.close()
    print(json.dumps({"recall": recall, "median": np.median(took), "p95": np.percentile(took, 95), "memory": most - before,
                      "opened": opened, "cpu": spent}))  # fmt: skip


def child(*words: str) -> subprocess.Popen:
    """This file as another process."""
    return subprocess.Popen([sys.executable, __file__, *words], stdout=subprocess.PIPE, text=True)


def inserted(name: str, folder: Path, count: int) -> tuple[float, float, float]:
    """Insert, kill it at KILLED_AT, begin again: the seconds of both together, those of the processor, and the most memory."""
    seconds = cpu = most = 0.0
    for kill in (True, False):
        process, first, last = child("--insert", name, "--folder", str(folder)), None, {}
        for line in process.stdout:
            last = json.loads(line)
            if last["at"] == "insert" and first is None:
                first = last["done"]
            if kill and last["at"] == "insert" and last["done"] >= KILLED_AT * count:
                process.send_signal(signal.SIGKILL)
                break
        process.wait()
        seconds, cpu, most = seconds + last["seconds"], cpu + last["cpu"], max(most, last["most"])
        what = f"killed at {last['done']:,}" if kill else f"went on from {first:,} to the end"
        print(f"  {name}: {what}, {last['seconds']:.0f} s, {last['cpu']:.0f} s of a processor", flush=True)
    (folder / f"{built(chosen(name, folder))}.path").write_text(last["path"])
    return seconds, cpu, most


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--engine", action="append", help="as read_engine reads it; may be given several times")
    parser.add_argument("--folder")
    parser.add_argument("--insert", help=argparse.SUPPRESS)
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.insert or options.measure:
        (insert if options.insert else measure)(options.insert or options.measure, Path(options.folder))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as place:
        folder = Path(place)
        write_clusters(folder / "descriptors.npy", options.count, options.width)
        matrix, clusters = np.load(folder / "descriptors.npy", mmap_mode="r"), np.load(folder / "clusters.npy")
        rows = searched_rows(options.count, SEARCHED)
        np.save(folder / "exactly.npy", nearest_exactly(matrix, rows))
        found = search(np.asarray(matrix[rows]), matrix, 11)[0]
        known = (clusters[found[:, 1:]] == clusters[rows][:, None]).mean()
        print(f"{options.count:,} descriptors, {options.width}-d; of the 10 nearest, exactly, {known:.1%} are of the same cluster")
        heads = (("engine", -WIDE), ("recall@10", 10), ("median", 11), ("95 %", 11), ("processor", 11), ("insert", 10),
                 ("processor", 11), ("on disk", 11), ("memory, inserting", 19), ("searching", 11), ("open", 8))  # fmt: skip
        print("\n" + "".join(f"{head:{'<' if width < 0 else '>'}{abs(width)}}" for head, width in heads), flush=True)
        costs: dict[str, tuple[float, float, float]] = {}
        for name in options.engine or USUAL:
            engine = chosen(name, folder)
            if (key := built(engine)) not in costs:
                (folder / f"{key}.path").write_text("")
                costs[key] = inserted(name, folder, options.count) if ENGINES[engine.name].build else (0.0, 0.0, 0.0)
            seconds, cpu, most = costs[key]
            got = json.loads(child("--measure", name, "--folder", str(folder)).communicate()[0])
            disk = sum(size_on_disk(part) for part in folder.glob(f"{key}*") if part.suffix != ".path")
            print(f"{name:{WIDE}}{got['recall']:>10.3f}{got['median']:>8.1f} ms{got['p95']:>8.1f} ms{got['cpu']:>8.1f} ms"
                  f"{seconds:>8.0f} s{cpu:>9.0f} s{disk / 1e6:>8.0f} MB{most / 1e6:>16.0f} MB"
                  f"{got['memory'] / 1e6:>8.0f} MB{got['opened']:>6.1f} s",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
