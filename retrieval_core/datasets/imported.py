"""A dataset of descriptors that were made elsewhere, with or without photographs: what it can do is be explored.

cache/<dataset>/ids.txt names the photographs in the order of the rows; cache/<dataset>/<model>/ holds the descriptors under
the key of the model that they stand for. They are never made anew, and nothing is trained for them.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval_core.datasets.descriptor_files import ID_LIST, check_rows, copy_unit_rows, open_matrix, read_ids
from retrieval_core.datasets.images import folder_fingerprint, list_photographs
from retrieval_core.datasets.oxford import find_ground_truth, query_labels, read_ground_truth
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace, canonical, file_hash, write_json

START = "imported"  # what a recipe says in place of ImageNet or its stand-in


@dataclass(frozen=True)
class Source:
    """Where imported descriptors come from, and what they stand beside.

    file: .npy or .npz. model: the key that they get. ids, queries, ground_truth: see `read_ids` and `import_descriptors`.
    """

    file: Path
    model: str
    ids: Path | None = None
    queries: Path | None = None
    ground_truth: Path | None = None


def read_imported(folder: Path, name: str, photographs: str | None, ground_truth: str | None) -> Dataset:
    """Read the dataset whose ids.txt lies in `folder`; an image without a photograph has the path "".

    Labels and queries are those of `ground_truth`. Raises RetrievalError if a list or a photograph is gone.
    """
    try:
        ids = (folder / ID_LIST).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise RetrievalError(f"{folder / ID_LIST} can't be read ({error.strerror}). Add the descriptors again.") from error
    paths = dict.fromkeys(ids, "")
    if photographs is not None:
        paths = {stem: path for stem, path in list_photographs(photographs).items() if stem in paths}
        if len(paths) < len(ids):
            gone = next(image_id for image_id in ids if image_id not in paths)
            raise RetrievalError(f"The photograph {gone!r} is gone from {photographs}. Put it back, or add the descriptors again.")
    queries, files = read_ground_truth(ground_truth, paths) if ground_truth is not None else ((), [])
    labels = query_labels(queries)
    images = tuple(Image(image_id, paths[image_id], labels.get(image_id)) for image_id in ids)
    root = photographs or ground_truth or folder
    content = canonical([ids, folder_fingerprint(root, images if photographs else (), files)])
    return Dataset(name, images, queries, hashlib.sha256(content.encode()).hexdigest())


def import_descriptors(workspace: Workspace, name: str, source: Source) -> tuple[Dataset, dict]:
    """Copy descriptors into the cache, and return their dataset and what is to be remembered of it.

    Rows are brought to length 1. With a ground truth (a folder of Oxford's text files; by default lab/ beside the file, if
    there is one) the queries' descriptors are needed, in the order of the sorted queries: the file `queries`, or the
    array "queries" of a .npz file. Raises RetrievalError if something is missing or does not fit together.
    """
    file, folder = source.file, workspace.folder(name)
    matrix = open_matrix(file)
    ids, photographs = read_ids(file, source.ids)
    check_rows(file, matrix, ids, f"ids in {source.ids or file.with_name(ID_LIST)}")
    beside = file.parent / "lab"
    ground_truth = source.ground_truth or (beside if find_ground_truth(beside) else None)
    known = folder / ID_LIST
    if imported_models(workspace, name) and tuple(known.read_text(encoding="utf-8").splitlines()) != ids:
        raise RetrievalError(f"{name!r} names descriptors of other photographs than {file}. Choose another name for these.")
    workspace.ensure_writable(folder)
    known.write_text("".join(f"{image_id}\n" for image_id in ids), encoding="utf-8")
    where = {
        "photographs": str(Path(next(iter(photographs.values()))).parent) if photographs else None,
        "ground_truth": str(ground_truth) if ground_truth else None,
    }
    dataset = read_imported(folder, name, **where)
    _write(workspace, dataset, source, matrix, _query_matrix(source, dataset.queries, matrix.shape[1]))
    return dataset, {**where, "fingerprint": dataset.fingerprint}


def imported_models(workspace: Workspace, name: str) -> list[str]:
    """Keys under which descriptors were imported into a dataset."""
    return sorted(file.parent.name for file in workspace.folder(name).glob("*/descriptors.npy"))


def _query_matrix(source: Source, queries: tuple[Query, ...], width: int) -> np.ndarray:
    """The descriptors (Q, D) of the queries, none without a ground truth."""
    if not queries:
        if source.queries is not None:
            raise RetrievalError(f"{source.queries} needs a ground truth that says what its queries are: give --ground-truth FOLDER.")
        return np.empty((0, width), np.float32)
    if source.queries is None and source.file.suffix.lower() != ".npz":
        raise RetrievalError(
            f"The ground truth has {len(queries)} queries, and {source.file} describes only photographs. Give the queries' "
            "descriptors with --queries FILE, in the order of the sorted queries."
        )
    file = source.queries or source.file
    # An .npz file that is only of queries calls them descriptors, as a .npz file of photographs does.
    matrix = open_matrix(file, "descriptors" if source.queries else "queries")
    check_rows(file, matrix, queries, "queries in the ground truth")
    if matrix.shape[1] != width:
        raise RetrievalError(f"{file} has {matrix.shape[1]} dimensions, {source.file} {width}. Both must come from one model.")
    return matrix


def _write(workspace: Workspace, dataset: Dataset, source: Source, matrix: np.ndarray, queries: np.ndarray) -> None:
    folder = workspace.folder(dataset.name, source.model)
    hashes = {file.name: file_hash(file) for file in (source.file, source.queries) if file is not None}
    inputs = {"data": dataset.fingerprint, START: hashes}
    recipe = {"model": source.model, "start": START, "source": source.file.name, "sha256": hashes[source.file.name],
              "dim": matrix.shape[1], "dataset": dataset.fingerprint}  # fmt: skip
    with workspace.lock(dataset.name, source.model, "descriptors"):
        with workspace.writing(folder / "ids.json", inputs) as temporary:
            ids = {"images": [image.id for image in dataset.images], "queries": [query.id for query in dataset.queries]}
            write_json(temporary, ids)
        for target, rows, file in (("queries.npy", queries, source.queries), ("descriptors.npy", matrix, source.file)):
            with workspace.writing(folder / target, inputs, notes={"recipe": recipe}) as temporary:
                copy_unit_rows(rows, temporary, file or source.file)
