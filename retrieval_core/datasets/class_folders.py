"""Class folders: `root/<class>/<photograph>`, the layout of training sets; folders in a class belong to it."""

from pathlib import Path

from retrieval_core.datasets.checks import check_ids, check_label
from retrieval_core.datasets.images import ENDINGS_IN_WORDS, photographs_below
from retrieval_core.datasets.landmark_names import TABLE, read_names
from retrieval_core.datasets.types import Dataset, Image
from retrieval_core.errors import RetrievalError


def read_class_folders(root: str | Path, name: str) -> Dataset:
    """Read a folder of class folders. The label is the folder's name, or what the table of landmark_names.py says that it stands for;
    the image id is `folder/stem`, or `folder/deeper/stem`; there are no queries.

    Folders without photographs are no classes. Images are sorted by class, then by stem; none is decoded.
    Raises RetrievalError if the folder is missing or holds no class with photographs.
    """
    root = Path(root).absolute()
    if not root.is_dir():
        raise RetrievalError(f"The folder {root} does not exist. Check the path, or build the dataset again.")
    found, folders = photographs_below(root)
    names = read_names(root)
    within = sorted((place, path) for place, path in found.items() if len(place) > 1)
    images = tuple(Image("/".join(place), path, names.get(place[0], place[0])) for place, path in within)
    if not images:
        raise RetrievalError(
            f"No photographs in the folders of {root}. Make one folder for each class and put its photographs "
            f"({ENDINGS_IN_WORDS}) there."
        )
    check_ids([image.id for image in images], root)
    for label in dict.fromkeys(image.label for image in images):
        check_label(label, root)
    return Dataset(name, images, (), (*folders, str(root / TABLE)))
