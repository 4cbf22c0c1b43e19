"""Never on the test set: no photograph that a retrieval dataset holds may be trained on, whatever its name."""

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace

from retrieval_core.datasets.catalog import list_datasets, open_dataset
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace


def training_set(workspace: Workspace, name: str) -> Dataset:
    """The labelled photographs of a dataset, to train on.

    Raises RetrievalError if it is one that models are scored on, shares a photograph with one, or has fewer than two landmarks.
    """
    dataset = open_dataset(workspace, name)
    if any(entry.retrieval for entry in list_datasets(workspace) if entry.name == name):
        raise RetrievalError(f"{name!r} is a dataset that models are scored on: it can't be trained on. A training set is added with: "
                             "python -m retrieval_core data add NAME PATH --training")  # fmt: skip
    if len(dataset.labels) < 2:
        raise RetrievalError(f"{name!r} has {len(dataset.labels)} landmarks; training takes two or more. Put the photographs of each "
                             "into a folder of its own.")  # fmt: skip
    refuse_overlap(workspace, dataset)
    return replace(dataset, images=tuple(image for image in dataset.images if image.label is not None))


def refuse_overlap(workspace: Workspace, training: Dataset) -> None:
    """Raise a RetrievalError if a photograph of the training set has the content of one of a retrieval dataset.

    All datasets that are registered and whose photographs are there are looked at. Only files of equal size are read.
    """
    for entry in list_datasets(workspace):
        if not (entry.retrieval and entry.ready):
            continue
        try:
            retrieval = open_dataset(workspace, entry.name)
        except RetrievalError:
            continue  # broken or gone: nobody can be scored on it
        twins = same_photographs(training.images, retrieval.images)
        if twins:
            ours, theirs = twins[0]
            raise RetrievalError(
                f"{ours.path} of the training set {training.name} is the photograph {theirs.path} of {retrieval.name}, on which models "
                f"are scored ({len(twins):,} such in all). Remove them from {training.name}: what was trained on is no test."
            )


def same_photographs(first: Sequence[Image], second: Sequence[Image]) -> list[tuple[Image, Image]]:
    """Pairs of images of two sets whose files are equal byte for byte, by SHA-256."""
    ours, theirs = _by_size(first), _by_size(second)
    pairs = []
    for size in ours.keys() & theirs.keys():
        hashes = {_sha256(image.path): image for image in theirs[size]}
        pairs += [(image, hashes[found]) for image in ours[size] if (found := _sha256(image.path)) in hashes]
    return sorted(pairs, key=lambda pair: pair[0].id)


def _by_size(images: Iterable[Image]) -> dict[int, list[Image]]:
    sizes: dict[int, list[Image]] = {}
    for image in images:
        if image.path and os.path.isfile(image.path):
            sizes.setdefault(os.path.getsize(image.path), []).append(image)
    return sizes


def _sha256(path: str) -> str:
    with open(path, "rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
