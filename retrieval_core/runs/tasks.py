"""The steps of some work in their order, and how far the whole of it is."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from importlib import import_module

from retrieval_core.progress import Progress


@dataclass(frozen=True)
class Task:
    """One step of a run: its name, what to call, and about how many seconds it takes (for the bar, nothing else)."""

    name: str
    seconds: float
    start: Callable[[], Iterator[Progress]]


def follow(plan: list[Task]) -> Iterator[Progress]:
    """Do the tasks one after the other, and tell how far the whole is."""
    whole = sum(task.seconds for task in plan)
    behind = furthest = 0.0
    for task in plan:
        for progress in task.start():
            part = progress.done / progress.total if progress.total else 0.0
            furthest = max(furthest, (behind + min(part, 1.0) * task.seconds) / whole)
            message = progress.message or (progress.stage if progress.stage != task.name else "")
            yield replace(progress, stage=task.name, message=message, overall=furthest)
        behind += task.seconds
    yield Progress("all done", 1, 1, overall=1.0)


def step(module: str, name: str, *arguments) -> Generator[Progress, None, None]:
    """Begin a step of a module of this folder that loads torch: that takes seconds, and what comes first need not wait for it."""
    return getattr(import_module(f"retrieval_core.runs.{module}"), name)(*arguments)
