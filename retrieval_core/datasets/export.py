"""A dataset written into a folder, in a layout that can be added elsewhere; what is read back has the same scores.

Every layout carries the queries in lab/, in the files of the Oxford layout, and photographs to the byte:

oxford   jpg/<id>.jpg; labels are those of the queries
classes  <landmark>/<id>.jpg, and unlabelled photographs beside these folders; ids get the landmark before them
csv      images.csv, and each photograph at <id>.jpg
npy      descriptors.npy, queries.npy, ids.txt, no photographs; labels are those of the queries
"""

import csv
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from retrieval_core.datasets.csv_table import COLUMNS
from retrieval_core.datasets.descriptor_files import ID_LIST
from retrieval_core.datasets.oxford import LISTS, query_labels, write_oxford
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError, check_choice

EXPORTS = ("oxford", "classes", "csv")  # layouts of photographs; descriptors have their own
TABLE = "images.csv"


def export_dataset(dataset: Dataset, folder: Path, layout: str) -> None:
    """Write photographs and queries into an empty or new folder; `layout` is one of EXPORTS.

    Raises RetrievalError if the folder holds something or can't be written, if there are no photographs, or if the
    layout has no place for what the dataset holds.
    """
    check_choice("layout", layout, EXPORTS)
    if not all(image.path for image in dataset.images):
        raise RetrievalError(f"{dataset.name!r} has no photographs. Choose the layout npy.")
    labels = {image.id: image.label for image in dataset.images if image.label is not None}
    if layout == "oxford" and labels != query_labels(dataset.queries):
        raise RetrievalError(f"{dataset.name!r} has landmarks without queries, for which Oxford's layout has no place. Choose csv.")
    ids = {image.id: _id_in_classes(image) if layout == "classes" else image.id for image in dataset.images}
    deepest = {"oxford": 0, "classes": 1}.get(layout)
    if deepest is not None and (deep := next((name for name in ids.values() if name.count("/") > deepest), None)):
        raise RetrievalError(f"The id {deep!r} has more folders than the layout {layout}. Choose csv.")
    with _into(folder):
        for image in dataset.images:
            target = folder / ("jpg" if layout == "oxford" else "") / (ids[image.id] + Path(image.path).suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(image.path, target)
        if layout == "csv":
            with (folder / TABLE).open("w", encoding="utf-8", newline="") as handle:
                rows = csv.writer(handle)
                rows.writerow(COLUMNS[:2])
                rows.writerows((image.id + Path(image.path).suffix, image.label or "") for image in dataset.images)
        _write_queries(folder, dataset, ids)


def export_descriptors(dataset: Dataset, folder: Path, database: np.ndarray, queries: np.ndarray) -> None:
    """Write descriptors (N, D) of a dataset's photographs and (Q, D) of its queries into an empty or new folder.

    Raises RetrievalError if the folder holds something or can't be written.
    """
    with _into(folder):
        np.save(folder / "descriptors.npy", database)
        (folder / ID_LIST).write_text("".join(f"{image.id}\n" for image in dataset.images), encoding="utf-8")
        if dataset.queries:
            np.save(folder / "queries.npy", queries)
            _write_queries(folder, dataset, {image.id: image.id for image in dataset.images})


@contextmanager
def _into(folder: Path) -> Iterator[None]:
    """Make the folder, and turn what goes wrong with the disk into a sentence."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise RetrievalError(f"{folder} is not empty. Choose another folder, or empty it.")
        yield
    except OSError as error:
        raise RetrievalError(f"{folder} can't be written ({error}). Make it writable, or choose another folder.") from error


def _id_in_classes(image: Image) -> str:
    return image.id if image.label is None else f"{image.label}/{image.id.removeprefix(f'{image.label}/')}"


def _write_queries(folder: Path, dataset: Dataset, ids: Mapping[str, str]) -> None:
    """Write the queries under the ids that the photographs have in the folder."""
    if dataset.queries:
        write_oxford(folder, [_renamed(query, ids) for query in dataset.queries])


def _renamed(query: Query, ids: Mapping[str, str]) -> Query:
    lists = {kind: tuple(ids[image_id] for image_id in getattr(query, kind)) for kind in LISTS}
    return replace(query, image_id=ids[query.image_id], **lists)
