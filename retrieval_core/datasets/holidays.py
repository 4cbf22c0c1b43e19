"""INRIA Holidays: a photograph's number says which belong together, and the first of each hundred asks for the others.

Source: Jégou et al., "Hamming embedding and weak geometric consistency for large scale image search", ECCV 2008. The query image
is not one of its own answers: here it is its junk.
"""

from pathlib import Path

from retrieval_core.datasets.checks import check_ids, check_truth
from retrieval_core.datasets.oxford import find_photographs, photograph_folders
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError


def read_holidays(root: str | Path, name: str, ground_truth: str | Path | None = None) -> Dataset:
    """Read photographs named 100000.jpg, 100001.jpg, … in a folder (or below its jpg/): labels are 1000, 1001, …

    Raises RetrievalError naming the photograph if there are none, or if one is named otherwise or has no query.
    """
    root = Path(root).absolute()
    if ground_truth is not None:
        raise RetrievalError("The numbers of Holidays' photographs are its ground truth. Leave out --ground-truth.")
    photographs = find_photographs(root)
    if not photographs:
        raise RetrievalError(f"No photographs in {root}. Put those of jpg1.tar.gz and jpg2.tar.gz into {root / 'jpg'}.")
    groups: dict[str, list[str]] = {}
    for stem, path in photographs.items():
        if not (stem.isascii() and stem.isdigit() and len(stem) == 6):
            raise RetrievalError(f"{path} is not named as a photograph of Holidays, six digits as in 100000.jpg. Take it out.")
        groups.setdefault(stem[:4], []).append(stem)
    queries = []
    for label, members in groups.items():
        if members[0] != f"{label}00":
            raise RetrievalError(f"{photographs[members[0]]} belongs to the query {label}00.jpg, which is missing. Add it.")
        queries.append(Query(f"{label}_1", members[0], label, None, good=tuple(members[1:]), ok=(), junk=(members[0],)))
    check_ids(list(photographs), root)
    check_truth(queries, photographs, lambda query, kind: str(root))
    images = tuple(Image(stem, path, stem[:4]) for stem, path in photographs.items())
    return Dataset(name, images, tuple(queries), photograph_folders(root, images))
