"""Photographs that a training set shares with a retrieval dataset, and what a person said about those that only look alike.

Both sets' photographs are compared by content and by perceptual hash. What was found is remembered in the training set's folder of the
cache until a photograph of either set changes.
"""

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from retrieval_core.datasets.perceptual_hashes import VERSION, file_stamp, hashed, kept_hashes, perceptual_hashes
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError, printable
from retrieval_core.progress import Progress
from retrieval_core.training.near_duplicates import WITHIN, near_duplicates, nearest_descriptor_pairs
from retrieval_core.workspace import Workspace, canonical, file_hash, read_json, write_json

SAME_FILE, NEAR_DUPLICATE, NEAR_DESCRIPTOR = KINDS = ("same file", "near duplicate", "near descriptor")
OVERLAPS = "overlaps.json"
CONFIRMED = "confirmed_different.json"


@dataclass(frozen=True)
class Pair:
    """A photograph of a training set and one of a retrieval dataset that are the same, or look it; `kind` is one of KINDS.

    Of a pair inside of one dataset (see find_within) both are of that one.
    `distance`: bits of the perceptual hashes that differ (0 for the same file); for descriptors 1 − cosine similarity.
    """

    training: str
    training_id: str
    training_path: str
    retrieval: str
    retrieval_id: str
    retrieval_path: str
    kind: str
    distance: float


def find_overlap(workspace: Workspace, training: Dataset, retrieval: Dataset) -> Generator[Progress, None, list[Pair]]:
    """Pairs of the same file and of near duplicates: the surest first, then in the order of the training ids.

    Only photographs with a label are looked at in the training set: the others are not trained on. A second look at sets that have
    not changed reads no photograph.
    """
    remembered = _remembered(workspace, training, retrieval, retrieval.name)
    if remembered is not None:
        return remembered
    trained, tested = _compared(training, retrieval)
    our_hashes = yield from perceptual_hashes(workspace, training.name, trained)
    their_hashes = yield from perceptual_hashes(workspace, retrieval.name, tested)
    pairs = compare(Hashed(training.name, trained, our_hashes), Hashed(retrieval.name, tested, their_hashes))
    with suppress(OSError, RetrievalError):  # a cache that can't be written: they are found again next time
        _remember(workspace, training, retrieval, retrieval.name, pairs)
    return pairs


def find_within(workspace: Workspace, dataset: Dataset) -> Generator[Progress, None, list[Pair]]:
    """Pairs of the same file and of near duplicates inside of one dataset, each once; otherwise as `find_overlap`."""
    remembered = known_within(workspace, dataset)
    if remembered is not None:
        return remembered
    images = [image for image in dataset.images if image.path]
    ours = Hashed(dataset.name, images, (yield from perceptual_hashes(workspace, dataset.name, images)))
    pairs = [pair for pair in compare(ours, ours) if pair.training_id < pair.retrieval_id]
    with suppress(OSError, RetrievalError):  # a cache that can't be written: they are found again next time
        _remember(workspace, dataset, dataset, dataset.name, pairs)
    return pairs


def known_within(workspace: Workspace, dataset: Dataset) -> list[Pair] | None:
    """What `find_within` found of a dataset as it is now; None if it was not looked for yet. Reads no photograph."""
    return _remembered(workspace, dataset, dataset, dataset.name)


def known_pairs(workspace: Workspace, training: Dataset, retrieval: Dataset) -> list[Pair] | None:
    """What was found of two sets as they are now, near descriptors last; None if they were not compared yet. Reads no photograph."""
    found = [_remembered(workspace, training, retrieval, what) for what in (retrieval.name, _by_descriptors(retrieval))]
    return None if found == [None, None] else [pair for pairs in found for pair in pairs or ()]


def keep_near_descriptors(workspace: Workspace, training: Dataset, retrieval: Dataset, pairs: Sequence[Pair]) -> None:
    """Remember pairs of near descriptors for the page that shows them."""
    _remember(workspace, training, retrieval, _by_descriptors(retrieval), pairs)


def _by_descriptors(retrieval: Dataset) -> str:
    return f"{retrieval.name} by descriptors"


def _compared(training: Dataset, retrieval: Dataset) -> tuple[list[Image], list[Image]]:
    """The photographs that are looked at: those that are trained on, and those that are there."""
    trained = [image for image in training.images if image.path and image.label is not None]
    return trained, [image for image in retrieval.images if image.path]


def _remembered(workspace: Workspace, training: Dataset, retrieval: Dataset, what: str) -> list[Pair] | None:
    known = read_json(workspace.folder(training.name) / OVERLAPS, {}).get(what, {})
    return [Pair(**pair) for pair in known["pairs"]] if known.get("key") == _key(*_compared(training, retrieval)) else None


def _remember(workspace: Workspace, training: Dataset, retrieval: Dataset, what: str, pairs: Sequence[Pair]) -> None:
    file = workspace.ensure_writable(workspace.folder(training.name)) / OVERLAPS
    entry = {"key": _key(*_compared(training, retrieval)), "pairs": [asdict(pair) for pair in pairs]}
    with workspace.lock(training.name, "overlaps"):
        write_json(file, read_json(file, {}) | {what: entry})


def same_files(training: Dataset, retrieval: Dataset) -> list[Pair]:
    """Pairs of files that are equal byte for byte, in the order of the training ids. Only files of equal size are read."""
    by_size = defaultdict(list)
    for place, image in enumerate(retrieval.images):
        by_size[_size(image.path)].append(place)
    by_size.pop(-1, None)  # images without a photograph
    candidates = ((row, place) for row, image in enumerate(training.images) for place in by_size.get(_size(image.path), ()))
    equal = sorted(_equal_files(training, retrieval, candidates))
    return [_pair(training, row, retrieval, place, SAME_FILE, 0) for row, place in equal]


def find_overlap_of_gone(workspace: Workspace, training: str, retrieval: Dataset) -> Generator[Progress, None, list[Pair] | None]:
    """`find_overlap` for a training set whose photographs are gone: by the hashes that were kept of them.

    A copy is then a near duplicate at distance 0. None if no hashes were kept.
    """
    kept = kept_hashes(workspace, training)
    if not kept:
        return None
    ours = Hashed(training, [Image(one.id, path) for path, one in kept.items()], np.stack([one.hashes for one in kept.values()]))
    tested = [image for image in retrieval.images if image.path]
    return compare(ours, Hashed(retrieval.name, tested, (yield from perceptual_hashes(workspace, retrieval.name, tested))))


@dataclass(frozen=True, eq=False)
class Hashed:
    """Photographs of a dataset with their perceptual hashes (N, 2, WORDS), in the order of the images."""

    name: str
    images: Sequence[Image]
    hashes: np.ndarray


def compare(ours: Hashed, theirs: Hashed) -> list[Pair]:
    """Pairs of a training photograph and a retrieval photograph, as `find_overlap` returns them."""
    near = near_duplicates(ours.hashes, theirs.hashes)
    same = set(_equal_files(ours, theirs, ((row, place) for row, place, _ in near)))
    same |= set(_equal_files(ours, theirs, _without_hash(ours, theirs)))
    pairs = [_pair(ours, row, theirs, place, SAME_FILE, 0) for row, place in same]
    pairs += [_pair(ours, row, theirs, place, NEAR_DUPLICATE, bits) for row, place, bits in near if (row, place) not in same]
    return sorted(pairs, key=lambda pair: (KINDS.index(pair.kind), pair.distance, pair.training_id, pair.retrieval_id))


def near_descriptors(training: Dataset, ours: np.ndarray, retrieval: Dataset, theirs: np.ndarray, threshold: float) -> list[Pair]:
    """For a person to look at: each retrieval photograph with its nearest training photograph, if they are similar enough.

    `ours` (N, D) and `theirs` (M, D) are L2-normalised, in the order of the sets' images; `threshold` is a cosine similarity.
    """
    found = nearest_descriptor_pairs(ours, theirs, threshold)
    return [_pair(training, row, retrieval, place, NEAR_DESCRIPTOR, 1 - score) for row, place, score in found]


def confirmed(workspace: Workspace, training: str) -> set[tuple[str, str, str]]:
    """Pairs that a person called different photographs: training id, name of the retrieval dataset, retrieval id."""
    return {tuple(entry) for entry in read_json(workspace.folder(training) / CONFIRMED, [])}


def confirm_different(workspace: Workspace, training: str, pairs: Iterable[Pair]) -> None:
    """Note that a person looked at these pairs and saw different photographs: they stop nobody any more.

    Raises RetrievalError if one is the same file, or belongs to another training set.
    """
    pairs = list(pairs)
    for pair in pairs:
        if pair.training != training:
            raise RetrievalError(f"{pair.training_path} belongs to the training set {pair.training}, not to {training}.")
        if pair.kind == SAME_FILE:
            raise RetrievalError(f"{pair.training_path} and {pair.retrieval_path} are the same file, byte for byte: they can't be "
                                 f"confirmed as different. Remove one of them.")  # fmt: skip
    file = workspace.ensure_writable(workspace.folder(training)) / CONFIRMED
    with workspace.lock(training, "confirmed"):
        write_json(file, sorted(confirmed(workspace, training) | {_entry(pair) for pair in pairs}))


def unconfirmed(workspace: Workspace, pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs that no person has called different photographs."""
    known: dict[str, set] = {}
    return [pair for pair in pairs if _entry(pair) not in known.setdefault(pair.training, confirmed(workspace, pair.training))]


def overlap_lines(workspace: Workspace, pairs: Sequence[Pair]) -> list[str]:
    """One line for each pair, as `data overlap` prints it: kind, distance, both files, and whether a person called them different."""
    open_pairs = set(unconfirmed(workspace, pairs))
    return [printable(f"{pair.kind:15} {pair.distance:>6.3g}  {pair.training_path}  {pair.retrieval_path}")
            + ("" if pair in open_pairs else "  confirmed as different") for pair in pairs]  # fmt: skip


def _entry(pair: Pair) -> tuple[str, str, str]:
    return pair.training_id, pair.retrieval, pair.retrieval_id


def _pair(ours: Hashed | Dataset, row: int, theirs: Hashed | Dataset, place: int, kind: str, distance: float) -> Pair:
    image, other = ours.images[row], theirs.images[place]
    return Pair(ours.name, image.id, image.path, theirs.name, other.id, other.path, kind, distance)


def _key(*sets: Sequence[Image]) -> str:
    """Changes with the rule, with an id or path, and with a file's size or time of change."""
    digest = hashlib.sha256(canonical([VERSION, WITHIN]).encode())
    for images in sets:
        digest.update(canonical([(image.id, image.path, *file_stamp(image.path)) for image in images]).encode())
    return digest.hexdigest()


def _without_hash(ours: Hashed, theirs: Hashed) -> Iterable[tuple[int, int]]:
    """Pairs (row, place) of equal size among the flat and the unreadable photographs: they may still be copies."""
    by_size = defaultdict(list)
    for place in np.flatnonzero(~hashed(theirs.hashes)).tolist():
        by_size[_size(theirs.images[place].path)].append(place)
    for row in np.flatnonzero(~hashed(ours.hashes)).tolist():
        for place in by_size.get(_size(ours.images[row].path), ()):
            yield row, place


def _equal_files(ours: Hashed | Dataset, theirs: Hashed | Dataset, candidates: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """Those of the candidates (row, place) whose files are equal byte for byte, by SHA-256. Only files of equal size are read."""
    digests: dict[str, str] = {}
    for row, place in candidates:
        paths = ours.images[row].path, theirs.images[place].path
        if _size(paths[0]) != _size(paths[1]) or _size(paths[0]) < 0:
            continue
        for path in paths:
            if path not in digests:
                digests[path] = file_hash(Path(path))
        if digests[paths[0]] == digests[paths[1]]:
            yield row, place


def _size(path: str) -> int:
    return file_stamp(path)[0]
