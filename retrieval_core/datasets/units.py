"""Rendering in parallel: a set is made of units (a building, a class), each rendered whole by one process.

A unit that is finished leaves a note in `.units/`; a build that was killed renders only what has none. Every random
number is drawn from the unit's own seed, so the pictures do not depend on the number of processes.
"""

import json
import multiprocessing
import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import write_json


@dataclass(frozen=True)
class Unit:
    """A name that can be a file's, the number of its photographs, and what its renderer needs to know."""

    name: str
    photographs: int
    task: tuple


def build_units(
    root: Path, units: Sequence[Unit], render: Callable[[Path, tuple], list], stage: str, workers: int | None = None
) -> Generator[Progress, None, dict[str, list]]:
    """Render what is missing below `root`; return what `render(root, task)` said of each unit, by name.

    `render` must be a function of a module. Raises RetrievalError if the folder can't be written.
    """
    notes = root / ".units"
    try:
        notes.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RetrievalError(
            f"{root} can't be written ({error.strerror}). Make it writable or choose another --cache."
        ) from error
    found = {
        unit.name: json.loads(file.read_text()) for unit in units if (file := notes / f"{unit.name}.json").exists()
    }
    missing = [unit for unit in units if unit.name not in found]
    total = sum(unit.photographs for unit in units)
    done = total - sum(unit.photographs for unit in missing)
    yield Progress(stage, done, total)
    if not missing:
        return found
    # spawn, not fork: the caller may hold threads and locks of other libraries.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as pool:
        futures = {
            pool.submit(render, root, unit.task): unit for unit in sorted(missing, key=lambda unit: -unit.photographs)
        }
        try:
            for future in as_completed(futures):
                unit = futures[future]
                found[unit.name] = future.result()
                write_json(notes / f"{unit.name}.json", found[unit.name])
                done += unit.photographs
                yield Progress(stage, done, total)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def write_bytes(path: Path, data: bytes) -> None:
    """Write a picture whole or not at all; it is not flushed one by one, since a unit without a note is made again."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.writing")
    temporary.write_bytes(data)
    temporary.replace(path)
