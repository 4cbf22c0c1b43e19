"""The Oxford layout: photographs in one folder, and four text files for each query.

`NAME_N_query.txt` holds one line `oxc1_<image> x1 y1 x2 y2` (the prefix may be left out, and so may the box where the
whole photograph is the query); `NAME_N_good.txt`, `_ok.txt` and `_junk.txt` hold one image a line and may be empty.
NAME is the landmark, or what landmark_names.csv beside the files says that it stands for, N the number of its query. A box is in
pixels of the photograph as it is shown, upright, as people draw it. The published boxes of Oxford5k and Paris6k were drawn without a
look at EXIF: those are in stored pixels, and where `data get` fetched them they are turned together with their photograph. Source: the
Oxford Buildings dataset (Philbin et al., "Object retrieval with large vocabularies and fast spatial matching", 2007).
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from retrieval_core.datasets.checks import LISTS, check_ids, check_truth, known_id
from retrieval_core.datasets.images import ENDINGS_IN_WORDS, Place, box_as_shown, folders_of, list_photographs, photographs_below
from retrieval_core.datasets.landmark_names import TABLE, as_names, read_names, write_names
from retrieval_core.datasets.names import id_of
from retrieval_core.datasets.texts import read_lines
from retrieval_core.datasets.types import Box, Dataset, Image, Query
from retrieval_core.errors import RetrievalError

PHOTOGRAPH_FOLDERS = ("jpg", "images", ".")
GROUND_TRUTH_FOLDERS = ("lab", "gt_files*")  # then the root itself
PREFIX = "oxc1_"
WANTED = "Put NAME_1_query.txt, NAME_1_good.txt, NAME_1_ok.txt and NAME_1_junk.txt for each query there, or into its folder lab."

_FILE_NAME = re.compile(r"(?P<landmark>.+)_(?P<number>[0-9]+)_(?P<kind>query|good|ok|junk)\.txt")


def read_oxford(root: str | Path, name: str, ground_truth: str | Path | None = None, stored_boxes: bool = False) -> Dataset:
    """Read a folder in the Oxford layout: any number of landmarks and of queries a landmark, lists may be empty.

    Image ids are file stems, query ids `NAME_N`; both are sorted, queries by landmark and then by number. An image
    is labelled with the landmark whose lowest-numbered query counts it as good or ok; if several do, with the first.
    Pictures are not decoded; of the query images the headers are read, to check the boxes. The text files may lie in
    a folder `ground_truth` of their own. `stored_boxes`: their boxes are in pixels of the photographs as stored.
    Raises RetrievalError naming the file and the remedy for whatever is missing or does not fit together.
    """
    root = Path(root).absolute()
    if not root.is_dir():
        raise RetrievalError(f"The folder {root} does not exist. Check the path, or add the dataset again with a new one.")
    photographs = find_photographs(root)
    if not photographs:
        raise RetrievalError(f"No photographs in {root}. Put them ({ENDINGS_IN_WORDS}) into {root / 'jpg'}.")
    check_ids(list(photographs), root)
    queries, read = read_ground_truth(ground_truth or root, photographs, stored_boxes)
    labels = query_labels(queries)
    images = tuple(Image(stem, path, labels.get(stem)) for stem, path in photographs.items())
    return Dataset(name, images, queries, tuple(dict.fromkeys((*photograph_folders(root, images), *read))))


def read_ground_truth(
    folder: str | Path, photographs: Mapping[str, str], stored_boxes: bool = False
) -> tuple[tuple[Query, ...], tuple[str, ...]]:
    """The queries whose text files lie in `folder` (or in its lab/ or gt_files*/), and these files and the folders looked into.

    `photographs` gives the path of each image id, "" where there is no photograph: its boxes are not checked then.
    Raises RetrievalError as `read_oxford` does, also where there is no ground truth.
    """
    folder = Path(folder).absolute()
    files = find_ground_truth(folder)
    if not files:
        raise RetrievalError(f"No ground truth for {folder}. {WANTED}")
    _check_complete(files)
    queries = tuple(_read_query(key, files[key], photographs, stored_boxes) for key in sorted(files))
    places = dict(zip((query.id for query in queries), map(files.get, sorted(files)), strict=True))
    check_truth(queries, photographs, lambda query, kind: str(places[query.id][kind]))
    read = (folder, *_ground_truth_folders(folder), *(file for kinds in files.values() for file in kinds.values()))
    tables = dict.fromkeys(kinds["query"].with_name(TABLE) for kinds in files.values())
    return queries, tuple(map(str, (*read, *tables)))


def query_files(folder: str | Path) -> list[str]:
    """Names of the files *_query.txt of a folder's ground truth, in the order of the sorted queries."""
    files = find_ground_truth(Path(folder).absolute())
    return [files[key]["query"].name for key in sorted(files)]


def write_oxford(root: str | Path, queries: Sequence[Query]) -> None:
    """Write the ground truth of `queries` as `root/lab/*.txt`, so that `read_oxford` gives the same queries back.

    Raises RetrievalError if a query's id is not `NAME_N` with its label as NAME.
    """
    folder = Path(root) / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    names = as_names(query.label for query in queries)
    write_names(folder, names)
    for query in queries:
        number = query.id.removeprefix(f"{query.label}_")
        if not re.fullmatch("[0-9]+", number) or query.id != f"{query.label}_{number}":
            raise RetrievalError(
                f"The query {query.id!r} of {query.label!r} can't be written in the Oxford layout: its id must be the "
                "landmark, an underscore and a number. Rename it in the ground truth that it was read from."
            )
        stem = f"{names[query.label]}_{number}"
        box = "".join(f" {float(side)}" for side in query.box or ())
        (folder / f"{stem}_query.txt").write_text(f"{PREFIX}{query.image_id}{box}\n", encoding="utf-8")
        for kind in LISTS:
            lines = "".join(f"{image_id}\n" for image_id in getattr(query, kind))
            (folder / f"{stem}_{kind}.txt").write_text(lines, encoding="utf-8")


def find_photographs(root: str | Path) -> dict[str, str]:
    """Path of every photograph by image id, from the first of PHOTOGRAPH_FOLDERS that has any; empty if none has.

    Those in folders below jpg/ and images/ belong to them, as Paris6k's archives unpack.
    """
    for folder in PHOTOGRAPH_FOLDERS[:-1]:
        below, _ = photographs_below(Path(root) / folder)
        if below:
            return named_by_stem(sorted(below.items(), key=lambda item: (len(item[0]), item[0])))
    return list_photographs(root)


def named_by_stem(found: Iterable[tuple[Place, str]]) -> dict[str, str]:
    """Paths by image id, sorted: the stem of a photograph, or its whole place where a photograph before it has the same stem."""
    named: dict[str, str] = {}
    for place, path in found:
        named.setdefault(place[-1] if place[-1] not in named else "/".join(place), path)
    return dict(sorted(named.items()))


def photograph_folders(root: str | Path, images: Sequence[Image]) -> tuple[str, ...]:
    """The folders in which `find_photographs` looked for these, also those that are not there: they belong to a dataset's sources."""
    root = os.path.abspath(root)
    places = {os.path.abspath(os.path.join(root, folder)) for folder in PHOTOGRAPH_FOLDERS}
    deeper = (folder for place in places - {root} for folder in photographs_below(place)[1])
    return tuple(sorted(folders_of(root, images) | places | set(deeper)))


def find_ground_truth(root: str | Path) -> dict[tuple[str, int], dict[str, Path]]:
    """The files of each query by (landmark, number), from the first folder that has any; empty if none has."""
    root = Path(root)
    for folder in [*_ground_truth_folders(root), root]:
        found: dict[tuple[str, int], dict[str, Path]] = {}
        names = read_names(folder)
        for file in sorted(folder.glob("*.txt")):
            match = _FILE_NAME.fullmatch(id_of(file.name))
            if match:
                key = (names.get(match["landmark"], match["landmark"]), int(match["number"]))
                kinds = found.setdefault(key, {})
                if match["kind"] in kinds:
                    raise RetrievalError(f"{kinds[match['kind']]} and {file} mean the same query. Remove one of them.")
                kinds[match["kind"]] = file
        if found:
            return found
    return {}


def _ground_truth_folders(root: Path) -> list[Path]:
    tops = [folder for pattern in GROUND_TRUTH_FOLDERS for folder in sorted(root.glob(pattern)) if folder.is_dir()]
    return [folder for top in tops for folder in (top, *sorted(top.glob("*/")))]


def _check_complete(files: Mapping[tuple[str, int], Mapping[str, Path]]) -> None:
    for kinds in files.values():
        for kind in ("query", *LISTS):
            if kind not in kinds:
                present_kind, present = next(iter(kinds.items()))
                missing = present.name.removesuffix(f"{present_kind}.txt") + f"{kind}.txt"
                raise RetrievalError(
                    f"{present} is there, but {present.with_name(missing)} is missing. "
                    "Add it, or remove the query; the files of good, ok and junk images may be empty."
                )


def _read_query(key: tuple[str, int], files: Mapping[str, Path], photographs: Mapping[str, str], stored_boxes: bool) -> Query:
    landmark, number = key
    image_id, box = _read_query_line(files["query"], photographs, stored_boxes)
    lists = {kind: tuple(known_id(name, photographs) for name in _lines(files[kind])) for kind in LISTS}
    return Query(f"{landmark}_{number}", image_id, landmark, box, **lists)


def _read_query_line(file: Path, photographs: Mapping[str, str], stored_boxes: bool) -> tuple[str, Box | None]:
    lines = _lines(file)
    whole = known_id(lines[0], photographs, PREFIX) if len(lines) == 1 else ""
    if whole in photographs:
        return whole, None
    parts = lines[0].rsplit(maxsplit=4) if len(lines) == 1 else []
    try:
        image_name, *sides = parts
        x1, y1, x2, y2 = map(float, sides)
    except ValueError as error:
        raise RetrievalError(
            f"{file} is not one line '{PREFIX}<image> x1 y1 x2 y2' but {' / '.join(lines)[:80]!r}. Correct this line."
        ) from error
    found = known_id(image_name, photographs, PREFIX)
    image_id = found if found in photographs else image_name.removeprefix(PREFIX)
    path = photographs.get(image_id)
    return image_id, box_as_shown((x1, y1, x2, y2), path) if path and stored_boxes else (x1, y1, x2, y2)


def _lines(file: Path) -> list[str]:
    """Lines of a text file without surrounding blanks and empty ones."""
    return [line.strip() for line in read_lines(file) if line.strip()]


def query_labels(queries: Sequence[Query]) -> dict[str, str]:
    """Landmark of each labelled image; `queries` are sorted, so a landmark's first comes first."""
    labels: dict[str, str] = {}
    done: set[str] = set()
    for query in queries:
        if query.label not in done:
            done.add(query.label)
            for image_id in query.positives:
                labels.setdefault(image_id, query.label)
    return labels
