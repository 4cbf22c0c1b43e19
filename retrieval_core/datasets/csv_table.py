"""A table of photographs: a CSV file with the columns image, landmark and, if wanted, split."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from retrieval_core.datasets.decoding import SUFFIXES
from retrieval_core.datasets.images import ENDINGS_IN_WORDS, folders_of
from retrieval_core.datasets.left_out import not_there
from retrieval_core.datasets.names import composed, file_in, id_of
from retrieval_core.datasets.photograph_folders import with_ground_truth
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError

COLUMNS = ("image", "landmark", "split")
SPLITS = ("database", "query", "train")


@dataclass(frozen=True)
class _Row:
    image: Image
    split: str


def read_csv(file: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read a CSV file whose first line names its columns; paths of photographs are relative to it.

    The image id is the path without its ending; an empty landmark means unlabelled. `split` is database (also where it
    is empty), query or train. A query asks for its landmark with its whole photograph; database photographs of it are the
    answers. Queries are not in the database, so all of them are junk to each other. Train photographs are left out: what a
    network was trained on says nothing about it.
    Queries with a box, and with good and ok answers, come from `ground_truth`, or else from a folder lab/ beside the
    file, in the files of the Oxford layout, which name these ids; no row may be a query then.
    Raises RetrievalError naming file and line for whatever does not fit.
    """
    file = Path(file).absolute()
    rows = sorted(_rows(file), key=lambda row: row.image.id)
    kept = [row for row in rows if row.split != "train"]
    if not kept:
        raise RetrievalError(f"{file} has no photographs to look at. Add lines, with the split database, query or none.")
    dataset = with_ground_truth(Dataset(name, tuple(row.image for row in kept), (), (str(file),)), file.parent, ground_truth)
    asking = [row.image for row in kept if row.split == "query"]
    if not asking:
        return dataset
    if dataset.queries:
        raise RetrievalError(f"{file} has rows with the split query, and there is a ground truth beside it. Keep one of the two.")
    return replace(dataset, queries=tuple(_queries(asking, [row.image for row in kept if row.split == "database"])))


def read_training_csv(file: str | Path, name: str) -> Dataset:
    """Read the rows of a CSV file that may be trained on: those of the split train, or all where no row is of it.

    Photographs that are missing are left out, as lists of addresses go dead; RetrievalError if none is there.
    """
    file = Path(file).absolute()
    rows = sorted(_rows(file, whole=False), key=lambda row: row.image.id)
    named = any(row.split == "train" for row in rows)
    listed = [row.image for row in rows if row.split == "train" or not named]
    images = tuple(image for image in listed if Path(image.path).is_file())
    if not images:
        raise RetrievalError(f"None of the photographs that {file} lists is there. Put them below {file.parent}.")
    return Dataset(name, images, (), (str(file), *sorted(folders_of(file.parent, listed))), not_there(listed))


def _rows(file: Path, whole: bool = True) -> Iterator[_Row]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RetrievalError(f"{file} can't be read as UTF-8 text ({error}). Save it as CSV in UTF-8.") from error
    lines = csv.reader(io.StringIO(text, newline=""))
    columns = [column.strip() for column in next(lines, [])]
    if len(set(columns)) < len(columns) or not {"image", "landmark"} <= set(columns) <= set(COLUMNS):
        raise RetrievalError(
            f"{file}, line 1: the columns are {', '.join(columns) or 'missing'}. They must be image, landmark and, if wanted, "
            "split, separated by commas."
        )
    seen: dict[str, int] = {}
    for cells in lines:
        if not cells:
            continue
        if len(cells) != len(columns):
            raise _fault(file, lines, f"{len(cells)} cells where the first line has {len(columns)}; put a text with commas in quotes")
        row = _row(file, lines, dict(zip(columns, map(str.strip, cells), strict=True)), whole)
        if row.image.id in seen:
            raise _fault(file, lines, f"the image {row.image.id!r} is already in line {seen[row.image.id]}; keep one of the two")
        seen[row.image.id] = lines.line_num
        yield row


def _row(file: Path, lines, cells: dict[str, str], whole: bool) -> _Row:
    path, split, label = PurePosixPath(cells["image"]), cells.get("split") or "database", composed(cells["landmark"]) or None
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise _fault(file, lines, f"the image {cells['image']!r} must be a path below the folder of this file")
    found = file_in(file.parent, path.parts)
    if path.suffix.lower() not in SUFFIXES or (whole and not Path(found).is_file()):
        raise _fault(file, lines, f"{file.parent / path} is no photograph ({ENDINGS_IN_WORDS}); correct the path or remove the line")
    if split not in SPLITS:
        raise _fault(file, lines, f"unknown split {split!r}; write one of {', '.join(SPLITS)}, or nothing for database")
    if split == "query" and label is None:
        raise _fault(file, lines, "a query needs a landmark, which says what answers it")
    return _Row(Image("/".join(map(id_of, path.with_suffix("").parts)), found, label), split)


def _fault(file: Path, lines, words: str) -> RetrievalError:
    return RetrievalError(f"{file}, line {lines.line_num}: {words}.")


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
