"""Kill a small run at random moments, start it again each time, and compare everything at the end with an undisturbed run.

python tests/soak/killed_runs.py [KILLS] [SEED] [how many of the commands]
"""

import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import small_cache as small


def soak(root: Path, kills: int, seed: int = 0, first: int | None = None) -> dict:
    """Kill that many commands, of all or of the `first`; returns the figures. AssertionError where something is lost or wrong."""
    random, log = np.random.default_rng(seed), root / "log.txt"
    quiet = root / "quiet"
    assert small.finish(small.fork(quiet, ["data", "build", "shapes"], log)) == 0, log.read_text()
    for name in ("town-train", "town"):
        assert small.finish(small.fork(quiet, ["data", "build", name], log)) == 0, log.read_text()
    small.inputs(root, quiet)
    durations = []
    for arguments in small.commands(root)[:first]:
        begin = time.monotonic()
        assert small.finish(small.fork(quiet, arguments, log)) == 0, log.read_text()[-3000:]
        durations.append(time.monotonic() - begin)
    expected, right = small.artefacts(quiet), small.readable(quiet)
    killed, rounds, starts = Counter(), 0, 0
    while sum(killed.values()) < kills:
        rounds += 1
        cache = root / f"killed-{rounds}"
        small.seeded(quiet, cache)
        shutil.rmtree(root / "handed", ignore_errors=True)
        for arguments, seconds in zip(small.commands(root)[:first], durations, strict=True):
            while True:
                patience = random.uniform(0, 1.1) * seconds if sum(killed.values()) < kills else 3600
                status = small.kill_after(small.fork(cache, arguments, log), patience)
                starts += 1
                if status == -9:
                    killed[" ".join(arguments[:2])] += 1
                    for key, content in small.readable(cache).items():
                        assert content == right[key], f"{key} is wrong after a kill in {arguments}"
                    continue
                assert status == 0, f"{arguments} ended with {status}: {log.read_text()[-3000:]}"
                break
        found = small.artefacts(cache)
        assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
        different = [name for name in expected if found[name] != expected[name]]
        assert not different, different
        shutil.rmtree(cache)
    return {"kills": sum(killed.values()), "starts": starts, "rounds": rounds, "files compared a round": len(expected), **killed}


if __name__ == "__main__":
    small.prepare()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="killed-") as folder:
        figures = soak(Path(folder), *map(int, sys.argv[1:3] or ["200"]))
    print("\n".join(f"{name:24} {value}" for name, value in figures.items()))
    print(f"nothing lost, nothing wrong, nothing unreadable; {time.monotonic() - begin:.0f} s")
