"""From the click to the first map of the town, beside the same work one after the other, in one run.

    python tests/benchmarks/bench_first_map.py [FOLDER]

Prints stage by stage, in seconds since the click: of the run that the page Start begins, which describes photographs while others
are rendered; and of its peer, which renders the whole town first and describes it then. Both make the same descriptors, to the
bit, and end when the map of 2a, its APs and the thumbnails are there. Afterwards a folder of one's own (FOLDER, or 70
photographs of the town) is added and mapped. What Numba compiles is compiled anew in each of the three, as on a fresh clone.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import copy

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from retrieval_core.runs import jobs
from retrieval_core.stored.artefacts import descriptors_path
from retrieval_core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
LAST = "thumbnails of {}"  # the stage after which the map, the galleries and AP are all there


def fresh(folder: Path, name: str) -> Workspace:
    """An empty cache, and an empty folder for what Numba compiles."""
    os.environ["NUMBA_CACHE_DIR"] = str(folder / f"{name}-compiled")
    return Workspace(folder / name)


def run(workspace: Workspace, dataset: str, clicked: float) -> tuple[list[tuple[str, float]], float]:
    """The stages of a run of 2a with the seconds since the click at which each ended, and those at which the first map was there."""
    job = jobs.start(workspace, ["run", "--dataset", dataset, "--models", "2a"])
    begun = job.started - clicked
    while (job := jobs.current(workspace)).state == "running":
        time.sleep(0.2)
    if job.state != "done":
        sys.exit(job.error)
    ends, now = [("begin the process", begun)], begun
    for stage, seconds in job.finished:
        now += seconds
        ends.append((stage, now))
    return ends, next(end for stage, end in ends if stage == LAST.format(dataset))


def command(workspace: Workspace, *words: str) -> None:
    """A command line of the package, whose output is not wanted."""
    subprocess.run([sys.executable, "-m", "retrieval_core", "--cache", str(workspace.root), *words], cwd=ROOT, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip


def show(title: str, ends: list[tuple[str, float]], first: float) -> None:
    """A table of stages."""
    print(f"\n{title}: the first map after {first:.1f} s")
    for (stage, end), (_, before) in zip(ends, [("", 0.0), *ends], strict=False):
        print(f"  {stage:34}{end - before:>8.1f} s{end:>9.1f} s")


def main() -> None:
    """Run all three and print their tables."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ahead = fresh(folder, "ahead")
        ends, first = run(ahead, "town", time.time())
        show("Described while it is rendered", ends, first)

        after, clicked = fresh(folder, "after"), time.time()
        command(after, "data", "build", "town")
        rendered = time.time() - clicked
        peer_ends, peer = run(after, "town", clicked)
        show("One after the other", [("render", rendered), *peer_ends], peer)
        same = len({descriptors_path(one, "town", "quick", "2a").read_bytes() for one in (ahead, after)}) == 1
        print(f"\nratio {first / peer:.2f}; the descriptors are {'the same to the bit' if same else 'DIFFERENT'}")

        own = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "own"
        if len(sys.argv) == 1:
            own.mkdir()
            for path in sorted((after.root / "town" / "photographs" / "jpg").iterdir())[:70]:
                copy(path, own)
        photos, clicked = fresh(folder, "photos"), time.time()
        command(photos, "data", "add", "mine", str(own))
        added = time.time() - clicked
        ends, first = run(photos, "mine", clicked)
        show("A folder of one's own", [("data add", added), *ends], first)


if __name__ == "__main__":
    main()
