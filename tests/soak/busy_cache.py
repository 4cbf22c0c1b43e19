"""Let threads and processes read and write one cache at once; every artefact must be whole and what its record says, always.

python tests/soak/busy_cache.py [SECONDS]
"""

import hashlib
import json
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from retrieval_core.errors import RetrievalError
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import begin_run, find_runs
from retrieval_core.workspace import Workspace, read_json, write_json

THREADS, PROCESSES, FOLDERS, FILES = 8, 3, 3, 4


def content(inputs: dict) -> bytes:
    """What an artefact made from these inputs must hold."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).digest() * (1 + inputs["size"])


def write(workspace: Workspace, dice: random.Random) -> None:
    path = workspace.folder("set", "run", f"model{dice.randrange(FOLDERS)}") / f"file{dice.randrange(FILES)}.bin"
    inputs = {"number": dice.randrange(1000), "size": dice.randrange(2000)}
    with workspace.lock("set", path.parent.name, path.name), workspace.writing(path, inputs, notes=inputs) as temporary:
        temporary.write_bytes(content(inputs))


def read(workspace: Workspace, dice: random.Random) -> None:
    """What is fresh is what its record says: read under the lock, since another may replace it meanwhile."""
    path = workspace.folder("set", "run", f"model{dice.randrange(FOLDERS)}") / f"file{dice.randrange(FILES)}.bin"
    with workspace.lock("set", path.parent.name, path.name):
        record = workspace.record(path)
        if record is not None:
            assert workspace.state(path, record.inputs) == "fresh", path
            assert path.read_bytes() == content(dict(record.inputs)), path


def look(workspace: Workspace, dice: random.Random) -> None:
    """Without a lock: whatever is there, it is never damaged."""
    folder = workspace.folder("set", "run", f"model{dice.randrange(FOLDERS)}")
    for name in workspace.records(folder):
        assert workspace.state(folder / name) in ("fresh", "missing"), folder / name


def tell(workspace: Workspace, dice: random.Random) -> None:
    """A JSON file that all write at once is always one of those that were written."""
    file = workspace.folder("set") / "state.json"
    number = dice.randrange(10**6)
    write_json(file, {"number": number, "again": [number] * dice.randrange(1, 50)})
    known = read_json(file)
    assert set(known["again"]) == {known["number"]}


def name_run(workspace: Workspace, dice: random.Random) -> None:
    """Runs are named and listed; the same name never stands for two seeds."""
    begin_run(workspace, Run(f"seed{(seed := dice.randrange(20))}", seed=seed), "set")
    for run in find_runs(workspace, "set"):
        assert run.name in ("run", f"seed{run.seed}")


WORK = (write, read, look, tell, name_run)


def work(root: str, seconds: float, seed: int) -> tuple[Counter, list[str]]:
    """Do what chance says until the time is over; how often each was done, and what went wrong."""
    dice, workspace, done, faults = random.Random(seed), Workspace(root), Counter(), []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        chosen = dice.choices(WORK, (4, 4, 4, 4, 1))[0]
        try:
            chosen(workspace, dice)
            done[chosen.__name__] += 1
        except (AssertionError, RetrievalError, OSError, ValueError) as error:
            faults.append(f"{chosen.__name__}: {type(error).__name__}: {error}")
    return done, faults


def process(root: str, seconds: float, seed: int, answers) -> None:
    answers.put(work(root, seconds, seed))


def soak(root: Path, seconds: float) -> tuple[Counter, list[str]]:
    """All threads and processes on one cache; what was done, and what went wrong."""
    workspace = Workspace(root)
    begin_run(workspace, Run("run"), "set")
    context = multiprocessing.get_context("spawn")
    answers, results = context.Queue(), []
    processes = [context.Process(target=process, args=(str(root), seconds, 100 + number, answers)) for number in range(PROCESSES)]
    shared = lambda number: results.append(work(str(root), seconds, number))  # noqa: E731
    threads = [threading.Thread(target=shared, args=(number,)) for number in range(THREADS)]
    for worker in (*processes, *threads):
        worker.start()
    results += [answers.get(timeout=seconds + 120) for _ in processes]
    for worker in (*processes, *threads):
        worker.join()
    done, faults = Counter(), []
    for part, wrong in results:
        done += part
        faults += wrong
    left = [str(path) for path in root.rglob("*.writing")]
    return done, faults + [f"left over: {name}" for name in left]


if __name__ == "__main__":
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory(prefix="busy-") as folder:
        done, faults = soak(Path(folder) / "cache", seconds)
    print(f"{THREADS} threads and {PROCESSES} processes, {seconds:.0f} s")
    print("\n".join(f"{name:12} {count:,}" for name, count in done.items()))
    print("\n".join(faults) or "nothing lost, nothing wrong, nothing unreadable")
    sys.exit(bool(faults))
