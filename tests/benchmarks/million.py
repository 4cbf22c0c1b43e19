"""A large set of synthetic clusters, imported and laid out as a person would do it: what bench_map.py --app opens.

python tests/benchmarks/million.py CACHE [--count 1000000]
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.oxford import write_oxford
from retrieval_core.datasets.types import Query
from retrieval_core.runs import map_steps
from retrieval_core.workspace import Workspace

MODEL, METHOD, COUNT = "1d", "tsne", 1_000_000
MEMBERS = 50  # photographs of a cluster: the nearest 49 of each are known
REGIONS, LANDMARKS, QUERIES = 40, 40, 80  # parts of the space that clusters lie in; clusters with a name; queries of these
HIDDEN = 64  # dimensions that the clusters differ in
WRITTEN = 1000  # clusters written at a time


def write_files(folder: Path, count: int, width: int = 512) -> None:
    """descriptors.npy (count, width) of clusters of MEMBERS rows, ids.txt, queries.npy and a ground truth of the first clusters."""
    random = np.random.default_rng(0)
    basis = random.standard_normal((HIDDEN, width), dtype=np.float32)
    regions = random.standard_normal((REGIONS, HIDDEN), dtype=np.float32)
    rows = np.lib.format.open_memmap(folder / "descriptors.npy", "w+", np.float32, (count, width))
    for start in range(0, count, WRITTEN * MEMBERS):
        clusters = min(WRITTEN, (count - start) // MEMBERS)
        centres = regions[random.integers(0, REGIONS, clusters)] + 0.8 * random.standard_normal((clusters, HIDDEN), dtype=np.float32)
        members = 0.45 * random.standard_normal((clusters * MEMBERS, HIDDEN), dtype=np.float32)
        block = (np.repeat(centres, MEMBERS, axis=0) + members) @ basis
        rows[start : start + len(block)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    rows.flush()
    ids = [f"photograph_{row:07}" for row in range(count)]
    (folder / "ids.txt").write_text("\n".join(ids) + "\n")
    owns = [(number, number % LANDMARKS * MEMBERS + number // LANDMARKS) for number in range(QUERIES)]
    queries = [Query(f"landmark{number % LANDMARKS:02}_{number // LANDMARKS + 1}", ids[own], f"landmark{number % LANDMARKS:02}", None,
                     tuple(ids[own // MEMBERS * MEMBERS :][:MEMBERS]), (), ()) for number, own in owns]  # fmt: skip
    write_oxford(folder, queries)
    np.save(folder / "queries.npy", rows[[own for _, own in sorted(owns, key=lambda one: queries[one[0]].id)]])


def name_of(count: int) -> str:
    """What the set of so many descriptors is called in the cache."""
    return "million" if count == COUNT else f"clusters-{count}"


def prepare(cache: Path, count: int) -> None:
    """Import the descriptors into a cache, lay them out and list their neighbours, unless that was done; prints the seconds of each."""
    workspace, name = Workspace(cache), name_of(count)
    if not workspace.folder(name).exists():
        folder = cache / "files" / name
        folder.mkdir(parents=True, exist_ok=True)
        with step(f"{count:,} descriptors written"):
            write_files(folder, count)
        with step("imported"):
            add_dataset(workspace, name, str(folder / "descriptors.npy"), model=MODEL, queries=str(folder / "queries.npy"),
                        ground_truth=str(folder / "lab"))  # fmt: skip
    asked = (workspace, IMPORTED_RUN, name, MODEL)
    for what, steps in (("laid out", map_steps.project(*asked, METHOD)), ("neighbours listed", map_steps.list_neighbours(*asked))):
        with step(what):  # of more than 60,000 no neighbours are listed
            for done in steps:
                print(f"  {done.done:,} of {done.total:,} {done.message}".ljust(100), end="\r", flush=True)


class step:
    """Print what took how long, and the most memory that the process has held so far."""

    def __init__(self, name: str):
        self.name = name

    def __enter__(self) -> None:
        self.begin = time.perf_counter()

    def __exit__(self, *_) -> None:
        most = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1e6
        print(f"{self.name:44}{time.perf_counter() - self.begin:>9.1f} s{most:>8.2f} GB at most", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cache", type=Path)
    parser.add_argument("--count", type=int, default=COUNT)
    asked = parser.parse_args()
    prepare(asked.cache, asked.count)
