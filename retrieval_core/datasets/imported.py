"""A dataset of descriptors that were made elsewhere, with or without photographs: what it can do is be explored.

cache/<dataset>/ids.txt names the photographs in the order of the rows; cache/<dataset>/imported/<model>/ holds the descriptors
under the key of the model that they stand for. They are never made anew, and nothing is trained for them.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import ArrayWriter
from retrieval_core.datasets.checks import check_ids
from retrieval_core.datasets.descriptor_files import ID_LIST, check_rows, open_matrix, order_note, read_ids, unit_rows
from retrieval_core.datasets.left_out import left_out
from retrieval_core.datasets.oxford import (
    find_ground_truth,
    find_photographs,
    photograph_folders,
    query_files,
    query_labels,
    read_ground_truth,
)
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace, file_hash, publish, temporary_name

IMPORTED_START = "imported"  # what a recipe says in place of ImageNet or its stand-in
IMPORTED_RUN = "imported"  # the name of the run that imported descriptors belong to
DESCRIPTORS = "descriptors.safetensors"
_OR_LIST = ", or give --ids a text file with one id a line"


@dataclass(frozen=True)
class Source:
    """Where imported descriptors come from, and what they stand beside.

    file: .npy or .npz. model: the key that they get. ids, queries, ground_truth: see `read_ids` and `read_source`.
    """

    file: Path
    model: str
    ids: Path | None = None
    queries: Path | None = None
    ground_truth: Path | None = None


@dataclass(frozen=True, eq=False)
class Import:
    """Descriptors that fit together and are not in the cache yet: matrices (N, D) and (Q, D), and how their dataset is described."""

    source: Source
    dataset: Dataset
    images: np.ndarray
    queries: np.ndarray
    description: Mapping[str, str | None]
    joins: bool  # other models of the same photographs


def read_imported(folder: Path, name: str, photographs: str | None, ground_truth: str | None) -> Dataset:
    """Read the dataset whose ids.txt lies in `folder`; an image without a photograph has the path "".

    Labels and queries are those of `ground_truth`. Raises RetrievalError if a list or a photograph is gone.
    """
    return _dataset(folder / ID_LIST, name, _known_ids(folder / ID_LIST), photographs, ground_truth)


def read_source(workspace: Workspace, name: str, source: Source, known: Mapping | None) -> Import:
    """Read and compare everything that an import takes, and write nothing. `known` describes the dataset that the model joins.

    With a ground truth (a folder of Oxford's text files; by default that of `known`, or lab/ beside the file, if there is one)
    the queries' descriptors are needed, in the order of the names of the files *_query.txt: the file `queries`, or the array
    "queries" of a .npz file. Raises RetrievalError if something is missing or does not fit together.
    """
    file, known, ids_file = source.file, known or {}, workspace.folder(name) / ID_LIST
    matrix = open_matrix(file)
    ids, photographs = read_ids(file, source.ids)
    check_rows(file, matrix, ids, f"ids in {source.ids or file.with_name(ID_LIST)}")
    joins = bool(known and imported_models(workspace, name))
    if joins and _known_ids(ids_file) != ids:
        raise RetrievalError(f"{name!r} names descriptors of other photographs than {file}. Choose another name for these.")
    beside = file.parent / "lab"
    ground_truth = source.ground_truth or known.get("ground_truth") or (beside if find_ground_truth(beside) else None)
    description = {
        "photographs": str(source.ids) if photographs else known.get("photographs"),
        "ground_truth": str(ground_truth) if ground_truth else None,
    }
    dataset = _dataset(ids_file, name, ids, **description)
    notes = order_note([Path(path).name for path in photographs.values()], "the photographs", _OR_LIST) if photographs else ()
    queries = _query_matrix(source, dataset.queries, matrix.shape[1])
    if dataset.queries:
        names = query_files(ground_truth)
        rows = {name: row for row, name in enumerate(sorted(names))}
        notes += order_note(list(rows), "the queries")
        queries = queries[[rows[name] for name in names]]
    return Import(source, replace(dataset, notes=notes), matrix, queries, description, joins)


def store_import(workspace: Workspace, found: Import) -> None:
    """Copy descriptors into the cache, with rows of length 1.

    The dataset is described only afterwards: if this is cut off, a new dataset is unknown as before, and one that the model joins
    has its other models as before. Raises RetrievalError naming a row that is zero or not finite.
    """
    folder, source, dataset = workspace.folder(found.dataset.name), found.source, found.dataset
    hashes = {file.name: file_hash(file) for file in (source.file, source.queries) if file is not None}
    recipe = {"model": source.model, "start": IMPORTED_START, "source": source.file.name, "sha256": hashes[source.file.name],
              "dim": found.images.shape[1], "dataset": dataset.photographs}  # fmt: skip
    about = {"images": [image.id for image in dataset.images], "queries": [query.id for query in dataset.queries], "recipe": recipe}
    layout = {"images": (found.images.shape, np.float32), "queries": (found.queries.shape, np.float32)}
    workspace.ensure_writable(folder)
    with workspace.lock(dataset.name, source.model, "descriptors"):
        if not found.joins:
            shutil.rmtree(folder / IMPORTED_RUN, ignore_errors=True)  # of an import that was cut off, perhaps of other photographs
            _write_ids(folder / ID_LIST, [image.id for image in dataset.images])
        path = _path(workspace, dataset.name, source.model)
        inputs = {"data": dataset.photographs, IMPORTED_START: hashes}
        with workspace.writing(path, inputs, notes={"recipe": recipe}) as temporary, ArrayWriter(temporary, layout, about) as writer:
            for rows in unit_rows(found.images, source.file):
                writer.append("images", rows)
            for rows in unit_rows(found.queries, source.queries or source.file):
                writer.append("queries", rows)


def imported_models(workspace: Workspace, name: str) -> list[str]:
    """Keys under which descriptors were imported into a dataset."""
    return sorted(file.parent.name for file in (workspace.folder(name) / IMPORTED_RUN).glob(f"*/{DESCRIPTORS}"))


def _path(workspace: Workspace, name: str, model: str) -> Path:
    return workspace.folder(name) / IMPORTED_RUN / workspace.folder(name, model).name / DESCRIPTORS


def _known_ids(file: Path) -> tuple[str, ...]:
    try:
        ids = tuple(file.read_text(encoding="utf-8").removesuffix("\n").split("\n"))
    except (OSError, UnicodeDecodeError) as error:
        raise RetrievalError(f"{file} can't be read ({getattr(error, 'strerror', error)}). Add the descriptors again.") from error
    check_ids(ids, file)
    return ids


def _write_ids(file: Path, ids: list[str]) -> None:
    temporary = temporary_name(file)
    try:
        temporary.write_text("".join(f"{image_id}\n" for image_id in ids), encoding="utf-8")
        publish(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)


def _dataset(ids_file: Path, name: str, ids: tuple[str, ...], photographs: str | None, ground_truth: str | None) -> Dataset:
    paths, sources = dict.fromkeys(ids, ""), [str(ids_file)]
    if photographs is not None:
        paths = {stem: path for stem, path in find_photographs(photographs).items() if stem in paths}
        if len(paths) < len(ids):
            gone = next(image_id for image_id in ids if image_id not in paths)
            raise RetrievalError(f"The photograph {gone!r} is gone from {photographs}. Put it back, or add the descriptors again.")
    queries, files = read_ground_truth(ground_truth, paths) if ground_truth is not None else ((), ())
    labels = query_labels(queries)
    images = tuple(Image(image_id, paths[image_id], labels.get(image_id)) for image_id in ids)
    folders = photograph_folders(photographs, images) if photographs is not None else ()
    dataset = Dataset(name, images, queries, (*sources, *folders, *files))
    return dataset if photographs is None else replace(dataset, left_out=left_out(dataset, [photographs]))


def _query_matrix(source: Source, queries: tuple[Query, ...], width: int) -> np.ndarray:
    """The descriptors (Q, D) of the queries, none without a ground truth."""
    if not queries:
        if source.queries is not None:
            raise RetrievalError(f"{source.queries} needs a ground truth that says what its queries are: give --ground-truth FOLDER.")
        return np.empty((0, width), np.float32)
    if source.queries is None and source.file.suffix.lower() != ".npz":
        raise RetrievalError(
            f"The ground truth has {len(queries)} queries, and {source.file} describes only photographs. Give the queries' "
            "descriptors with --queries FILE, in the order of the names of the files *_query.txt."
        )
    file = source.queries or source.file
    # An .npz file that is only of queries calls them descriptors, as a .npz file of photographs does.
    matrix = open_matrix(file, "descriptors" if source.queries else "queries")
    check_rows(file, matrix, [query.id for query in queries], "queries in the ground truth")
    if matrix.shape[1] != width:
        raise RetrievalError(f"{file} has {matrix.shape[1]} dimensions, {source.file} {width}. Both must come from one model.")
    return matrix
