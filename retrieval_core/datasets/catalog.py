"""Which datasets there are: the built-in ones, rendered into the cache at first use, and those that the user added.

A dataset is known by `cache/<name>/dataset.json`, written last: where it lies and which reader it needs.
"""

import os
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from retrieval_core.datasets.built_in import BUILT_IN
from retrieval_core.datasets.csv_table import read_csv, read_training_csv
from retrieval_core.datasets.fingerprints import VERSION
from retrieval_core.datasets.holidays import read_holidays
from retrieval_core.datasets.images import folders_of
from retrieval_core.datasets.imported import Source, read_imported, read_source, store_import
from retrieval_core.datasets.left_out import left_out
from retrieval_core.datasets.opened import open_once
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.datasets.photograph_folders import find_layout, read_classes, read_flat, with_distractors
from retrieval_core.datasets.registry import REGISTRY
from retrieval_core.datasets.revisited import read_revisited
from retrieval_core.datasets.training_lists import LISTINGS, read_gldv2, read_lists, read_sfm
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError, check_choice, printable
from retrieval_core.paths import absolute
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace, read_json, write_json

DESCRIPTION = "dataset.json"
_TAKEN = ("archives", "jobs", "lessons", "published", "starts")  # folders of the cache that hold other things


@dataclass(frozen=True)
class Layout:
    """How a dataset that was added lies on disk: what it is called, and its reader (path, name, ground truth)."""

    title: str
    reader: Callable[[str, str, str | None], Dataset]


LAYOUTS = {
    "oxford": Layout("Photographs in {path}", read_oxford),
    "revisited": Layout("Photographs in {path}, revisited (easy, medium, hard)", read_revisited),
    "holidays": Layout("Photographs of Holidays in {path}", read_holidays),
    "lists": Layout("Landmarks, lists and photographs in {path}", read_lists),
    "gldv2": Layout("Google Landmarks v2 in {path}", read_gldv2),
    "sfm": Layout("retrieval-SfM-120k in {path}", read_sfm),
    "flat": Layout("Photographs in {path}, without ground truth", read_flat),
    "classes": Layout("Folders of landmarks in {path}", read_classes),
    "csv": Layout("Photographs listed in {path}", read_csv),
}
DESCRIPTOR_LAYOUT = "npy"  # descriptors without a reader of photographs: see imported.py


@dataclass(frozen=True)
class DatasetEntry:
    """One line of the catalogue. `retrieval` is False for a training set: it has classes but no queries."""

    name: str
    title: str
    kind: str  # "built-in", one of LAYOUTS, or DESCRIPTOR_LAYOUT
    path: str
    ready: bool
    retrieval: bool


def list_datasets(workspace: Workspace) -> list[DatasetEntry]:
    """The built-in datasets, ready or not, then the added ones in the order of their names."""
    entries = [
        DatasetEntry(name, item.title, "built-in", str(workspace.folder(name)), is_ready(workspace, name),
                     item.retrieval)
        for name, item in BUILT_IN.items()
    ]  # fmt: skip
    for file in sorted(workspace.root.glob(f"*/{DESCRIPTION}")):
        name = file.parent.name
        if name not in BUILT_IN:
            description = read_json(file)
            kind, path = description["kind"], description["path"]
            if kind == DESCRIPTOR_LAYOUT:
                entries.append(DatasetEntry(name, f"Descriptors imported from {printable(path)}", kind, path, True, True))
            else:
                title = LAYOUTS[kind].title.format(path=printable(path))
                entries.append(DatasetEntry(name, title, kind, path, Path(path).exists(), not description.get("training")))
    return entries


def is_ready(workspace: Workspace, name: str) -> bool:
    """Whether the dataset has been built or added."""
    return (workspace.folder(name) / DESCRIPTION).exists()


def open_dataset(workspace: Workspace, name: str) -> Dataset:
    """The dataset that has been built or added: the same object as long as nothing changes. Nothing is written.

    Raises RetrievalError with the remedy if the name is unknown, not built yet, or its folder is gone or broken.
    """
    return open_once(
        workspace.folder(name) / DESCRIPTION, lambda: _description(workspace, name), lambda known: _read(workspace, name, known)
    )


def note_fingerprint(workspace: Workspace, dataset: Dataset) -> None:
    """Note the fingerprint of a dataset's photographs, so that no other process has to open each of them to know it."""
    noted = _noted(dataset)
    if _description(workspace, dataset.name).get("noted") != noted:
        with workspace.lock(dataset.name, "description"):
            known = _description(workspace, dataset.name)
            known.pop("fingerprint", None)  # of an earlier version, and of other things
            write_json(workspace.folder(dataset.name) / DESCRIPTION, {**known, "noted": noted})


def _noted(dataset: Dataset) -> dict[str, str | int]:
    return dict(zip(("photographs", "signature"), dataset.hashed, strict=True)) | {"version": VERSION}


def _read(workspace: Workspace, name: str, description: dict) -> Dataset:
    kind, folder = description["kind"], workspace.folder(name)
    if name in BUILT_IN:
        return BUILT_IN[name].reader(folder / "photographs", name)
    if kind == DESCRIPTOR_LAYOUT:
        return read_imported(folder, name, description["photographs"], description["ground_truth"])
    path, ground_truth = description["path"], description.get("ground_truth")
    if kind == "csv" and description.get("training"):
        return read_training_csv(path, name)
    fetched = {"stored_boxes": True} if kind == "oxford" and name in REGISTRY else {}
    dataset, folders = LAYOUTS[kind].reader(path, name, ground_truth, **fetched), [path]
    if kind == "csv":
        folders = sorted(folders_of(Path(path).parent, dataset.images))
    if description.get("distractors"):
        dataset = with_distractors(dataset, description["distractors"])
        folders.append(description["distractors"])
    # What a published training set lacks, its reader has said; what else lies there may be a million files.
    return dataset if kind in LISTINGS else replace(dataset, left_out=left_out(dataset, folders, deep=kind != "csv"))


def _description(workspace: Workspace, name: str) -> dict:
    description = read_json(workspace.folder(name) / DESCRIPTION)
    if description is not None:
        return description
    if name in BUILT_IN:
        raise RetrievalError(f"Dataset {name!r} is not built yet. Run: {workspace.command('data', 'build', name)}")
    if name in REGISTRY:
        raise RetrievalError(f"Dataset {name!r} is not here yet. Run: {workspace.command('data', 'get', name)}")
    known = ", ".join(entry.name for entry in list_datasets(workspace))
    raise RetrievalError(
        f"Unknown dataset {name!r}. Known: {known}. Add a folder with: {workspace.command('data', 'add', name, 'FOLDER')}"
    )


def layout_of(workspace: Workspace, name: str) -> str | None:
    """The layout of a dataset that was added, "built-in" for one of ours; None if it is not here."""
    return read_json(workspace.folder(name) / DESCRIPTION, {}).get("kind")


def described(workspace: Workspace, name: str) -> tuple[str, str]:
    """Where a dataset that was added lies, and in which layout."""
    description = _description(workspace, name)
    return description.get("path", ""), description["kind"]


def is_imported(workspace: Workspace, name: str) -> bool:
    """Whether a dataset consists of descriptors that were made elsewhere: there is nothing to train or to describe."""
    return layout_of(workspace, name) == DESCRIPTOR_LAYOUT


def add_dataset(
    workspace: Workspace, name: str, path: str | Path, layout: str | None = None, *, ground_truth: str | Path | None = None,
    model: str | None = None, ids: str | Path | None = None, queries: str | Path | None = None,
    distractors: str | Path | None = None, training: bool = False, check: Callable[[Dataset], None] | None = None,
) -> Dataset:  # fmt: skip
    """Register what lies at `path` under a name, after reading it whole. It is only ever read.

    `layout` is one of LAYOUTS or DESCRIPTOR_LAYOUT; by default it is found out. `ground_truth` is a folder of Oxford's text files, or
    a file gnd_*.pkl, if they don't lie with the photographs, `distractors` a folder of photographs without labels. `training`
    makes it a set to train on and not to explore: a CSV file may then name photographs that are missing. `model`, `ids` and
    `queries` are for descriptors: see `read_source`. `check` is called with what was read: if it raises, nothing is registered.
    Raises RetrievalError if the name is taken, or as the readers do.
    """
    if name in BUILT_IN or name.lower() in _TAKEN:
        raise RetrievalError(f"{name!r} is the name of a built-in dataset, or of another folder of the cache. Choose another name.")
    path, ground_truth, ids, queries, distractors = (
        absolute(part) if part is not None else None for part in (path, ground_truth, ids, queries, distractors)
    )
    given = {"": path, "--ground-truth ": ground_truth, "--ids ": ids, "--queries ": queries, "--distractors ": distractors}
    if gone := next((f"{option}{part}" for option, part in given.items() if part is not None and not os.path.exists(part)), None):
        raise RetrievalError(f"{gone} does not exist. Check the path.")
    layout = find_layout(path, ground_truth) if layout is None else check_choice("layout", layout, (*LAYOUTS, DESCRIPTOR_LAYOUT))
    description = read_json(workspace.folder(name) / DESCRIPTION)
    joining = description is not None and description["kind"] == layout == DESCRIPTOR_LAYOUT  # another model of the same photographs
    if description is not None and not joining and description["path"] != str(path):
        raise RetrievalError(f"{name!r} already names {description['path']}. Choose another name for {path}.")
    if layout == DESCRIPTOR_LAYOUT:
        if model is None:
            raise RetrievalError(f"Say with --model KEY which of the models the descriptors in {path} stand for.")
        found = read_source(workspace, name, Source(path, model, ids, queries, ground_truth), description if joining else None)
        dataset, more = found.dataset, found.description
    else:
        if (model, ids, queries) != (None, None, None):
            raise RetrievalError(f"{path} is not a file of descriptors: --model, --ids and --queries are only for those.")
        training = training or layout in LISTINGS  # a published training set is one
        found, more = None, dict[str, Any](ground_truth=str(ground_truth) if ground_truth else None)
        more |= ({"distractors": str(distractors)} if distractors else {}) | ({"training": True} if training else {})
        dataset = _read(workspace, name, {"kind": layout, "path": str(path), **more})
    if check is not None:
        check(dataset)
    noted = _noted(dataset)
    if found is not None:
        store_import(workspace, found)
    workspace.ensure_writable(workspace.folder(name))
    with workspace.lock(name, "description"):
        write_json(workspace.folder(name) / DESCRIPTION, {"kind": layout, "path": str(path), **more, "noted": noted})
    return dataset


def build_dataset(workspace: Workspace, name: str, spec=None) -> Generator[Progress, None, Dataset]:
    """Render a built-in dataset unless it is there; a killed build goes on where it stopped.

    `spec` replaces the default specification (a smaller town, another seed) of a dataset that is not built yet.
    """
    if name not in BUILT_IN:
        return open_dataset(workspace, name)
    with workspace.lock(name):
        if not is_ready(workspace, name):
            spec = spec or BUILT_IN[name].spec
            workspace.ensure_writable(workspace.folder(name))
            yield from BUILT_IN[name].build(workspace.folder(name) / "photographs", spec)
            write_json(workspace.folder(name) / DESCRIPTION, {"kind": "built-in", "spec": asdict(spec)})
            note_fingerprint(workspace, open_dataset(workspace, name))
    return open_dataset(workspace, name)
