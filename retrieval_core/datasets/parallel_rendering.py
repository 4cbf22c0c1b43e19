"""Rendering in parallel: a set is made of units (a building, a class), each rendered whole by one process.

A unit that is finished leaves a note in `.units/`; a build that was killed renders only what has none. Every random
number is drawn from the unit's own seed, so the pictures do not depend on the number of processes. The folder also
remembers what is built in it, since a note says nothing about the specification that its photographs were made by.
"""

import hashlib
import json
import multiprocessing
import os
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import read_json, temporary_name, write_json

NOTES = ".units"  # folder with a note of each unit that is finished
PLAN = ".plan.json"  # among the notes: a hash of all units, and the photographs of each in their order
PATIENCE = 0.25  # seconds between two reports while no unit is finished
_WRITING = ".writing"  # ending of a temporary name

# In a worker process, shared by all workers of this build:
_written = None  # photographs written
_first = None  # free until a worker has taken it: this one renders the first picture
_compiled = None  # set when that is there


@dataclass(frozen=True)
class Unit:
    """A name that can be a file's, the number of its photographs, and what its renderer needs to know."""

    name: str
    photographs: int
    task: tuple


def build_units(
    root: Path, units: Sequence[Unit], render: Callable[[Path, tuple], list], stage: str, workers: int | None = None
) -> Generator[Progress, None, dict[str, list]]:
    """Render what is missing below `root`, in the order of the units; return what `render(root, task)` said of each, by name.

    `render` must be a function of a module and write its pictures by `write_bytes`. Raises RetrievalError if the
    folder can't be written, or if another specification's build was begun in it.
    """
    notes = root / NOTES
    try:
        notes.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RetrievalError(f"{root} can't be written ({error.strerror}). Make it writable or choose another --cache.") from error
    _check_plan(root, notes / PLAN, units)
    found = {unit.name: json.loads(file.read_text()) for unit in units if (file := notes / f"{unit.name}.json").exists()}
    missing = [unit for unit in units if unit.name not in found]
    total = sum(unit.photographs for unit in units)
    done = total - sum(unit.photographs for unit in missing)
    yield Progress(stage, done, total)
    if not missing:
        return found
    # spawn, not fork: the caller may hold threads and locks of other libraries.
    context = multiprocessing.get_context("spawn")
    written = context.Value("q", 0)
    shared = (written, context.Semaphore(1), context.Event())
    with ProcessPoolExecutor(workers or os.cpu_count(), context, _start_worker, shared) as pool:
        futures = {pool.submit(_render, render, root, unit.task): unit for unit in missing}
        pending = set(futures)
        try:
            while pending:
                finished, pending = wait(pending, PATIENCE, FIRST_COMPLETED)
                for future in finished:
                    unit = futures[future]
                    found[unit.name] = future.result()
                    write_json(notes / f"{unit.name}.json", found[unit.name])
                yield Progress(stage, done + written.value, total)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def finished_at_head(root: Path) -> int:
    """How many photographs the units hold that come before the first one that is not finished below `root`."""
    notes = root / NOTES
    units = read_json(notes / PLAN, {"units": {}})["units"]
    return sum(units[name] for name in takewhile(lambda name: (notes / f"{name}.json").exists(), units))


def newest_pictures(root: Path, count: int) -> list[Path]:
    """The pictures below `root` that were written last, the newest first, at most `count`; only folders are read."""
    try:
        folders = sorted((entry for entry in os.scandir(root) if entry.is_dir()), key=_changed, reverse=True)
    except FileNotFoundError:
        return []
    found: list[os.DirEntry] = []
    for folder in folders:
        if len(found) >= count and _changed(folder) < _changed(found[count - 1]):
            break  # a folder changes with each picture in it: the rest holds older ones
        if not folder.name.startswith("."):
            found += [entry for entry in os.scandir(folder) if entry.name.endswith(".jpg") and not entry.name.startswith(".")]
            found.sort(key=_changed, reverse=True)
    return [Path(entry.path) for entry in found[:count]]


def write_bytes(path: Path, data: bytes) -> None:
    """Write a picture whole or not at all; it is not flushed one by one, since a unit without a note is made again."""
    temporary = temporary_name(path)
    temporary.write_bytes(data)
    temporary.replace(path)
    if _written is not None:
        with _written.get_lock():
            _written.value += 1
        _compiled.set()


def _changed(entry: os.DirEntry) -> int:
    return entry.stat().st_mtime_ns


def _check_plan(root: Path, file: Path, units: Sequence[Unit]) -> None:
    """Note what is built in the folder, or check that it is the same as before; sweep away half-written pictures."""
    plan = {"hash": hashlib.sha256(repr(units).encode()).hexdigest(), "units": {unit.name: unit.photographs for unit in units}}
    if read_json(file, plan) != plan:
        raise RetrievalError(
            f"In {root} a build with another specification was begun. Remove this folder, or build with the "
            "specification that it was begun with."
        )
    write_json(file, plan)
    for left in root.rglob(f".*{_WRITING}"):
        left.unlink(missing_ok=True)


def _render(render: Callable[[Path, tuple], list], root: Path, task: tuple) -> list:
    """Render a unit. What Numba compiles for the first picture, one worker compiles; the others wait and find it in Numba's cache."""
    if not _first.acquire(block=False):
        _compiled.wait()
    try:
        return render(root, task)
    finally:
        _compiled.set()


def _start_worker(*shared) -> None:
    """Take what workers share, and end as soon as the parent does, even if it was killed and could not say so."""
    global _written, _first, _compiled
    _written, _first, _compiled = shared
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)
