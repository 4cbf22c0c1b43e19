"""Bins: selections of photographs that a person keeps under a name.

cache/<dataset>/bins/<name>.bin.json holds the image ids and a sentence that says what the selection was, and where something was said
of single photographs, that. A bin belongs to no run: it survives a new one, and nothing that tidies the cache removes it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from retrieval_core.datasets.catalog import list_datasets
from retrieval_core.datasets.names import composed
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.workspace import Workspace, read_json, write_json

FOLDER = "bins"
CARRIED = "Bins that were kept of the same photographs under another name are here, too: {}."
_ENDING = ".bin.json"  # and not .json: a bin may be called "run" or "manifest"
_NAME = re.compile(r"\w(?:[\w -]{0,48}[\w-])?")  # as long as file systems take it in any script, and without dots


@dataclass(frozen=True)
class Bin:
    """Photographs of one dataset by their ids, in the order in which they were kept; `made_by` says in one sentence what they were.

    `said`: what was said of single ones, by id, as the landmark that somebody saw.
    """

    name: str
    ids: tuple[str, ...]
    made_by: str
    said: Mapping[str, str] = field(default_factory=dict, hash=False)


def save_bin(workspace: Workspace, dataset_name: str, bin: Bin) -> None:
    """Write a bin whole or not at all, in place of one of the same name; an id that is named twice is kept once.

    Raises RetrievalError for a name that can't be one, and for a bin without photographs.
    """
    file = _file(workspace, dataset_name, bin.name)
    if not bin.ids:
        raise RetrievalError(f"The bin {bin.name!r} would be empty. Select photographs first.")
    workspace.ensure_writable(file.parent)
    said = {"said": dict(bin.said)} if bin.said else {}
    write_json(file, {"made_by": bin.made_by, "ids": list(dict.fromkeys(bin.ids)), **said})


def read_bins(workspace: Workspace, dataset_name: str) -> list[Bin]:
    """All bins of a dataset, sorted by name; RetrievalError naming a file that is damaged, with the remedy."""
    files = workspace.folder(dataset_name, FOLDER).glob(f"*{_ENDING}")
    found = (_read(file) for file in files if not file.name.startswith("."))
    return sorted((bin for bin in found if bin is not None), key=lambda bin: bin.name)


def read_bin(workspace: Workspace, dataset_name: str, name: str) -> Bin:
    """One bin; RetrievalError lists those that there are."""
    found = _read(_file(workspace, dataset_name, name))
    if found is None:
        known = ", ".join(repr(bin.name) for bin in read_bins(workspace, dataset_name)) or "none yet"
        raise RetrievalError(f"{dataset_name!r} has no bin {name!r}. There are: {known}.")
    return found


def remove_bin(workspace: Workspace, dataset_name: str, name: str) -> None:
    """Remove a bin, also a damaged one; RetrievalError lists those that there are if none has this name."""
    file = _file(workspace, dataset_name, name)
    if not file.exists():
        read_bin(workspace, dataset_name, name)
    file.unlink(missing_ok=True)


def carry_over(workspace: Workspace, name: str) -> list[str]:
    """Copy the bins of a dataset that was added from the same place under another name, unless this one has bins; their names.

    So a dataset that gets another name keeps them.
    """
    entries = {entry.name: entry for entry in list_datasets(workspace)}
    if read_bins(workspace, name):
        return []
    same = [other.name for other in entries.values() if other.name != name and other.path == entries[name].path]
    carried = {bin.name: bin for other in same for bin in read_bins(workspace, other)}
    for bin in carried.values():
        save_bin(workspace, name, bin)
    return sorted(carried)


def gone(bin: Bin, dataset: Dataset) -> list[str]:
    """Ids of a bin that the dataset no longer has, in the bin's order."""
    known = {image.id for image in dataset.images}
    return [image_id for image_id in bin.ids if image_id not in known]


def _file(workspace: Workspace, dataset_name: str, name: str) -> Path:
    if not _NAME.fullmatch(composed(name)):
        raise RetrievalError(f"{name[:80]!r} can't be the name of a bin. Use up to 50 letters, digits, '-', '_' and blanks within.")
    return workspace.folder(dataset_name, FOLDER) / f"{composed(name)}{_ENDING}"


def _read(file: Path) -> Bin | None:
    """The bin of a file; None where there is no such file, or no longer."""
    content = read_json(file)
    if content is None and not file.exists():
        return None
    match content:
        case {"made_by": str(made_by), "ids": [_, *_] as ids} if all(isinstance(image_id, str) for image_id in ids):
            return Bin(composed(file.name.removesuffix(_ENDING)), tuple(ids), made_by, content.get("said", {}))
    raise RetrievalError(f"{file} is damaged: it does not hold the ids of a bin. Restore it, or delete this file.")
