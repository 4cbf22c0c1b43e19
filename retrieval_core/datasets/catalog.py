"""Which datasets there are: the built-in ones, rendered into the cache at first use, and folders that the user added.

A dataset is known by `cache/<name>/dataset.json`, written last: where it lies and which reader it needs.
"""

from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval_core.datasets.folder import read_class_folders
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.datasets.shapes import ShapesSpec, build_shapes
from retrieval_core.datasets.town.build import TownSpec, TownTrainSpec, build_town, build_town_train
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace, read_json, write_json

DESCRIPTION = "dataset.json"


@dataclass(frozen=True)
class BuiltIn:
    """A dataset that our own code renders: its title, its default specification and the function that builds it."""

    title: str
    spec: object
    build: object
    reader: object
    retrieval: bool


BUILT_IN = {
    "town": BuiltIn("The built-in landmark town", TownSpec(), build_town, read_oxford, True),
    "town-train": BuiltIn("Training landmarks, disjoint from the town", TownTrainSpec(), build_town_train,
                          read_class_folders, False),
    "shapes": BuiltIn("Fractal classes, a formula-driven stand-in for ImageNet", ShapesSpec(), build_shapes,
                      read_class_folders, False),
}  # fmt: skip


@dataclass(frozen=True)
class DatasetEntry:
    """One line of the catalogue. `retrieval` is False for a training set: it has classes but no queries."""

    name: str
    title: str
    kind: str  # "built-in" or "oxford"
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
            path = read_json(file)["path"]
            entries.append(DatasetEntry(name, f"Photographs in {path}", "oxford", path, Path(path).is_dir(), True))
    return entries


def is_ready(workspace: Workspace, name: str) -> bool:
    """Whether the dataset has been built or added."""
    return (workspace.folder(name) / DESCRIPTION).exists()


def open_dataset(workspace: Workspace, name: str) -> Dataset:
    """Read a dataset that has been built or added, and note its fingerprint if it has changed since.

    Raises RetrievalError with the remedy if the name is unknown, not built yet, or its folder is gone or broken.
    """
    description = _description(workspace, name)
    if name in BUILT_IN:
        dataset = BUILT_IN[name].reader(workspace.folder(name) / "photographs", name)
    else:
        dataset = read_oxford(Path(description["path"]), name)
    if description.get("fingerprint") != dataset.fingerprint:
        write_json(workspace.folder(name) / DESCRIPTION, {**description, "fingerprint": dataset.fingerprint})
    return dataset


def fingerprint(workspace: Workspace, name: str) -> str | None:
    """The fingerprint that the dataset had when it was last opened; None before it is built. Reads no photograph."""
    return read_json(workspace.folder(name) / DESCRIPTION, {}).get("fingerprint")


def _description(workspace: Workspace, name: str) -> dict:
    description = read_json(workspace.folder(name) / DESCRIPTION)
    if description is not None:
        return description
    if name in BUILT_IN:
        raise RetrievalError(f"Dataset {name!r} is not built yet. Run: python -m retrieval_core data build {name}")
    known = ", ".join(entry.name for entry in list_datasets(workspace))
    raise RetrievalError(
        f"Unknown dataset {name!r}. Known: {known}. Add a folder with: python -m retrieval_core data add {name} FOLDER"
    )


def add_dataset(workspace: Workspace, name: str, path: str | Path) -> Dataset:
    """Register a folder in the Oxford layout under a name, after reading it whole. The folder is only ever read."""
    if name in BUILT_IN:
        raise RetrievalError(f"{name!r} is the name of a built-in dataset. Choose another name.")
    folder = Path(path).expanduser().absolute()
    description = read_json(workspace.folder(name) / DESCRIPTION)
    if description is not None and description["path"] != str(folder):
        raise RetrievalError(f"{name!r} already names {description['path']}. Choose another name for {folder}.")
    dataset = read_oxford(folder, name)
    workspace.ensure_writable(workspace.folder(name))
    write_json(
        workspace.folder(name) / DESCRIPTION,
        {"kind": "oxford", "path": str(folder), "fingerprint": dataset.fingerprint},
    )
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
    return open_dataset(workspace, name)
