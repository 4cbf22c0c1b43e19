"""Let a small run meet a full disk at many places: it must say so, keep what was there, and end well once there is room.

    python tests/soak/full_disk.py [how many of the commands, with little room only]

As root on Linux: it mounts a small file system in memory.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import small_cache as small

MEGABYTE = 2**20
SIZE = 1500  # megabytes of the small file system
ROOM = (0, 0.01, 0.05, 0.2, 0.5, 1, 3, 10, 30, 60, 100, 150, 200, 250)  # megabytes that are left when a command begins


@contextmanager
def small_disk(folder: Path):
    """A file system of SIZE megabytes in memory."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, leave: float) -> Path:
    """A file that takes all room but so many megabytes."""
    free = shutil.disk_usage(disk).free - int(leave * MEGABYTE)
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, free))
    return ballast


def soak(root: Path, room=ROOM, first: int | None = None) -> dict:
    """Every command, or the `first` of them, begins with little room, and again with more, until it ends well; returns the figures."""
    log, quiet = root / "log.txt", root / "quiet"
    for name in ("shapes", "town-train", "town"):
        assert small.finish(small.fork(quiet, ["data", "build", name], log)) == 0, log.read_text()
    small.inputs(root, quiet)
    for arguments in small.commands(root)[:first]:
        assert small.finish(small.fork(quiet, arguments, log)) == 0, log.read_text()[-3000:]
    expected, right = small.artefacts(quiet), small.readable(quiet)
    refused = finished = 0
    with small_disk(root / "disk"):
        cache = root / "disk" / "cache"
        small.seeded(quiet, cache)
        shutil.rmtree(root / "handed", ignore_errors=True)
        for arguments in small.commands(root)[:first]:
            for leave in (*room, None):
                ballast = fill(root / "disk", leave) if leave is not None else None
                before = log.stat().st_size
                status = small.finish(small.fork(cache, arguments, log))
                said = log.read_bytes()[before:].decode()
                if ballast:
                    ballast.unlink()
                for key, content in small.readable(cache).items():
                    assert content == right[key], f"{key} is wrong after a full disk in {arguments}"
                if status == 0:
                    finished += 1
                    break
                assert status == 1, f"{arguments} with {leave} MB ended with {status}: {said[-3000:]}"
                assert "full" in said or "can't be written" in said, said[-3000:]
                assert "Traceback" not in said, said[-3000:]
                refused += 1
            assert status == 0, f"{arguments}: {said[-3000:]}"
        found = small.artefacts(cache)
        assert found.keys() == expected.keys(), found.keys() ^ expected.keys()
        different = [name for name in expected if found[name] != expected[name]]
        assert not different, different
    return {"commands that ended for want of room": refused, "commands that ended well": finished, "files compared": len(expected)}


if __name__ == "__main__":
    small.prepare()
    begin = time.monotonic()
    short = {"room": (0.01, 20), "first": int(sys.argv[1])} if len(sys.argv) > 1 else {}
    with tempfile.TemporaryDirectory(prefix="full-") as folder:
        figures = soak(Path(folder), **short)
    print("\n".join(f"{name:40} {value}" for name, value in figures.items()))
    print(f"nothing lost, nothing wrong, nothing unreadable; {time.monotonic() - begin:.0f} s")
