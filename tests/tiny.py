"""A town and schedules so small that all models go through the whole pipeline within minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from retrieval_core import schedules
from retrieval_core.datasets import catalog
from retrieval_core.datasets.shapes import ShapesSpec
from retrieval_core.datasets.town.specs import TownSpec, TownTrainSpec
from retrieval_core.networks import distilled_files
from retrieval_core.presets import get_preset

SPECS = {
    "town": TownSpec(counts=(7, 6, 6), unlabelled=10, width=96, height=72),
    "town-train": TownTrainSpec(landmarks=9, photographs=6, width=96, height=72),
    "shapes": ShapesSpec(classes=4, photographs=6, size=64),
}


TABLES = (*schedules.COLUMNS.values(), catalog.BUILT_IN)
SHIPPED, STARTS = [(table, dict(table)) for table in TABLES], distilled_files.FOLDER


@contextmanager
def as_shipped() -> Iterator[None]:
    """Datasets, schedules and starts as a user has them, also where another test has made them tiny."""
    undo = restore()
    for table, entries in SHIPPED:
        table.update(entries)
    distilled_files.FOLDER = STARTS
    try:
        yield
    finally:
        undo()


def shrink(steps: int = 3) -> None:
    """Make the built-in datasets and the quick schedules tiny, in this process; where no start is named it is `shapes`."""
    distilled_files.FOLDER = Path(__file__).parent / "no starts"
    for name, spec in SPECS.items():
        catalog.BUILT_IN[name] = replace(catalog.BUILT_IN[name], spec=spec)
    for name, column in schedules.COLUMNS.items():
        if name == "full":
            continue
        for key, schedule in column.items():
            trained = get_preset(key).loss is not None
            column[key] = replace(
                schedule, steps=steps if trained else 0, batch=8, image_size=64, extract_size=64, pool=18, mine_every=2,
                negatives=2, per_landmark=2, validations=1,
            )  # fmt: skip


def restore():
    """A function that undoes `shrink`."""
    saved, starts = [(table, dict(table)) for table in TABLES], distilled_files.FOLDER

    def undo() -> None:
        for table, entries in saved:
            table.update(entries)
        distilled_files.FOLDER = starts

    return undo
