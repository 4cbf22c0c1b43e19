"""The Oxford layout: photographs in one folder, and four text files for each query.

`NAME_N_query.txt` holds one line `oxc1_<image> x1 y1 x2 y2` (the prefix may be left out); `NAME_N_good.txt`, `_ok.txt`
and `_junk.txt` hold one image a line and may be empty. NAME is the landmark, N the number of its query. Source: the
Oxford Buildings dataset (Philbin et al., "Object retrieval with large vocabularies and fast spatial matching", 2007).
"""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from retrieval_core.datasets.images import folder_fingerprint, image_size, list_photographs
from retrieval_core.datasets.types import Box, Dataset, Image, Query
from retrieval_core.errors import RetrievalError

PHOTOGRAPH_FOLDERS = ("jpg", "images", ".")
GROUND_TRUTH_FOLDERS = ("lab", "gt_files*")  # then the root itself
LISTS = ("good", "ok", "junk")
PREFIX = "oxc1_"

_FILE_NAME = re.compile(r"(?P<landmark>.+)_(?P<number>\d+)_(?P<kind>query|good|ok|junk)\.txt")
_TOLERANCE = 1.0  # pixels by which a rounded box may stand out of its picture


def read_oxford(root: str | Path, name: str) -> Dataset:
    """Read a folder in the Oxford layout: any number of landmarks and of queries a landmark, lists may be empty.

    Image ids are file stems, query ids `NAME_N`; both are sorted, queries by landmark and then by number. An image
    is labelled with the landmark whose lowest-numbered query counts it as good or ok; if several do, with the first.
    Pictures are not decoded; of the query images the headers are read, to check the boxes.
    Raises RetrievalError naming the file and the remedy for whatever is missing or does not fit together.
    """
    root = Path(root).absolute()
    if not root.is_dir():
        raise RetrievalError(
            f"The folder {root} does not exist. Check the path, or add the dataset again with a new one."
        )
    photographs = _find_photographs(root)
    files = _find_ground_truth(root)
    queries = tuple(_read_query(key, files[key], photographs) for key in sorted(files))
    labels = _labels(queries)
    images = tuple(Image(stem, path, labels.get(stem)) for stem, path in photographs.items())
    fingerprint = folder_fingerprint(root, images, [file for kinds in files.values() for file in kinds.values()])
    return Dataset(name, images, queries, fingerprint)


def write_oxford(root: str | Path, queries: Sequence[Query]) -> None:
    """Write the ground truth of `queries` as `root/lab/*.txt`, so that `read_oxford` gives the same queries back.

    Query ids must be `NAME_N` with their label as NAME, and every query needs a box; otherwise ValueError.
    """
    folder = Path(root) / "lab"
    folder.mkdir(parents=True, exist_ok=True)
    for query in queries:
        if not re.fullmatch(re.escape(query.label) + r"_\d+", query.id) or query.box is None:
            raise ValueError(f"query {query.id!r} of {query.label!r} has no box or no id of the form NAME_N")
        box = " ".join(str(float(side)) for side in query.box)
        (folder / f"{query.id}_query.txt").write_text(f"{PREFIX}{query.image_id} {box}\n", encoding="utf-8")
        for kind in LISTS:
            lines = "".join(f"{image_id}\n" for image_id in getattr(query, kind))
            (folder / f"{query.id}_{kind}.txt").write_text(lines, encoding="utf-8")


def _find_photographs(root: Path) -> dict[str, str]:
    for folder in PHOTOGRAPH_FOLDERS:
        found = list_photographs(root / folder)
        if found:
            return found
    raise RetrievalError(f"No photographs in {root}. Put them (.jpg, .jpeg, .png or .webp) into {root / 'jpg'}.")


def _find_ground_truth(root: Path) -> dict[tuple[str, int], dict[str, Path]]:
    """The four files of each query by (landmark, number), from the first folder that has any."""
    folders = [folder for pattern in GROUND_TRUTH_FOLDERS for folder in sorted(root.glob(pattern)) if folder.is_dir()]
    for folder in [*folders, root]:
        found: dict[tuple[str, int], dict[str, Path]] = {}
        for file in sorted(folder.glob("*.txt")):
            match = _FILE_NAME.fullmatch(file.name)
            if match:
                key = (match["landmark"], int(match["number"]))
                kinds = found.setdefault(key, {})
                if match["kind"] in kinds:
                    raise RetrievalError(f"{kinds[match['kind']]} and {file} mean the same query. Remove one of them.")
                kinds[match["kind"]] = file
        if found:
            _check_complete(found)
            return found
    raise RetrievalError(
        f"No ground truth for {root}. Put NAME_1_query.txt, NAME_1_good.txt, NAME_1_ok.txt and NAME_1_junk.txt "
        f"for each query into {root / 'lab'}."
    )


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


def _read_query(key: tuple[str, int], files: Mapping[str, Path], photographs: Mapping[str, str]) -> Query:
    landmark, number = key
    image_id, box = _read_query_line(files["query"], photographs)
    lists = {kind: _read_list(files[kind], photographs) for kind in LISTS}
    seen: dict[str, str] = {}
    for kind, image_ids in lists.items():
        for other in image_ids:
            if other in seen:
                raise RetrievalError(
                    f"{files[kind]} names {other!r}, which {files[seen[other]].name} already names. "
                    "Keep one of the two lines."
                )
            seen[other] = kind
    return Query(f"{landmark}_{number}", image_id, landmark, box, **lists)


def _read_query_line(file: Path, photographs: Mapping[str, str]) -> tuple[str, Box]:
    lines = _lines(file)
    parts = lines[0].rsplit(maxsplit=4) if len(lines) == 1 else []
    try:
        image_name, *sides = parts
        x1, y1, x2, y2 = map(float, sides)
    except ValueError as error:
        raise RetrievalError(
            f"{file} is not one line '{PREFIX}<image> x1 y1 x2 y2' but {' / '.join(lines)[:80]!r}. Correct this line."
        ) from error
    image_id = image_name if image_name in photographs else image_name.removeprefix(PREFIX)
    _check_known(image_id, file, photographs)
    width, height = image_size(photographs[image_id])
    inside = -_TOLERANCE <= x1 < x2 <= width + _TOLERANCE and -_TOLERANCE <= y1 < y2 <= height + _TOLERANCE
    if not inside or not all(map(math.isfinite, (x1, y1, x2, y2))):
        raise RetrievalError(
            f"{file}: the box {x1:g} {y1:g} {x2:g} {y2:g} does not lie in {photographs[image_id]}, which is "
            f"{width} x {height} pixels. Correct the box: 0 <= x1 < x2 <= {width} and 0 <= y1 < y2 <= {height}."
        )
    return image_id, (x1, y1, x2, y2)


def _read_list(file: Path, photographs: Mapping[str, str]) -> tuple[str, ...]:
    image_ids = _lines(file)
    for image_id in image_ids:
        _check_known(image_id, file, photographs)
    return tuple(image_ids)


def _lines(file: Path) -> list[str]:
    """Lines of a text file without surrounding blanks and empty ones."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RetrievalError(f"{file} can't be read as UTF-8 text ({error}). Save it as plain text.") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _check_known(image_id: str, file: Path, photographs: Mapping[str, str]) -> None:
    if image_id not in photographs:
        folder = Path(next(iter(photographs.values()))).parent
        raise RetrievalError(
            f"{file} names the image {image_id!r}, but {folder} has no such photograph. "
            "Add the photograph or remove the line; names are written without their ending (.jpg)."
        )


def _labels(queries: Sequence[Query]) -> dict[str, str]:
    """Landmark of each labelled image; `queries` are sorted, so a landmark's first query comes first."""
    labels: dict[str, str] = {}
    done: set[str] = set()
    for query in queries:
        if query.label not in done:
            done.add(query.label)
            for image_id in query.positives:
                labels.setdefault(image_id, query.label)
    return labels
