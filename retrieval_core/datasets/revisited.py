"""ROxford5k and RParis6k: the photographs of Oxford5k or Paris6k with 70 new queries, each answer easy, hard or junk.

Source: Radenović et al., "Revisiting Oxford and Paris: large-scale image retrieval benchmarking", CVPR 2018, and its ground
truth gnd_roxford5k.pkl and gnd_rparis6k.pkl (`filipradenovic/revisitop`). Easy answers are read as `good` and hard ones as `ok`,
so that what counts good and ok as right scores the setup Medium; evaluation/revisited.py has all three. The query images
are not in the database there: here they are junk of every query, which takes them out of every ranking alike. Its boxes are in
pixels of the photographs as stored, since the code that it was made with reads them so; here they are turned with their photograph.
"""

import json
import pickle
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from retrieval_core.datasets.images import box_as_shown
from retrieval_core.datasets.names import composed
from retrieval_core.datasets.oxford import find_photographs, photograph_folders, query_labels
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError

PATTERNS = ("gnd_*.pkl", "gnd_*.json")
_ARRAYS = [(module, name) for module in ("numpy.core.multiarray", "numpy._core.multiarray") for name in ("_reconstruct", "scalar")]
_BYTES = [("_codecs", "encode"), ("__builtin__", "bytes"), ("builtins", "bytes")]
_NUMPY = {*_ARRAYS, *_BYTES, ("numpy", "ndarray"), ("numpy", "dtype")}  # what stored arrays are put together from


def find_revisited(root: Path) -> Path | None:
    """The ground truth in a folder, the first by name; None if it has none."""
    return next((file for pattern in PATTERNS for file in sorted(root.glob(pattern))), None)


def read_revisited(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read a folder with photographs (in jpg/, also deeper) and a file gnd_*.pkl or gnd_*.json, there or in `ground_truth`.

    Only the photographs that the file lists make up the dataset. Query ids are `LANDMARK_N`, LANDMARK from the query image's name.
    Raises RetrievalError naming the file and the remedy for whatever is missing or does not fit together.
    """
    root = Path(root).absolute()
    file = find_revisited(Path(ground_truth or root).absolute())
    if file is None:
        raise RetrievalError(f"No gnd_*.pkl in {ground_truth or root}. Put gnd_roxford5k.pkl or gnd_rparis6k.pkl there.")
    listed, asked, entries = _read(file)
    photographs = find_photographs(root)
    missing = [image_id for image_id in (*listed, *asked) if image_id not in photographs]
    if missing:
        raise RetrievalError(
            f"{file} lists {len(missing):,} photographs that are not in {root}, the first is {missing[0]!r}. "
            "Put the photographs of the original dataset into its folder jpg/."
        )
    queries = tuple(sorted(_queries(file, listed, asked, entries), key=lambda query: (query.label, int(query.id.rsplit("_", 1)[1]))))
    queries = tuple(replace(query, box=box_as_shown(query.box, photographs[query.image_id])) for query in queries)
    labels = query_labels(queries)
    images = tuple(Image(image_id, photographs[image_id], labels.get(image_id)) for image_id in sorted({*listed, *asked}))
    # The folder of the file too: another file may become the first by name.
    return Dataset(name, images, queries, (str(file), str(file.parent), *photograph_folders(root, images)))


def _queries(file: Path, listed: list[str], asked: list[str], entries: list[Mapping]) -> list[Query]:
    queries, numbers = [], {}
    for image_id, entry in zip(asked, entries, strict=True):
        label = re.sub(r"_\d+$", "", image_id)
        numbers[label] = numbers.get(label, 0) + 1
        easy, hard, junk = (_ids(file, image_id, entry, kind, listed) for kind in ("easy", "hard", "junk"))
        others = tuple(other for other in asked if other not in {*easy, *hard, *junk})
        queries.append(Query(f"{label}_{numbers[label]}", image_id, label, _box(file, image_id, entry), easy, hard, junk + others))
    return queries


def _ids(file: Path, image_id: str, entry: Mapping, kind: str, listed: list[str]) -> tuple[str, ...]:
    positions = np.asarray(entry.get(kind, ())).ravel()
    if positions.size and (positions.dtype.kind not in "iu" or positions.min() < 0 or positions.max() >= len(listed)):
        raise RetrievalError(f"{file}: {kind!r} of the query {image_id!r} does not name places 0 to {len(listed) - 1} of imlist. "
                             "Take the original file.")  # fmt: skip
    return tuple(listed[position] for position in positions.astype(int))


def _box(file: Path, image_id: str, entry: Mapping) -> tuple[float, float, float, float]:
    try:
        left, top, right, bottom = (float(side) for side in np.asarray(entry["bbx"]).ravel())
    except (KeyError, ValueError, TypeError) as error:
        raise RetrievalError(f"{file}: the query {image_id!r} has no box of four numbers. Take the original file.") from error
    if not (left < right and top < bottom):
        raise RetrievalError(f"{file}: the box {left:g} {top:g} {right:g} {bottom:g} of {image_id!r} is empty. Take the original file.")
    return max(0.0, left), max(0.0, top), right, bottom


def _read(file: Path) -> tuple[list[str], list[str], list[Mapping]]:
    """imlist, qimlist and gnd of a file."""
    try:
        content = json.loads(file.read_text(encoding="utf-8")) if file.suffix == ".json" else load_numbers(file)
        listed, asked = ([composed(str(image_id)) for image_id in content[key]] for key in ("imlist", "qimlist"))
        entries = list(content["gnd"])
    except RetrievalError:
        raise
    except Exception as error:  # a broken pickle may raise anything
        raise RetrievalError(f"{file} is not a ground truth with imlist, qimlist and gnd ({error!r}). Fetch it again.") from error
    if len(asked) != len(entries) or not all(isinstance(entry, Mapping) for entry in entries):
        raise RetrievalError(f"{file} has {len(asked)} query images and {len(entries)} entries in gnd. Fetch it again.")
    return listed, asked, entries


def load_numbers(file: Path) -> object:
    """Lists, dictionaries, texts and arrays from a pickle, without running anything that it asks to run.

    Raises RetrievalError if it asks for other code; a broken file may raise anything.
    """
    with file.open("rb") as handle:
        return _Numbers(handle, encoding="latin1").load()


class _Numbers(pickle.Unpickler):
    """Reads lists, dictionaries, texts and arrays; a file that asks for any other code is refused before it runs."""

    def find_class(self, module: str, name: str):
        if (module, name) in _NUMPY:
            return super().find_class(module, name)
        raise RetrievalError(f"The file asks to run {module}.{name}, which no list of photographs needs: it is not the "
                             "original file. Fetch it again.")  # fmt: skip
