"""A table of photographs: a CSV file with the columns image, landmark and, if wanted, split; others can colour the map."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from retrieval_core.datasets.checks import check_ids, check_label, check_truth
from retrieval_core.datasets.csv_cells import read_cells
from retrieval_core.datasets.decoding import SUFFIXES
from retrieval_core.datasets.images import ENDINGS_IN_WORDS, folders_of
from retrieval_core.datasets.left_out import not_there
from retrieval_core.datasets.names import composed, file_in, id_of
from retrieval_core.datasets.photograph_folders import with_ground_truth
from retrieval_core.datasets.texts import read_lines
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError

COLUMNS = ("image", "landmark", "split")
SPLITS = ("database", "query", "train")
SEPARATORS = ",;\t|"

_OTHER_NAMES = {"image": ("path", "file", "filename", "image_path", "filepath", "name"), "landmark": ("label", "class", "landmark_id")}


@dataclass(frozen=True)
class _Row:
    image: Image
    split: str
    others: Mapping[str, str] = field(compare=False)  # by further column; empty cells are left out


def read_csv(file: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read a CSV file whose first line names its columns; paths of photographs are relative to it, or lie below it.

    The image id is the path without its ending; an empty landmark means unlabelled. `split` is database (also where it
    is empty), query or train. A query asks for its landmark with its whole photograph; database photographs of it are the
    answers. Queries are not in the database, so all of them are junk to each other. Train photographs are left out: what a
    network was trained on says nothing about it.
    Queries with a box, and with good and ok answers, come from `ground_truth`, or else from a folder lab/ beside the
    file, in the files of the Oxford layout, which name these ids; no row may be a query then.
    Raises RetrievalError naming file and line for whatever does not fit.
    """
    file = Path(file).absolute()
    rows, notes = _rows(file)
    kept = [row for row in rows if row.split != "train"]
    if not kept:
        raise RetrievalError(f"{file} has no photographs to look at. Add lines, with the split database, query or none.")
    images = tuple(row.image for row in kept)
    plain = Dataset(name, images, (), (str(file),), notes=notes, columns=_by_column(kept))
    dataset = with_ground_truth(plain, file.parent, ground_truth)
    asking = [row.image for row in kept if row.split == "query"]
    if not asking:
        return dataset
    if dataset.queries:
        raise RetrievalError(f"{file} has rows with the split query, and there is a ground truth beside it. Keep one of the two.")
    queries = tuple(_queries(asking, [row.image for row in kept if row.split == "database"]))
    check_truth(queries, {image.id: image.path for image in dataset.images}, lambda query, kind: str(file))
    return replace(dataset, queries=queries)


def read_training_csv(file: str | Path, name: str) -> Dataset:
    """Read the rows of a CSV file that may be trained on: those of the split train, or all where no row is of it.

    Photographs that are missing are left out, as lists of addresses go dead; RetrievalError if none is there.
    """
    file = Path(file).absolute()
    rows, notes = _rows(file, whole=False)
    named = any(row.split == "train" for row in rows)
    listed = [row.image for row in rows if row.split == "train" or not named]
    images = tuple(image for image in listed if Path(image.path).is_file())
    if not images:
        raise RetrievalError(f"None of the photographs that {file} lists is there. Put them below {file.parent}.")
    sources = (str(file), *sorted(folders_of(file.parent, listed)))
    return Dataset(name, images, (), sources, left_out=not_there(listed), notes=notes)


def _rows(file: Path, whole: bool = True) -> tuple[list[_Row], tuple[str, ...]]:
    """The rows, and what is to be said of the file. `whole`: every photograph has to be there."""
    notes: list[str] = []
    lines = enumerate(read_lines(file, notes), 1)
    columns, separator = _columns(file, lines)
    seen: dict[str, tuple[int, _Row]] = {}
    doubled = 0
    for number, line in lines:
        try:
            cells = read_cells(line, separator)
        except ValueError as error:
            raise _fault(file, number, str(error)) from None
        while len(cells) > len(columns) and not cells[-1]:
            del cells[-1]
        if not any(cells):
            continue
        if len(cells) != len(columns):
            raise _fault(file, number, f"{len(cells)} cells where the first line has {len(columns)}; put a text with commas in quotes")
        row = _row(file, number, dict(zip(columns, cells, strict=True)), whole)
        before, known = seen.setdefault(row.image.id, (number, row))
        if known != row:
            raise _fault(file, number, f"the image {row.image.id!r} is already in line {before}; keep one of the two")
        doubled += before != number
    if doubled:
        notes.append(f"{file}: {doubled} rows that are there twice were read once.")
    if others := [column for column in columns if column and column not in COLUMNS]:
        notes.append(f"{file}: the columns {', '.join(others)} can colour the map; nothing else uses them.")
    check_ids(list(seen), file)
    return [seen[image_id][1] for image_id in sorted(seen)], tuple(notes)


def _by_column(rows: Sequence[_Row]) -> dict[str, dict[str, str]]:
    """What the further columns say: by column, the text by image id."""
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        for column, cell in row.others.items():
            found.setdefault(column, {})[row.image.id] = cell
    return found


def _columns(file: Path, lines: Iterator[tuple[int, str]]) -> tuple[list[str], str]:
    """The names of the columns, and what separates them; the line "sep=;", by which spreadsheets say it, is passed over."""
    number, head = next(((number, line) for number, line in lines if line.strip() and not line.startswith("sep=")), (1, ""))
    found = {}
    for separator in SEPARATORS:
        try:
            found[separator] = [column.strip().lower() for column in read_cells(head, separator)]
        except ValueError as error:
            raise _fault(file, number, str(error)) from None
    fitting = [one for one, columns in found.items() if set(COLUMNS[:2]) <= set(columns)]
    separator = fitting[0] if fitting else max(found, key=lambda one: len(found[one]))
    columns = found[separator]
    missing = [column for column in COLUMNS[:2] if column not in columns]
    if missing:
        renamed = [f"call {other!r} {column}" for column in missing for other in columns if other in _OTHER_NAMES[column]]
        how = f"Here {' and '.join(renamed)}. " if renamed else ""
        raise RetrievalError(
            f"{file}, line {number}: the columns are {', '.join(filter(None, columns)) or 'missing'}. There must be image and "
            f"landmark, and, if wanted, split, separated by commas. {how}Correct the first line."
        )
    if doubled := [column for place, column in enumerate(columns) if column and column in columns[:place]]:
        raise RetrievalError(f"{file}, line {number}: the column {doubled[0]!r} is there twice. Remove one of the two.")
    return columns, separator


def _row(file: Path, number: int, cells: dict[str, str], whole: bool) -> _Row:
    path, split, label = _below(file.parent, cells["image"]), cells.get("split") or "database", composed(cells["landmark"]) or None
    if path is None:
        raise _fault(file, number, f"the image {cells['image'][:200]!r} must be a path below the folder of this file")
    found = file_in(file.parent, path.parts)
    if path.suffix.lower() not in SUFFIXES or (whole and not os.path.isfile(found)):
        words = f"{str(file.parent / path)[:400]} is no photograph ({ENDINGS_IN_WORDS}); correct the path or remove the line"
        raise _fault(file, number, words)
    if split not in SPLITS:
        raise _fault(file, number, f"unknown split {split[:80]!r}; write one of {', '.join(SPLITS)}, or nothing for database")
    if label is not None:
        check_label(label, f"{file}, line {number}")
    if split == "query" and label is None:
        raise _fault(file, number, "a query needs a landmark, which says what answers it")
    others = {column: composed(cell) for column, cell in cells.items() if column and cell and column not in COLUMNS}
    return _Row(Image("/".join(map(id_of, path.with_suffix("").parts)), found, label), split, others)


def _below(folder: Path, text: str) -> PurePosixPath | None:
    """The path of a photograph below a folder: written with / or \\, from the folder or from the root; None for one that leads out."""
    if not (text and os.path.isfile(folder / text)):
        text = text.replace("\\", "/")
    path = PurePosixPath(text)
    if path.is_absolute() and path.is_relative_to(folder.as_posix()):
        path = path.relative_to(folder.as_posix())
    return None if path.is_absolute() or ".." in path.parts or not path.name or re.match("[A-Za-z]:/", text) else path


def _fault(file: Path, number: int, words: str) -> RetrievalError:
    return RetrievalError(f"{file}, line {number}: {words}.")


def _queries(asking: Sequence[Image], database: Sequence[Image]) -> Iterator[Query]:
    """One query a photograph, numbered within its landmark; sorted by landmark, then by id."""
    answers: dict[str | None, list[str]] = {}
    for image in database:
        answers.setdefault(image.label, []).append(image.id)
    outside = tuple(image.id for image in asking)
    numbers: dict[str, int] = {}
    for image in sorted(asking, key=lambda image: (image.label, image.id)):
        number = numbers[image.label] = numbers.get(image.label, 0) + 1
        yield Query(f"{image.label}_{number}", image.id, image.label, None, tuple(answers.get(image.label, ())), (), outside)
