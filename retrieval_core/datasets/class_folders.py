"""Class folders: `root/<class>/<photograph>`, the layout of training sets."""

import os
from pathlib import Path

from retrieval_core.datasets.images import list_photographs
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError


def read_class_folders(root: str | Path, name: str) -> Dataset:
    """Read a folder of class folders. The label is the folder's name, the image id `folder/stem`; there are no queries.

    Folders without photographs are no classes. Images are sorted by class, then by stem; none is decoded.
    Raises RetrievalError if the folder is missing or holds no class with photographs.
    """
    root = Path(root).absolute()
    if not root.is_dir():
        raise RetrievalError(f"The folder {root} does not exist. Check the path, or build the dataset again.")
    with os.scandir(root) as entries:
        classes = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    images = tuple(
        Image(f"{label}/{stem}", path, label)
        for label in classes
        for stem, path in list_photographs(root / label).items()
    )
    if not images:
        raise RetrievalError(
            f"No photographs in the folders of {root}. Make one folder for each class and put its photographs "
            "(.jpg, .jpeg, .png or .webp) there."
        )
    return Dataset(name, images, (), (str(root), *(str(root / label) for label in classes)))
