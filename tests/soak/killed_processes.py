"""Kill a process of a small run under torchrun at random moments, which starts all anew, and compare the end with an undisturbed run.

python tests/soak/killed_processes.py [KILLS] [SEED] [PROCESSES]
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import small_cache as small

SCRIPT = Path(__file__).parents[1] / "cli" / "several_commands.py"
COMMAND = ["extract", "--dataset", "town", "--models", "1d,1f", "--device", "cpu", "--start", "shapes"]


def start(cache: Path, processes: int, restarts: int) -> subprocess.Popen:
    """The command under torchrun."""
    words = [
        "--standalone",
        "--nproc-per-node",
        str(processes),
        "--max-restarts",
        str(restarts),
        "--",
        str(SCRIPT),
        "--cache",
        str(cache),
    ]
    return subprocess.Popen([sys.executable, "-m", "torch.distributed.run", *words, *COMMAND], stderr=subprocess.PIPE, text=True)


def children(pid: int) -> list[int]:
    """The processes that one has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def soak(root: Path, kills: int, seed: int, processes: int) -> dict:
    """Kill that many processes in one run; returns the figures. AssertionError where the end is another."""
    random, quiet, cache = np.random.default_rng(seed), root / "quiet", root / "killed"
    for name in ("shapes", "town-train", "town"):
        assert small.finish(small.fork(quiet, ["data", "build", name], root / "log.txt")) == 0
    small.seeded(quiet, cache)
    begin = time.monotonic()
    undisturbed = start(quiet, processes, 0)
    said = undisturbed.communicate()[1]
    assert undisturbed.returncode == 0, said[-3000:]
    seconds = time.monotonic() - begin
    running, done = start(cache, processes, kills + 1), 0
    while done < kills and running.poll() is None:
        time.sleep(random.uniform(0.2, 0.8) * seconds)
        found = [] if running.poll() is not None else children(running.pid)
        if found:
            os.kill(int(random.choice(found)), signal.SIGKILL)
            done += 1
    said = running.communicate()[1]
    assert running.returncode == 0, said[-3000:]
    expected, found = small.artefacts(quiet), small.artefacts(cache)
    assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
    different = [name for name in expected if found[name] != expected[name]]
    assert not different, different
    return {"kills": done, "processes": processes, "files compared": len(expected), "seconds undisturbed": round(seconds)}


if __name__ == "__main__":
    small.prepare()
    kills, seed, processes = [*map(int, sys.argv[1:]), *[10, 0, 2][len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        figures = soak(Path(folder), kills, seed, processes)
    print("\n".join(f"{name:24} {value}" for name, value in figures.items()))
    print("nothing lost, nothing wrong, nothing unreadable")
