"""How long work tells how far it is, without knowing who listens."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """One report of a running stage: the command line draws it with tqdm, a page with a bar.

    `done` and `total` count whatever the stage works through (photographs, steps, iterations);
    `values` holds live figures by name, such as the loss or the share of active triplets.
    `overall` is the part of the whole run that is behind us, 0 to 1; only the pipeline knows and fills it.
    Functions that take long are generators: they yield Progress and return their result.
    """

    stage: str
    done: int
    total: int
    message: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    overall: float | None = None


def relabelled(steps: Generator[Progress, None, Result], **changes) -> Generator[Progress, None, Result]:
    """Pass the reports of an inner stage on as part of an outer one, and return its result."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        yield replace(step, **changes)


def finished(steps: Generator[Progress, None, Result], tell: Callable[[Progress], object] | None = None) -> Result:
    """Follow some steps to their end and give what they return; `tell` hears their reports."""
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        if tell:
            tell(step)
