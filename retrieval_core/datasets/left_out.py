"""What lies in a dataset's folder and is no photograph of it, by reason: nothing is left out without a word."""

import os
from collections.abc import Iterable

from retrieval_core.datasets.checks import remarks
from retrieval_core.datasets.decoding import SUFFIXES
from retrieval_core.datasets.images import walk
from retrieval_core.datasets.names import id_of
from retrieval_core.datasets.types import Dataset, Image, LeftOut

FIRST = 3  # names that are said of each kind

_HEIC = "HEIC, which Pillow does not read; save it as JPEG"
_RAW = "a raw file of a camera; develop it into JPEG or TIFF"
_DRAWING = "a drawing or document; save its pictures as PNG"
_FILM = "a film; save single pictures of it"
_JXL = "JPEG XL, which Pillow does not read; save it as JPEG or PNG"
_DATA = "scientific data; save it as TIFF"
_BY_ENDING = {
    **dict.fromkeys((".heic", ".heif", ".hif"), _HEIC), ".jxl": _JXL,
    **dict.fromkeys((".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".rw2", ".raf", ".pef", ".srw", ".raw"), _RAW),
    **dict.fromkeys((".svg", ".pdf", ".eps", ".ps", ".ai", ".wmf", ".emf"), _DRAWING),
    **dict.fromkeys((".mp4", ".mov", ".avi", ".mkv", ".m4v", ".mpg", ".mpeg", ".webm", ".3gp", ".wmv"), _FILM),
    **dict.fromkeys((".fits", ".fit", ".h5", ".hdf", ".grib", ".bufr"), _DATA),
}  # fmt: skip
_OTHER = "no picture by its name"
_HIDDEN = "hidden: its name begins with a dot"
_BROKEN_LINK = "a link to a file that is not there; put the file back, or remove the link"
_CLOSED = "a folder that can't be opened; get the right to read it"
_NO_FILE = "no plain file"
_SAME_ID = "named like another photograph but for the ending; rename it"
_ELSEWHERE = "a photograph that the layout, or its list, does not name"
_NOT_THERE = "a photograph that is listed and not there"
_FAULTY = {_BROKEN_LINK, _CLOSED}


def left_out(dataset: Dataset, folders: Iterable[str], deep: bool = True) -> tuple[LeftOut, ...]:
    """Everything in these folders, with `deep` also below them, that the dataset was not read from; the most first."""
    known = {image.path for image in dataset.images} | set(dataset.sources)
    ids = {_without_ending(image.path) for image in dataset.images}
    found: dict[str, set[str]] = {}
    for root in folders:
        for place, path in _files(root, deep):
            if path not in known or os.path.isdir(path):
                found.setdefault(_why(path, ids), set()).add("/".join(place))
    kinds = (LeftOut(why, why in _FAULTY, tuple(sorted(files))) for why, files in found.items())
    return tuple(sorted(kinds, key=lambda kind: (not kind.faulty, -len(kind.files), kind.why)))


def not_there(listed: Iterable[Image]) -> tuple[LeftOut, ...]:
    """Photographs that a list names and that are not on the disk: addresses go dead, so that is no fault."""
    gone = tuple(sorted(image.id for image in listed if not os.path.isfile(image.path)))
    return (LeftOut(_NOT_THERE, False, gone),) if gone else ()


def said(dataset: Dataset) -> list[str]:
    """What was read and what was left out, a line each: "10 files read, 1 left out", then each reason with the first names; last the
    dataset's notes, and what is to be said of its queries. Of descriptors without photographs only these.
    """
    count = sum(len(kind.files) for kind in dataset.left_out)
    read = sum(1 for image in dataset.images if image.path)
    more = (*dataset.notes, *remarks(dataset.queries))
    if not read:
        return [*more]
    if not count:
        return [f"{_files_in_words(read)} read, none left out", *more]
    return [f"{_files_in_words(read)} read, {count:,} left out:", *map(in_words, dataset.left_out), *more]


def _files_in_words(count: int) -> str:
    return "1 file" if count == 1 else f"{count:,} files"


def in_words(kind: LeftOut) -> str:
    """How many files were left out for a reason, the reason, and the first of them."""
    more = ", …" if len(kind.files) > FIRST else ""
    return f"{len(kind.files):,} × {kind.why} ({', '.join(kind.files[:FIRST])}{more})"


def _files(root: str, deep: bool) -> Iterable[tuple[tuple[str, ...], str]]:
    """All that lies below a folder and is no folder, and of folders those that are not looked into."""
    for place, _, entries in walk(root):
        for entry in entries:
            inner = entry.is_dir()
            if not inner or entry.name.startswith(".") or not os.access(entry.path, os.R_OK | os.X_OK):
                yield (*place, id_of(entry.name)), entry.path
        if not deep:
            return


def _without_ending(path: str) -> tuple[str, str]:
    folder, name = os.path.split(path)
    return folder, id_of(os.path.splitext(name)[0])


def _why(path: str, ids: set[tuple[str, str]]) -> str:
    name, suffix = os.path.basename(path), os.path.splitext(path)[1]
    if name.startswith("."):
        return _HIDDEN
    if os.path.isdir(path):
        return _CLOSED
    if suffix.lower() not in SUFFIXES:
        return _BY_ENDING.get(suffix.lower(), _OTHER)
    if not os.path.isfile(path):
        return _BROKEN_LINK if os.path.islink(path) else _NO_FILE
    return _SAME_ID if _without_ending(path) in ids else _ELSEWHERE
