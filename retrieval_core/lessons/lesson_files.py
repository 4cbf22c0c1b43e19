"""Lessons as files: those that come with the program, and a person's own in cache/lessons/; nothing makes the latter anew."""

import hashlib
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from retrieval_core.datasets.names import composed
from retrieval_core.datasets.texts import text_lines, write_text
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Lesson
from retrieval_core.lessons.lesson_text import parse_lesson, write_lesson
from retrieval_core.workspace import Workspace

FOLDER, ENDING = "lessons", ".md"
MOST_BYTES = 1_000_000  # of a file: a lesson is text
SHIPPED = Path(__file__).parent / "shipped"
_NAME = re.compile(r"\w(?:[\w -]{0,48}[\w-])?")  # as long as file systems take it in any script, and without dots


@dataclass(frozen=True)
class Kept:
    """A lesson and the hash of the file that it was read from, which says later whether somebody has changed it since."""

    lesson: Lesson
    version: str


@dataclass(frozen=True)
class Listed:
    """A lesson that there is: `kept` is None where its file can't be read, and `error` then says why and what to do."""

    name: str
    shipped: bool
    kept: Kept | None
    error: str = ""


class ChangedMeanwhile(RetrievalError):
    """A lesson was changed by somebody else since it was read: it is not overwritten unasked."""


def list_lessons(workspace: Workspace) -> list[Listed]:
    """The shipped lessons, then a person's own, each sorted by name; one that is damaged is among them, with its remedy."""
    return [*(_listed(file, True) for file in _files(SHIPPED)), *(_listed(file, False) for file in _files(workspace.root / FOLDER))]


def read_lesson(workspace: Workspace, name: str) -> Kept:
    """One lesson by its name; RetrievalError lists those that there are, or says what is wrong with its file."""
    file, shipped = _found(workspace, name)
    return _read(file, _stamp(file), shipped)


def save_lesson(workspace: Workspace, lesson: Lesson, read: str = "") -> Kept:
    """Write a person's own lesson whole or not at all; `read` is the version that was changed, empty for a new lesson.

    Raises RetrievalError for a name that can't be one, ChangedMeanwhile where the file is no longer that version.
    """
    file, text = _own(workspace, lesson.name), write_lesson(replace(lesson, shipped=False))
    parse_lesson(text.split("\n"), lesson.name, file)  # what could not be read again is not written
    if len(text.encode()) > MOST_BYTES:
        raise RetrievalError(f"The lesson {lesson.name!r} would be larger than {MOST_BYTES:,} bytes. Split it into several.")
    workspace.ensure_writable(file.parent)
    with workspace.lock(FOLDER, lesson.name):
        there = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
        if there and not read:
            raise RetrievalError(f"There is a lesson {lesson.name!r} already. Choose another name, or remove that one first.")
        if there != read:
            what = "changed" if there else "removed"
            raise ChangedMeanwhile(f"The lesson {lesson.name!r} was {what} meanwhile, in another tab or by another program. What you "
                                   "wrote is not saved yet: take what is there, or write yours in its place.")  # fmt: skip
        write_text(file, text)
    return read_lesson(workspace, lesson.name)


def copy_lesson(workspace: Workspace, name: str, new: str) -> Kept:
    """Copy a lesson, shipped or not, under a new name."""
    return save_lesson(workspace, replace(read_lesson(workspace, name).lesson, name=composed(new), shipped=False))


def import_lesson(workspace: Workspace, data: bytes, file: str, name: str = "", notes: list[str] | None = None) -> Kept:
    """Keep what an exported file holds, under the name of the file or another one; `notes`: what was strange about it.

    Raises RetrievalError where it is no lesson, and where there is one of this name.
    """
    name = composed(name or Path(file).stem)
    _own(workspace, name)
    return save_lesson(workspace, _parsed(data, name, file, False, notes))


def read_file(file: Path, notes: list[str] | None = None) -> Lesson:
    """The lesson of a file that is not kept here; RetrievalError says what is wrong with it."""
    return _parsed(file_bytes(file), composed(file.stem), str(file), False, notes)


def file_bytes(file: Path) -> bytes:
    """What a file of a lesson holds; RetrievalError where it can't be read, or is too large for one."""
    try:
        _limit(file.stat().st_size, str(file))
        return file.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise RetrievalError(f"{file} does not exist. Check the path.") from None
    except (OSError, ValueError) as error:
        raise RetrievalError(f"{file} can't be read ({getattr(error, 'strerror', None) or error}). Name a text file.") from error


def export_lesson(workspace: Workspace, name: str, file: Path) -> None:
    """Write a lesson as one file, which must be new; RetrievalError where it is not, or its folder is not there."""
    text = write_lesson(read_lesson(workspace, name).lesson)
    if file.exists():
        raise RetrievalError(f"{file} exists already. Name a new file.")
    if not file.parent.is_dir():
        raise RetrievalError(f"The folder {file.parent} does not exist. Make it, or name another one.")
    write_text(file, text)


def remove_lesson(workspace: Workspace, name: str) -> None:
    """Remove a person's own lesson, also a damaged one; RetrievalError for a shipped one, or where there is none of this name."""
    file, shipped = _found(workspace, name)
    if shipped:
        raise RetrievalError(f"{name!r} comes with the program and can't be removed.")
    file.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob(f"*{ENDING}") if not file.name.startswith("."))


def _listed(file: Path, shipped: bool) -> Listed:
    name = composed(file.name.removesuffix(ENDING))
    try:
        if not shipped:
            _check_name(name, file)
        return Listed(name, shipped, _read(file, _stamp(file), shipped))
    except RetrievalError as error:
        return Listed(name, shipped, None, str(error))


def _found(workspace: Workspace, name: str) -> tuple[Path, bool]:
    """The file of a lesson that there is, and whether it is shipped."""
    shipped = {file.name.removesuffix(ENDING): file for file in _files(SHIPPED)}
    own = {composed(file.name.removesuffix(ENDING)): file for file in _files(workspace.root / FOLDER)}
    name = composed(name)
    if name in shipped:
        return shipped[name], True
    if name in own:
        return own[name], False
    known = ", ".join([*shipped, *own]) or "none yet"
    raise RetrievalError(f"There is no lesson {name[:80]!r}. There are: {known}.")


def _own(workspace: Workspace, name: str) -> Path:
    file = workspace.root / FOLDER / f"{composed(name)}{ENDING}"
    _check_name(composed(name))
    return file


def _check_name(name: str, file: Path | None = None) -> None:
    """RetrievalError for what can't be the name of a person's own lesson; `file` is one that has this name all the same."""
    where = f"{file}: " if file else ""
    if not _NAME.fullmatch(name):
        raise RetrievalError(f"{where}{name[:80]!r} can't be the name of a lesson. Use up to 50 letters, digits, '-', '_' and blanks "
                             "within.")  # fmt: skip
    if (SHIPPED / f"{name}{ENDING}").exists():
        raise RetrievalError(f"{where}{name!r} is the name of a lesson that comes with the program. Choose another name.")


def _stamp(file: Path) -> tuple:
    try:
        stat = file.stat()
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


@lru_cache(maxsize=256)
def _read(file: Path, stamp: tuple, shipped: bool) -> Kept:
    """A file's lesson; read again only when its stamp is another."""
    data = file_bytes(file)
    lesson = _parsed(data, composed(file.name.removesuffix(ENDING)), str(file), shipped)
    return Kept(lesson, hashlib.sha256(data).hexdigest())


def _parsed(data: bytes, name: str, file: str, shipped: bool, notes: list[str] | None = None) -> Lesson:
    _limit(len(data), file)
    return parse_lesson(text_lines(data, file, notes), name, file, shipped)


def _limit(count: int, file: str) -> None:
    if count > MOST_BYTES:
        raise RetrievalError(f"{file} has {count:,} bytes, and a lesson at most {MOST_BYTES:,}. It is probably another file.")
