"""Which datasets there are: the built-in ones, rendered into the cache at first use, and those that the user added.

A dataset is known by `cache/<name>/dataset.json`, written last: where it lies and which reader it needs.
"""

from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from pathlib import Path

from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.csv_table import read_csv, read_training_csv
from retrieval_core.datasets.holidays import read_holidays
from retrieval_core.datasets.imported import Source, import_descriptors, read_imported
from retrieval_core.datasets.oxford import read_oxford
from retrieval_core.datasets.photograph_folders import find_layout, read_classes, read_flat, with_distractors
from retrieval_core.datasets.registry import REGISTRY
from retrieval_core.datasets.revisited import read_revisited
from retrieval_core.datasets.shapes import ShapesSpec, build_shapes
from retrieval_core.datasets.town.build import TownSpec, TownTrainSpec, build_town, build_town_train
from retrieval_core.datasets.training_lists import LISTINGS, read_gldv2, read_lists, read_sfm
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError, check_choice
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
            kind, path = (read_json(file)[key] for key in ("kind", "path"))
            if kind == DESCRIPTOR_LAYOUT:
                entries.append(DatasetEntry(name, f"Descriptors imported from {path}", kind, path, True, True))
            else:
                title = LAYOUTS[kind].title.format(path=path)
                entries.append(DatasetEntry(name, title, kind, path, Path(path).exists(), not read_json(file).get("training")))
    return entries


def is_ready(workspace: Workspace, name: str) -> bool:
    """Whether the dataset has been built or added."""
    return (workspace.folder(name) / DESCRIPTION).exists()


def open_dataset(workspace: Workspace, name: str) -> Dataset:
    """Read a dataset that has been built or added, and note its fingerprint if it has changed since.

    Raises RetrievalError with the remedy if the name is unknown, not built yet, or its folder is gone or broken.
    """
    description = _description(workspace, name)
    kind = description["kind"]
    if name in BUILT_IN:
        dataset = BUILT_IN[name].reader(workspace.folder(name) / "photographs", name)
    elif kind == DESCRIPTOR_LAYOUT:
        dataset = read_imported(workspace.folder(name), name, description["photographs"], description["ground_truth"])
    else:
        dataset = _read(name, description)
    if description.get("fingerprint") != dataset.fingerprint:
        write_json(workspace.folder(name) / DESCRIPTION, {**description, "fingerprint": dataset.fingerprint})
    return dataset


def fingerprint(workspace: Workspace, name: str) -> str | None:
    """The fingerprint that the dataset had when it was last opened; None before it is built. Reads no photograph."""
    return read_json(workspace.folder(name) / DESCRIPTION, {}).get("fingerprint")


def _read(name: str, description: dict) -> Dataset:
    kind, path, ground_truth = description["kind"], description["path"], description.get("ground_truth")
    if kind == "csv" and description.get("training"):
        return read_training_csv(path, name)
    dataset = LAYOUTS[kind].reader(path, name, ground_truth)
    return with_distractors(dataset, description["distractors"]) if description.get("distractors") else dataset


def _description(workspace: Workspace, name: str) -> dict:
    description = read_json(workspace.folder(name) / DESCRIPTION)
    if description is not None:
        return description
    if name in BUILT_IN:
        raise RetrievalError(f"Dataset {name!r} is not built yet. Run: python -m retrieval_core data build {name}")
    if name in REGISTRY:
        raise RetrievalError(f"Dataset {name!r} is not here yet. Run: python -m retrieval_core data get {name}")
    known = ", ".join(entry.name for entry in list_datasets(workspace))
    raise RetrievalError(
        f"Unknown dataset {name!r}. Known: {known}. Add a folder with: python -m retrieval_core data add {name} FOLDER"
    )


def layout_of(workspace: Workspace, name: str) -> str | None:
    """The layout of a dataset that was added, "built-in" for one of ours; None if it is not here."""
    return read_json(workspace.folder(name) / DESCRIPTION, {}).get("kind")


def described(workspace: Workspace, name: str) -> tuple[str, str]:
    """Where a dataset that was added lies, and in which layout."""
    description = _description(workspace, name)
    return description.get("path", ""), description["kind"]


def how_to_add_queries(workspace: Workspace, name: str) -> str:
    """Why a dataset without queries has no average precision, and what to do about it."""
    description = read_json(workspace.folder(name) / DESCRIPTION)
    more = " --model KEY --queries FILE" if description["kind"] == DESCRIPTOR_LAYOUT else ""
    return (
        f"{name!r} has no queries, so there is no average precision; maps and neighbours need none. To have it, write "
        "LANDMARK_N_query.txt, _good.txt, _ok.txt and _junk.txt for each query into a folder GT (the README says how), and run: "
        f"python -m retrieval_core data add {name} {description['path']} --ground-truth GT{more}"
    )


def is_imported(workspace: Workspace, name: str) -> bool:
    """Whether a dataset consists of descriptors that were made elsewhere: there is nothing to train or to describe."""
    return layout_of(workspace, name) == DESCRIPTOR_LAYOUT


def add_dataset(
    workspace: Workspace, name: str, path: str | Path, layout: str | None = None, *, ground_truth: str | Path | None = None,
    model: str | None = None, ids: str | Path | None = None, queries: str | Path | None = None,
    distractors: str | Path | None = None, training: bool = False,
) -> Dataset:  # fmt: skip
    """Register what lies at `path` under a name, after reading it whole. It is only ever read.

    `layout` is one of LAYOUTS or DESCRIPTOR_LAYOUT; by default it is found out. `ground_truth` is a folder of Oxford's text files, if
    they don't lie with the photographs, `distractors` a folder of photographs that are added without labels. `training`
    makes it a set to train on and not to explore: a CSV file may then name photographs that are missing. `model`, `ids` and
    `queries` are for descriptors: see `import_descriptors`.
    Raises RetrievalError if the name is taken, or as the readers do.
    """
    if name in BUILT_IN:
        raise RetrievalError(f"{name!r} is the name of a built-in dataset. Choose another name.")
    path, ground_truth, ids, queries, distractors = (
        Path(part).expanduser().absolute() if part is not None else None
        for part in (path, ground_truth, ids, queries, distractors)
    )
    layout = find_layout(path, ground_truth) if layout is None else check_choice("layout", layout, (*LAYOUTS, DESCRIPTOR_LAYOUT))
    description = read_json(workspace.folder(name) / DESCRIPTION)
    joining = description is not None and description["kind"] == layout == DESCRIPTOR_LAYOUT  # another model of the same photographs
    if description is not None and not joining and description["path"] != str(path):
        raise RetrievalError(f"{name!r} already names {description['path']}. Choose another name for {path}.")
    if layout == DESCRIPTOR_LAYOUT:
        if model is None:
            raise RetrievalError(f"Say with --model KEY which of the models the descriptors in {path} stand for.")
        dataset, more = import_descriptors(workspace, name, Source(path, model, ids, queries, ground_truth))
    else:
        if (model, ids, queries) != (None, None, None):
            raise RetrievalError(f"{path} is not a file of descriptors: --model, --ids and --queries are only for those.")
        training = training or layout in LISTINGS  # a published training set is one
        more = {"ground_truth": str(ground_truth) if ground_truth else None}
        more |= ({"distractors": str(distractors)} if distractors else {}) | ({"training": True} if training else {})
        dataset = _read(name, {"kind": layout, "path": str(path), **more})
        more["fingerprint"] = dataset.fingerprint
    workspace.ensure_writable(workspace.folder(name))
    write_json(workspace.folder(name) / DESCRIPTION, {"kind": layout, "path": str(path), **more})
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
