"""A person's own photographs as they lie: in one folder, or in a folder for each landmark; queries only where they are given."""

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

from retrieval_core.datasets.checks import check_ids
from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.images import list_photographs
from retrieval_core.datasets.oxford import WANTED, find_ground_truth, find_photographs, photograph_folders, read_ground_truth
from retrieval_core.datasets.revisited import find_revisited
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError

DESCRIPTOR_SUFFIXES = (".npy", ".npz")


def find_layout(path: Path, ground_truth: Path | None = None) -> str:
    """What lies at `path`: revisited, oxford, flat, classes, csv or npy; RetrievalError saying what was looked for if none of them.

    A folder of photographs (or jpg/ or images/ in it) with a ground truth, there or in the folder `ground_truth`, is in the
    Oxford layout; with a gnd_*.pkl it is a revisited one. Other folders of photographs in it are class folders.
    """
    if path.suffix.lower() in DESCRIPTOR_SUFFIXES:
        return "npy"
    if path.suffix.lower() == ".csv":
        return "csv"
    if not path.is_dir():
        raise RetrievalError(f"{path} is no folder, .csv, .npy or .npz file. Check the path.")
    if find_revisited(ground_truth or path):
        return "revisited"
    photographs = find_photographs(path)
    own_folder = Path(next(iter(photographs.values()), path)).parent
    others = [entry.path for entry in os.scandir(path) if entry.is_dir() and Path(entry.path) != own_folder]
    has_classes = any(map(list_photographs, others))
    if photographs and (own_folder != path or not has_classes) and find_ground_truth(ground_truth or path):
        return "oxford"
    if has_classes:
        return "classes"
    if photographs and ground_truth is not None:
        raise RetrievalError(f"No ground truth in {ground_truth}. {WANTED}")
    if photographs:
        return "flat"
    raise RetrievalError(
        f"No photographs in {path}, nor in the folders in it. Put them (.jpg, .jpeg, .png or .webp) into it, or name a .csv, "
        ".npy or .npz file."
    )


def read_flat(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read the photographs of a folder (or of its jpg/ or images/) without any ground truth: ids are file stems.

    Raises RetrievalError if there are none, or if a `ground_truth` is given: with one, the layout is Oxford's.
    """
    root = Path(root).absolute()
    if ground_truth is not None:
        raise RetrievalError("A flat folder has no ground truth. Leave out the ground truth, or choose the layout oxford.")
    images = tuple(Image(stem, path) for stem, path in find_photographs(root).items())
    if not images:
        raise RetrievalError(f"No photographs in {root}. Put them (.jpg, .jpeg, .png or .webp) there, or add another folder.")
    check_ids([image.id for image in images], root)
    return Dataset(name, images, (), photograph_folders(root, images))


def read_classes(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read `root/<landmark>/<photograph>`; photographs directly in the root are unlabelled.

    The id is `landmark/stem`, or the stem of an unlabelled one. Queries are those of `ground_truth`, or else of the
    root's lab/, in the files of the Oxford layout, which name these ids; without either there are none.
    Raises RetrievalError as `read_class_folders` and `read_ground_truth` do.
    """
    root = Path(root).absolute()
    labelled = read_class_folders(root, name)
    unlabelled = (Image(stem, path) for stem, path in list_photographs(root).items())
    images = tuple(sorted((*labelled.images, *unlabelled), key=lambda image: image.id))
    check_ids([image.id for image in images], root)
    return with_ground_truth(replace(labelled, images=images), root, ground_truth)


def with_ground_truth(dataset: Dataset, root: Path, ground_truth: str | Path | None) -> Dataset:
    """The dataset with the queries of `ground_truth`, or of the root's lab/ if it holds any."""
    queries, read = (), (str(root), str(root / "lab"))  # looked into, and perhaps filled later
    if ground_truth is not None or find_ground_truth(root / "lab"):
        queries, files = read_ground_truth(ground_truth or root / "lab", {image.id: image.path for image in dataset.images})
        read += files
    return replace(dataset, queries=queries, sources=tuple(dict.fromkeys(dataset.sources + read)))


def with_distractors(dataset: Dataset, folder: str | Path) -> Dataset:
    """The dataset with all photographs of a folder, however deep, added without a label, as Oxford105k adds 100,000 to Oxford5k.

    Their ids are `distractors/<path below the folder>`. Raises RetrievalError if there are none.
    """
    folder = Path(folder).absolute()
    found, folders = {}, []
    for below, _, _ in sorted(os.walk(folder)):
        place = Path(below).relative_to(folder)
        folders.append(below)
        found |= {(PurePosixPath("distractors") / place.as_posix() / stem).as_posix(): path
                  for stem, path in list_photographs(below).items()}  # fmt: skip
    if not found:
        raise RetrievalError(f"No photographs in {folder}. Name the folder into which the distractors were unpacked.")
    images = (Image(image_id, path) for image_id, path in found.items())
    joined = tuple(sorted((*dataset.images, *images), key=lambda image: image.id))
    check_ids([image.id for image in joined], folder)
    return replace(dataset, images=joined, sources=(*dataset.sources, *folders))
