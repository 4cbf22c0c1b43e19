"""Training sets that come as a list of photographs and their classes; what is not there is left out, and counted.

Landmarks-clean: files annotation_*.txt with a line "ADDRESS CLASS" for each photograph, which lies at CLASS/<last part of
ADDRESS>. Google Landmarks v2: train_clean.csv with the columns landmark_id and images, which lie at a/b/c/abc….jpg.
retrieval-SfM-120k: lists of names and clusters in retrieval-SfM-120k.pkl, which lie at ims/ye/xe/de/…xeye.
Sources: `naver/deep-image-retrieval`, `cvdfoundation/google-landmark`, `filipradenovic/cnnimageretrieval-pytorch`.
"""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from retrieval_core.datasets.checks import check_ids
from retrieval_core.datasets.images import folders_of
from retrieval_core.datasets.left_out import not_there
from retrieval_core.datasets.names import composed, file_in
from retrieval_core.datasets.plain_pickle import load_plain
from retrieval_core.datasets.texts import read_lines
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError

ANNOTATIONS = "annotation_*.txt"
GLDV2_LIST = "train_clean.csv"
SFM_LIST = "retrieval-SfM-120k.pkl"
LIST_FILES = {"lists": ANNOTATIONS, "gldv2": GLDV2_LIST, "sfm": SFM_LIST}  # files of each layout, as a pattern


def listed_photographs(root: str | Path, layout: str) -> dict[str, int]:
    """How many photographs a list names of each class; empty for layouts without a list."""
    if layout not in LISTINGS:
        return {}
    return dict(Counter(label for label, _ in _listing(Path(root).absolute(), layout).values()))


def _read(layout: str, root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """The photographs of a list that are there, with their classes; the id is the path below `root` without .jpg and the like.

    Raises RetrievalError if the list is missing or not as its source writes it, or if none of its photographs is there.
    """
    root = Path(root).absolute()
    if ground_truth is not None:
        raise RetrievalError("A training set has classes and no queries. Leave out the ground truth.")
    listing = _listing(root, layout)
    listed = [Image(image_id, str(path), label) for image_id, (label, path) in sorted(listing.items())]
    images = tuple(image for image in listed if os.path.isfile(image.path))
    check_ids([image.id for image in images], root)
    if not images:
        example = next(path for _, path in listing.values())
        raise RetrievalError(
            f"None of the {len(listing):,} listed photographs is below {root}; the first would be {example}. Put those that you have "
            "there, and run the same command again."
        )
    lists = (str(file) for file in sorted(root.glob(LIST_FILES[layout])))
    return Dataset(name, images, (), (*lists, *sorted(folders_of(root, listed))), not_there(listed))


read_lists = partial(_read, "lists")
read_gldv2 = partial(_read, "gldv2")
read_sfm = partial(_read, "sfm")


def _listing(root: Path, layout: str) -> dict[str, tuple[str, Path]]:
    """Class and place of every listed photograph by its id."""
    try:
        found = {composed(str(path.with_suffix(""))): (composed(label), _place(root, path)) for label, path in LISTINGS[layout](root)}
    except RetrievalError:
        raise
    except Exception as error:  # a list that is not what its source writes may raise anything
        words = f"{type(error).__name__}: {error}"
        raise RetrievalError(f"The list of photographs in {root} can't be read ({words}). Fetch its file again.") from error
    if not found:
        raise RetrievalError(f"The list of photographs in {root} is empty or missing. Fetch it again.")
    return found


def _place(root: Path, path: PurePosixPath) -> Path:
    return root / path if str(path).isascii() else Path(file_in(root, path.parts))


def _annotations(root: Path) -> Iterator[tuple[str, PurePosixPath]]:
    for file in sorted(root.glob(ANNOTATIONS)):
        for line in read_lines(file):
            if line.strip():
                address, label = line.rsplit(maxsplit=1)
                yield label, _plain(label, PurePosixPath(urlsplit(address).path).name)


def _gldv2(root: Path) -> Iterator[tuple[str, PurePosixPath]]:
    with (root / GLDV2_LIST).open(encoding="utf-8", newline="") as file:
        csv.field_size_limit(1 << 24)  # a landmark may have thousands of photographs in one cell
        for row in csv.DictReader(file):
            for name in row["images"].split():
                yield row["landmark_id"], _plain(*name[:3], f"{name}.jpg")


def _sfm(root: Path) -> Iterator[tuple[str, PurePosixPath]]:
    content = load_plain(root / SFM_LIST)
    for part in ("train", "val"):
        for name, cluster in zip(content[part]["cids"], content[part]["cluster"], strict=True):
            yield f"{part}-{cluster}", _plain("ims", name[-2:], name[-4:-2], name[-6:-4], name)


def _plain(*parts: str) -> PurePosixPath:
    """A path below the folder; ValueError if a list tries to lead out of it."""
    if any(part in ("", ".", "..") or "/" in part or "\\" in part for part in parts):
        raise ValueError(f"{parts} is no place below the folder")
    return PurePosixPath(*parts)


LISTINGS = {"lists": _annotations, "gldv2": _gldv2, "sfm": _sfm}
