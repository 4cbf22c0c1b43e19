"""What changes something on this machine: the one way from a page to it, and closed to visitors."""

from collections.abc import Callable, Iterable, Sequence

from pages.state import door, loaders, marks
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.lessons import lesson_files
from retrieval_core.lessons.card import Lesson
from retrieval_core.runs import jobs
from retrieval_core.stored.bins import Bin, carry_over, remove_bin, save_bin
from retrieval_core.stored.detective import decide
from retrieval_core.training.overlap import Pair, confirm_different


def start_work(arguments: list[str], place: str) -> None:
    """Start a command in a process of its own; see jobs.start. RetrievalError for a visitor."""
    door.for_the_owner("start anything")
    jobs.start(loaders.workspace(), arguments, place)


def cancel_work(place: str) -> None:
    """Ask the work of a place to stop; see jobs.cancel. RetrievalError for a visitor."""
    door.for_the_owner("cancel anything")
    jobs.cancel(loaders.workspace(), place)


def add_folder(name: str, path: str, check: Callable[[Dataset], None]) -> Dataset:
    """Register a folder of this machine; see add_dataset. RetrievalError for a visitor, who learns nothing of the folder."""
    door.for_the_owner("add anything")
    added = add_dataset(loaders.workspace(), name, path, check=check)
    carry_over(loaders.workspace(), name)
    return added


def keep_bin(dataset: str, bin: Bin) -> None:
    """Keep a selection under a name; see save_bin. RetrievalError for a visitor."""
    door.for_the_owner("keep anything")
    save_bin(loaders.workspace(), dataset, bin)


def drop_bin(dataset: str, name: str) -> None:
    """Remove a bin; see remove_bin. RetrievalError for a visitor."""
    door.for_the_owner("remove anything")
    remove_bin(loaders.workspace(), dataset, name)


def call_different(training: str, pairs: Iterable[Pair]) -> None:
    """Note that pairs show different photographs; see confirm_different. RetrievalError for a visitor."""
    door.for_the_owner("decide this")
    confirm_different(loaders.workspace(), training, pairs)


def keep_marks(subject: str, marked: Sequence[marks.Mark], dataset: Dataset) -> None:
    """Keep marks as bins; see marks.keep. RetrievalError for a visitor."""
    door.for_the_owner("keep anything")
    marks.keep(subject, marked, dataset)


def judge_suspect(dataset: str, image_id: str, landmark: str, decision: str | None) -> None:
    """Keep what is decided of a photograph, or take it back; see stored.detective.decide. RetrievalError for a visitor."""
    door.for_the_owner("decide this")
    decide(loaders.workspace(), dataset, image_id, landmark, decision)


def keep_lesson(lesson: Lesson, read: str = "") -> lesson_files.Kept:
    """Write a lesson that was changed, or a new one; see save_lesson. RetrievalError for a visitor."""
    door.for_the_owner("change a lesson")
    return lesson_files.save_lesson(loaders.workspace(), lesson, read)


def take_lesson(data: bytes, file: str, name: str, notes: list[str]) -> lesson_files.Kept:
    """Keep a lesson that was handed over; see import_lesson. RetrievalError for a visitor."""
    door.for_the_owner("add anything")
    return lesson_files.import_lesson(loaders.workspace(), data, file, name, notes)


def drop_lesson(name: str) -> None:
    """Remove a lesson; see remove_lesson. RetrievalError for a visitor."""
    door.for_the_owner("remove anything")
    lesson_files.remove_lesson(loaders.workspace(), name)
