"""A dataset written into a folder, in a layout that can be added elsewhere; what is read back has the same scores.

Every layout carries the queries in lab/, in the files of the Oxford layout, and photographs to the byte:

oxford   jpg/<id>.jpg; labels are those of the queries
classes  <landmark>/<id>.jpg, and unlabelled photographs beside these folders; ids get the landmark's folder before them
csv      images.csv, and each photograph at <id>.jpg
npy      descriptors.npy, queries.npy, ids.txt, no photographs; labels are those of the queries

Names are data: a landmark that can't be called as its folder or its files are is written down beside them (landmark_names.py).
What was written is read back before it gets its name, and compared: it comes back as it was, or it is not there.
"""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import numpy as np

from retrieval_core.datasets.csv_cells import write_cells
from retrieval_core.datasets.csv_table import COLUMNS, read_csv
from retrieval_core.datasets.descriptor_files import ID_LIST, read_ids
from retrieval_core.datasets.landmark_names import as_names, write_names
from retrieval_core.datasets.oxford import query_files, query_labels, read_ground_truth, read_oxford, write_oxford
from retrieval_core.datasets.photograph_folders import read_classes, read_flat
from retrieval_core.datasets.types import Dataset, Image, Query
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.workspace import temporary_name

EXPORTS = ("oxford", "classes", "csv")  # layouts of photographs; descriptors have their own
PART_EXPORTS = ("csv", "classes", "oxford")  # of a part of a dataset; the last are lists without photographs
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
    names = as_names(labels.values())
    ids = {image.id: _id_in_classes(image, names) if layout == "classes" else image.id for image in dataset.images}
    _check_ids(dataset, ids, layout)
    with _into(folder) as place:
        for image in dataset.images:
            target = place / ("jpg" if layout == "oxford" else "") / (ids[image.id] + Path(image.path).suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(image.path, target)
        if layout == "classes":
            write_names(place, names)
        if layout == "csv":
            rows = ((image.id + Path(image.path).suffix, image.label or "") for image in dataset.images)
            (place / TABLE).write_text("".join(map(write_cells, (COLUMNS[:2], *rows))), encoding="utf-8", newline="")
        written = _renamed(dataset, ids)
        _write_queries(place, written.queries)
        reader = {"oxford": read_oxford if dataset.queries else read_flat, "classes": read_classes if labels else read_flat,
                  "csv": read_csv}[layout]  # fmt: skip
        _compare(written, reader(place / TABLE if layout == "csv" else place, dataset.name), layout)


def export_descriptors(dataset: Dataset, folder: Path, database: np.ndarray, queries: np.ndarray) -> None:
    """Write descriptors (N, D) of a dataset's photographs and (Q, D) of its queries into an empty or new folder.

    Raises RetrievalError if the folder holds something or can't be written, or for what are no vectors.
    """
    if not np.issubdtype(database.dtype, np.floating):
        raise RetrievalError("These are sets of visual words, and this layout holds vectors. Export those of another aggregation.")
    with _into(folder) as place:
        np.save(place / "descriptors.npy", database)
        (place / ID_LIST).write_text("".join(f"{image.id}\n" for image in dataset.images), encoding="utf-8", newline="")
        ids, _ = read_ids(place / "descriptors.npy", None)
        answered: tuple[Query, ...] = ()
        if dataset.queries:
            _write_queries(place, dataset.queries)
            answered, _ = read_ground_truth(place, dict.fromkeys(ids, ""))
            names = query_files(place)
            np.save(place / "queries.npy", queries[sorted(range(len(names)), key=names.__getitem__)])
        plain = tuple(Image(image.id, "") for image in dataset.images)
        _compare(replace(dataset, images=plain), Dataset(dataset.name, tuple(Image(image_id, "") for image_id in ids), answered), "npy")


def part_of(dataset: Dataset, name: str, ids: Collection[str]) -> Dataset:
    """Some photographs of a dataset, and the queries that have an answer or junk among them, with these alone.

    Ids that the dataset does not have are passed over. The photograph of a query need not be in the part.
    """
    wanted = set(ids)
    images = tuple(image for image in dataset.images if image.id in wanted)
    own = lambda found: tuple(image_id for image_id in found if image_id in wanted)  # noqa: E731
    queries = (replace(query, good=own(query.good), ok=own(query.ok), junk=own(query.junk)) for query in dataset.queries)
    return Dataset(name, images, tuple(query for query in queries if query.positives or query.junk))


def export_part(part: Dataset, folder: Path, layout: str) -> None:
    """Write what `part_of` gave; `layout` is one of PART_EXPORTS.

    csv and classes hold the photographs, and no queries: theirs may lie outside. oxford is lab/ alone: a ground truth that
    names the part's photographs, for `data add NAME PHOTOGRAPHS --ground-truth FOLDER/lab`. Raises RetrievalError as
    `export_dataset` does, and for lists where no query has an answer in the part.
    """
    check_choice("layout", layout, PART_EXPORTS)
    if not part.images:
        raise RetrievalError(f"Nothing of {part.name!r} is in the dataset any more. Put its photographs back, or remove it.")
    if layout != "oxford":
        return export_dataset(replace(part, queries=()), folder, layout)
    if not part.queries:
        raise RetrievalError(
            f"No query has an answer among the {len(part.images)} photographs of {part.name!r}. Choose csv or classes."
        )
    with _into(folder) as place:
        _write_queries(place, part.queries)


def zipped_part(part: Dataset, layout: str) -> bytes:
    """The folder that `export_part` writes, as a ZIP archive."""
    with TemporaryDirectory() as place:
        export_part(part, Path(place, "part"), layout)
        archive = Path(shutil.make_archive(str(Path(place, "archive")), "zip", Path(place, "part")))
        return archive.read_bytes()


def part_table(part: Dataset) -> str:
    """The ids and landmarks of a part as a CSV file: what the program shows of photographs that it only has descriptors of, too."""
    return "".join(map(write_cells, (("image_id", "landmark"), *((image.id, image.label or "") for image in part.images))))


@contextmanager
def _into(folder: Path) -> Iterator[Path]:
    """A folder that gets its name when all is written, and is gone otherwise; what goes wrong with the disk becomes a sentence."""
    temporary = temporary_name(folder)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise RetrievalError(f"{folder} is not empty. Choose another folder, or empty it.")
        temporary.mkdir(parents=True)
        yield temporary
        temporary.replace(folder)
    except (OSError, UnicodeEncodeError) as error:
        raise RetrievalError(f"{folder} can't be written ({error}). Make it writable, or choose another folder.") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _id_in_classes(image: Image, names: Mapping[str, str]) -> str:
    return image.id if image.label is None else f"{names[image.label]}/{image.id.removeprefix(f'{image.label}/')}"


def _check_ids(dataset: Dataset, ids: Mapping[str, str], layout: str) -> None:
    """Raise a RetrievalError where the layout has no place for an id, or would give two photographs one."""
    seen: dict[str, str] = {}
    for image in dataset.images:
        deepest = {"oxford": 0, "classes": 0 if image.label is None else 1, "csv": None}[layout]
        if deepest is not None and ids[image.id].count("/") > deepest:
            raise RetrievalError(f"The id {ids[image.id]!r} has more folders than the layout {layout}. Choose csv.")
        if ".." in PurePosixPath(ids[image.id]).parts or os.path.isabs(ids[image.id]):
            raise RetrievalError(f"The id {image.id!r} leads out of the folder. Rename the photograph.")
        other = seen.setdefault(ids[image.id], image.id)
        if other != image.id:
            raise RetrievalError(f"{other!r} and {image.id!r} would both be called {ids[image.id]!r}. Choose csv.")


def _compare(written: Dataset, read: Dataset, layout: str) -> None:
    """Raise a RetrievalError unless what was read back has the photographs, the labels and the queries that were written."""
    found = {image.id: image.label for image in read.images}
    for image in written.images:
        if found.get(image.id, "") != image.label:
            said = f"would come back as one of {found[image.id]!r}" if image.id in found else "would not come back under this name"
            raise RetrievalError(f"{image.id!r} of {image.label!r} {said} from the layout {layout}. Choose csv, or rename it.")
    by_id = lambda dataset: {query.id: query for query in dataset.queries}  # noqa: E731
    if by_id(read) != by_id(written) or len(found) != len(written.images):
        raise RetrievalError(f"The queries of {written.name!r} would not come back as they are from the layout {layout}: names with "
                             "blanks around them, or endings within, can't be told. Rename the photographs.")  # fmt: skip


def _renamed(dataset: Dataset, ids: Mapping[str, str]) -> Dataset:
    """The dataset under the ids that its photographs have in the folder."""
    images = tuple(replace(image, id=ids[image.id]) for image in dataset.images)
    own = lambda found: tuple(ids[image_id] for image_id in found)  # noqa: E731
    queries = (
        replace(query, image_id=ids[query.image_id], good=own(query.good), ok=own(query.ok), junk=own(query.junk))
        for query in dataset.queries
    )
    return replace(dataset, images=images, queries=tuple(queries))


def _write_queries(folder: Path, queries: tuple[Query, ...]) -> None:
    if queries:
        write_oxford(folder, queries)
