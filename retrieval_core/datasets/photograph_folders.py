"""A person's own photographs as they lie: in one folder, or in a folder for each landmark; queries only where they are given."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from retrieval_core.datasets.checks import check_ids
from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.images import ENDINGS_IN_WORDS, Place, list_photographs, photographs_below
from retrieval_core.datasets.names import id_of
from retrieval_core.datasets.oxford import PHOTOGRAPH_FOLDERS, WANTED, find_ground_truth, named_by_stem, read_ground_truth
from retrieval_core.datasets.revisited import find_revisited
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError

DESCRIPTOR_SUFFIXES = (".npy", ".npz")


def find_layout(path: Path, ground_truth: Path | None = None) -> str:
    """What lies at `path`: revisited, oxford, flat, classes, csv or npy; RetrievalError saying what was looked for if none of them.

    A folder of photographs (or jpg/ or images/ in it) with a ground truth, there or in the folder `ground_truth`, is in the
    Oxford layout; with a gnd_*.pkl it is a revisited one. Other folders of photographs in it, or in its images/, are class folders.
    """
    if path.suffix.lower() in DESCRIPTOR_SUFFIXES:
        return "npy"
    if path.suffix.lower() == ".csv":
        return "csv"
    if not path.is_dir():
        raise RetrievalError(f"{path} is no folder, .csv, .npy or .npz file. Check the path.")
    if find_revisited(ground_truth or path):
        return "revisited"
    found, _ = photographs_below(path)
    tops = {place[0] for place in found if len(place) > 1}
    plain = tops & set(PHOTOGRAPH_FOLDERS)
    has_classes = bool(tops - plain)
    if (plain or (found and not has_classes)) and find_ground_truth(ground_truth or path):
        return "oxford"
    if has_classes or (tops == {"images"} and class_root(path, found) != path):
        return "classes"
    if found and ground_truth is not None:
        raise RetrievalError(f"No ground truth in {ground_truth}. {WANTED}")
    if found:
        return "flat"
    raise RetrievalError(
        f"No photographs in {path}, nor in the folders in it. Put them ({ENDINGS_IN_WORDS}) into it, or name a .csv, .npy or .npz file."
    )


def read_flat(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read the photographs of a folder, however deep, without any ground truth: ids are file stems.

    Where two have the same stem, the one in jpg/, in images/, or higher up keeps it, and the id of the other is its whole path.
    Raises RetrievalError if there are none, or if a `ground_truth` is given: with one, the layout is Oxford's.
    """
    root = Path(root).absolute()
    if ground_truth is not None:
        raise RetrievalError("A flat folder has no ground truth. Leave out the ground truth, or choose the layout oxford.")
    found, folders = photographs_below(root)
    images = tuple(Image(image_id, path) for image_id, path in named_by_stem(sorted(found.items(), key=_claim)).items())
    if not images:
        raise RetrievalError(f"No photographs in {root}. Put them ({ENDINGS_IN_WORDS}) there, or add another folder.")
    check_ids([image.id for image in images], root)
    return Dataset(name, images, (), tuple(folders))


def _claim(item: tuple[Place, str]) -> tuple:
    """Which of two photographs keeps a stem as its id: the smaller."""
    place = item[0]
    top = place[0] if len(place) > 1 else "."
    return (PHOTOGRAPH_FOLDERS.index(top) if top in PHOTOGRAPH_FOLDERS else len(PHOTOGRAPH_FOLDERS)), len(place), place


def class_root(root: Path, found: Iterable[Place]) -> Path:
    """The folder of the class folders: `root`, or where all photographs lie in one folder and in folders in that, the inner one.

    `found` are the places of the photographs below `root`: see `photographs_below`. So an archive that unpacks into a folder of its
    own is read as what it holds.
    """
    places = list(found)
    while places and all(len(place) > 2 for place in places) and len({place[0] for place in places}) == 1:
        inner = [entry for entry in root.iterdir() if id_of(entry.name) == places[0][0] and entry.is_dir()]
        root, places = inner[0], [place[1:] for place in places]
    return root


def read_classes(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read `root/<landmark>/<photograph>`; photographs directly in the root are unlabelled.

    The id is `landmark/stem` (`landmark/deeper/stem` of one in a folder there), or the stem of an unlabelled one. Queries are those
    of `ground_truth`, or else of the root's lab/, in the files of the Oxford layout, which name these ids; without either there are
    none.
    Raises RetrievalError as `read_class_folders` and `read_ground_truth` do.
    """
    outer = Path(root).absolute()
    root = class_root(outer, photographs_below(outer)[0])
    labelled = read_class_folders(root, name)
    unlabelled = (Image(stem, path) for stem, path in list_photographs(root).items())
    images = tuple(sorted((*labelled.images, *unlabelled), key=lambda image: image.id))
    check_ids([image.id for image in images], root)
    sources = tuple(dict.fromkeys((str(outer), *labelled.sources)))
    return with_ground_truth(replace(labelled, images=images, sources=sources), outer, ground_truth)


def with_ground_truth(dataset: Dataset, root: Path, ground_truth: str | Path | None) -> Dataset:
    """The dataset with the queries of `ground_truth`, or of the root's lab/ if it holds any."""
    queries: tuple[Query, ...] = ()
    read: tuple[str, ...] = (str(root), str(root / "lab"))  # looked into, and perhaps filled later
    if ground_truth is not None or find_ground_truth(root / "lab"):
        queries, files = read_ground_truth(ground_truth or root / "lab", {image.id: image.path for image in dataset.images})
        read += files
    return replace(dataset, queries=queries, sources=tuple(dict.fromkeys(dataset.sources + read)))


def with_distractors(dataset: Dataset, folder: str | Path) -> Dataset:
    """The dataset with all photographs of a folder, however deep, added without a label, as Oxford105k adds 100,000 to Oxford5k.

    Their ids are `distractors/<path below the folder>`. Raises RetrievalError if there are none.
    """
    folder = Path(folder).absolute()
    found, folders = photographs_below(folder)
    if not found:
        raise RetrievalError(f"No photographs in {folder}. Name the folder into which the distractors were unpacked.")
    images = (Image("/".join(("distractors", *place)), path) for place, path in found.items())
    joined = tuple(sorted((*dataset.images, *images), key=lambda image: image.id))
    check_ids([image.id for image in joined], folder)
    return replace(dataset, images=joined, sources=(*dataset.sources, *folders))
