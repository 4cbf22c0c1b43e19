"""What every dataset has to be, whatever layout it comes from: ids that name photographs, boxes on them, answers that fit together.

All readers call these, and so does whoever hands in descriptors: what one layout refuses, no other lets pass.
"""

import math
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from retrieval_core.datasets.decoding import SUFFIXES
from retrieval_core.datasets.images import image_size
from retrieval_core.datasets.names import composed
from retrieval_core.datasets.types import Box, Query
from retrieval_core.errors import RetrievalError

LISTS = ("good", "ok", "junk")

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_NO_ID = re.compile(rf"(?:^|[/\\])\.{{0,2}}(?:[/\\]|$)|^[A-Za-z]:[/\\]|{_CONTROL.pattern}")  # a part that is empty, . or ..; a disk
_TOLERANCE = 1.0  # pixels by which a rounded box may stand out of its picture
_SHOWN = 80  # characters of a name that is no name


def check_ids(ids: Sequence[object], source: str | Path) -> None:
    """Raise a RetrievalError naming `source` unless every id is a text that can name a photograph, and is there once.

    An id may have folders before its name (`mill/window`), but leads neither out of the dataset's folder nor to the root of a disk.
    """
    seen: set[str] = set()
    for place, image_id in enumerate(ids, 1):
        if not isinstance(image_id, str):
            raise RetrievalError(f"{source}: the id {_said(image_id)} is of the type {type(image_id).__name__}. Ids are texts.")
        if image_id in seen:
            raise RetrievalError(f"{source}, entry {place}: the id {_said(image_id)} is there twice. Every photograph needs an id of "
                                 "its own.")  # fmt: skip
        if _NO_ID.search(image_id):
            raise RetrievalError(f"{source}, entry {place}: {_said(image_id)} can't be the id of a photograph. Write its name, or its "
                                 "path below the folder of the photographs.")  # fmt: skip
        seen.add(image_id)


def check_label(label: object, source: str | Path) -> None:
    """Raise a RetrievalError naming `source` unless a landmark's name is a text of one line with a visible character."""
    if not isinstance(label, str) or not label.strip() or _CONTROL.search(label):
        raise RetrievalError(f"{source}: {_said(label)} can't be the name of a landmark. Write a text of one line.")


def check_truth(queries: Sequence[Query], photographs: Mapping[str, str], where: Callable[[Query, str], str]) -> None:
    """Raise a RetrievalError unless queries and their answers fit the photographs, and one another.

    photographs: the path of each image id, "" where there is no photograph; a box is then only checked for being one.
    where(query, kind): where something of a query was read, `kind` being "query" or one of LISTS; messages begin with it.
    """
    seen: set[str] = set()
    for query in queries:
        asked = where(query, "query")
        check_label(query.label, asked)
        if query.id in seen:
            raise RetrievalError(f"{asked}: the query {query.id!r} is there twice. Remove one of the two.")
        seen.add(query.id)
        _check_known(query.image_id, photographs, asked)
        if query.box is not None:
            _check_box(query.box, query.image_id, photographs, asked)
        _check_answers(query, photographs, where)


def _check_answers(query: Query, photographs: Mapping[str, str], where: Callable[[Query, str], str]) -> None:
    seen: dict[str, str] = {}
    for kind in LISTS:
        for image_id in getattr(query, kind):
            _check_known(image_id, photographs, where(query, kind))
            if image_id in seen:
                raise RetrievalError(f"{where(query, kind)} names {image_id!r}, which {_last(where(query, seen[image_id]))} already "
                                     "names. Keep one of the two lines.")  # fmt: skip
            seen[image_id] = kind


def _check_box(box: Box, image_id: str, photographs: Mapping[str, str], where: str) -> None:
    path = photographs[image_id]
    width, height = image_size(path) if path else (math.inf, math.inf)
    x1, y1, x2, y2 = box
    inside = -_TOLERANCE <= x1 < x2 <= width + _TOLERANCE and -_TOLERANCE <= y1 < y2 <= height + _TOLERANCE
    if not inside or not all(map(math.isfinite, box)):
        raise RetrievalError(
            f"{where}: the box {x1:g} {y1:g} {x2:g} {y2:g} does not lie in {path or image_id}, which is "
            f"{width} x {height} pixels as it is shown, upright. Correct the box: 0 <= x1 < x2 <= {width} and 0 <= y1 < y2 <= {height}."
        )


def _check_known(image_id: str, photographs: Mapping[str, str], where: str) -> None:
    if image_id not in photographs:
        first = next(iter(photographs.values()), "")
        place = Path(first).parent if first else "the list of ids"
        raise RetrievalError(
            f"{where} names the image {_said(image_id)}, but {place} has no such photograph. "
            "Add the photograph or remove the line; names are written without their ending (.jpg)."
        )


def remarks(queries: Iterable[Query]) -> list[str]:
    """Sentences on queries that measure nothing: those without a right answer, or with none but the photograph they are cut from."""
    empty, lonely = list[str](), list[str]()
    for query in queries:
        if set(query.positives) <= {query.image_id}:
            (lonely if query.positives else empty).append(query.id)
    kinds = {"no right answer: there is no AP of it": empty,
             "no right answer but the photograph that it is cut from: its AP says nothing": lonely}  # fmt: skip
    return [f"The query {found[0]!r}{_and_more(found)} has {words}." for words, found in kinds.items() if found]


def _and_more(found: Sequence[str]) -> str:
    return f" and {len(found) - 1} more" if len(found) > 1 else ""


def known_id(name: str, known: Collection[str], prefix: str = "") -> str:
    """The id that a list means by a name: the name itself, without a prefix or its ending, or with accents composed as in ids.

    The name as it is, where none of these is an id.
    """
    for wanted in dict.fromkeys((name, name.removeprefix(prefix))):
        for text in dict.fromkeys((wanted, without_ending(wanted))):
            if composed(text) in known:
                return composed(text)
    return name


def without_ending(name: str) -> str:
    """A photograph's name without .jpg and the like."""
    stem, suffix = os.path.splitext(name)
    return stem if suffix.lower() in SUFFIXES else name


def _said(value: object) -> str:
    text = value if isinstance(value, str) else type(value).__name__
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _last(where: str) -> str:
    """The file's name alone, behind a message that names it whole."""
    return where.rpartition("/")[2]
