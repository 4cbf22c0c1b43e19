"""Ground truths that lie in one file: gnd_*.pkl or gnd_*.json, with the photographs beside it.

ROxford5k and RParis6k: the photographs of Oxford5k or Paris6k with 70 new queries, each answer easy, hard or junk. Source:
Radenović et al., "Revisiting Oxford and Paris: large-scale image retrieval benchmarking", CVPR 2018 (`filipradenovic/revisitop`).
Easy answers are read as `good` and hard ones as `ok`, so that what counts good and ok as right scores the setup Medium;
evaluation/easy_medium_hard.py has all three. Query images that the file does not list among the photographs are in no ranking: here
they are junk of every query. Boxes are in pixels of the photographs as stored, since the code that they were made with reads them so;
here they are turned with their photograph.
Oxford5k and Paris6k themselves come in such a file too, with the lists ok and junk (`filipradenovic/cnnimageretrieval-pytorch`).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_core.datasets.checks import LISTS, check_ids, check_truth, known_id
from retrieval_core.datasets.images import box_as_shown
from retrieval_core.datasets.oxford import find_ground_truth, find_photographs, photograph_folders, query_labels
from retrieval_core.datasets.plain_pickle import load_plain
from retrieval_core.datasets.texts import read_lines
from retrieval_core.datasets.types import Box, Dataset, Image, Query
from retrieval_core.errors import RetrievalError

PATTERNS = ("gnd_*.pkl", "gnd_*.json")

_KINDS = {"easy": "good", "good": "good", "hard": "ok", "ok": "ok", "junk": "junk"}  # what a file calls them, and we
_PLACES = re.compile(r"_\d+$")  # the number behind the landmark in the name of a query image


def find_revisited(root: Path) -> Path | None:
    """The ground truth in a folder, the first by name; None if it has none. A file of this kind is itself the one."""
    if root.is_file() and root.suffix in (".pkl", ".json"):
        return root
    return next((file for pattern in PATTERNS for file in sorted(root.glob(pattern))), None)


def read_revisited(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read a folder with photographs (in jpg/, also deeper) and a file gnd_*.pkl or gnd_*.json, there or at `ground_truth`.

    Only the photographs that the file lists make up the dataset. Query ids are `LANDMARK_N`, LANDMARK from the query image's name.
    Raises RetrievalError naming the file and the remedy for whatever is missing or does not fit together.
    """
    root = Path(root).absolute()
    file = find_revisited(Path(ground_truth or root).absolute())
    if file is None:
        raise RetrievalError(f"No gnd_*.pkl in {ground_truth or root}. Put gnd_roxford5k.pkl or gnd_rparis6k.pkl there.")
    photographs = find_photographs(root)
    listed, asked, entries = _read(file, photographs)
    missing = [image_id for image_id in (*listed, *asked) if image_id not in photographs]
    if missing:
        raise RetrievalError(
            f"{file} lists {len(missing):,} photographs that are not in {root}, the first is {missing[0]!r}. "
            "Put the photographs of the original dataset into its folder jpg/."
        )
    check_ids(listed, file)
    queries = tuple(sorted(_queries(file, listed, asked, entries), key=lambda query: (query.label, int(query.id.rsplit("_", 1)[1]))))
    queries = tuple(replace(query, box=box_as_shown(query.box, photographs[query.image_id])) for query in queries)
    check_truth(queries, photographs, lambda query, kind: f"{file}, {kind!r} of the query image {query.image_id!r}")
    if not any(query.positives for query in queries):
        raise RetrievalError(f"{file} names no right answer to any query. Fetch it again{_beside(root)}.")
    labels = query_labels(queries)
    images = tuple(Image(image_id, photographs[image_id], labels.get(image_id)) for image_id in sorted({*listed, *asked}))
    # The folder of the file too: another file may become the first by name.
    sources = (str(file), str(file.parent), *photograph_folders(root, images))
    return Dataset(name, images, queries, sources, notes=_notes(file, root))


def _notes(file: Path, root: Path) -> tuple[str, ...]:
    """What else lies there as a ground truth and was not read."""
    others = [other.name for pattern in PATTERNS for other in sorted(file.parent.glob(pattern)) if other != file]
    others += ["lab/"] if find_ground_truth(root) else []
    return (f"The ground truth is that of {file}; {', '.join(others)} beside it was not read.",) if others else ()


def _beside(root: Path) -> str:
    return ", or take the text files beside it with --layout oxford" if find_ground_truth(root) else ""


def _queries(file: Path, listed: list[str], asked: list[str], entries: list[Mapping]) -> list[Query]:
    queries: list[Query] = []
    numbers: dict[str, int] = {}
    outside = [other for other in asked if other not in set(listed)]
    for image_id, entry in zip(asked, entries, strict=True):
        label = _PLACES.sub("", image_id) or image_id
        numbers[label] = numbers.get(label, 0) + 1
        if not set(entry) & (set(_KINDS) - {"junk"}):
            raise RetrievalError(f"{file}: the query {image_id!r} has neither the list ok nor the lists easy and hard. Fetch it again.")
        lists: dict[str, tuple[str, ...]] = dict.fromkeys(LISTS, ())
        for theirs, ours in _KINDS.items():
            lists[ours] += _ids(file, image_id, entry, theirs, listed)
        named = {other for found in lists.values() for other in found}
        lists["junk"] += tuple(other for other in dict.fromkeys(outside) if other not in named)
        queries.append(Query(f"{label}_{numbers[label]}", image_id, label, _box(file, image_id, entry), **lists))
    return queries


def _ids(file: Path, image_id: str, entry: Mapping, kind: str, listed: list[str]) -> tuple[str, ...]:
    places = _flat(entry.get(kind, ()))
    if not all(type(place) is int and 0 <= place < len(listed) for place in places):
        raise RetrievalError(f"{file}: {kind!r} of the query {image_id!r} does not name places 0 to {len(listed) - 1} of imlist. "
                             "Take the original file.")  # fmt: skip
    return tuple(listed[place] for place in places)


def _box(file: Path, image_id: str, entry: Mapping) -> Box | None:
    if entry.get("bbx") is None:
        return None
    sides = _flat(entry["bbx"])
    if len(sides) != 4 or not all(type(side) in (int, float) for side in sides):
        raise RetrievalError(f"{file}: the query {image_id!r} has no box of four numbers. Take the original file.")
    left, top, right, bottom = map(float, sides)
    return left, top, right, bottom


def _flat(value: Any) -> list:
    """The numbers of a list or an array, whatever its shape; a list that holds no numbers is returned as it is, and refused."""
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    if isinstance(value, (list, tuple)):
        inner = value[0] if len(value) == 1 else None
        return _flat(inner) if isinstance(inner, (list, np.ndarray)) else list(value)
    return [value]


def _read(file: Path, photographs: Mapping[str, str]) -> tuple[list[str], list[str], list[Mapping]]:
    """Ids of imlist and qimlist, and gnd of a file."""
    try:
        content = json.loads("\n".join(read_lines(file))) if file.suffix == ".json" else load_plain(file)
    except (ValueError, RecursionError) as error:
        raise RetrievalError(f"{file} is not readable as JSON ({str(error)[:200]}). Fetch it again.") from error
    parts = [content.get(key) if isinstance(content, Mapping) else None for key in ("imlist", "qimlist", "gnd")]
    listed, asked, entries = (_flat(part) if isinstance(part, (list, tuple, np.ndarray)) else None for part in parts)
    if listed is None or asked is None or entries is None:
        raise RetrievalError(f"{file} is not a ground truth with the lists imlist, qimlist and gnd. Fetch it again.")
    if not all(isinstance(image_id, str) for image_id in (*listed, *asked)):
        raise RetrievalError(f"{file}: imlist and qimlist must hold names of photographs, as texts. Fetch it again.")
    if len(asked) != len(entries) or not all(isinstance(entry, Mapping) for entry in entries):
        raise RetrievalError(f"{file} has {len(asked)} query images and {len(entries)} entries in gnd. Fetch it again.")
    if not asked:
        raise RetrievalError(f"{file} has no queries. Fetch it again{_beside(file.parent)}.")
    return [known_id(image_id, photographs) for image_id in listed], [known_id(image_id, photographs) for image_id in asked], entries
