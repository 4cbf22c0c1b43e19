"""What no run needs any more, and what an older version of the program left: listed first, removed only on demand."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval_core.datasets.catalog import list_datasets
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import Locked, RetrievalError
from retrieval_core.stored.engines import outdated
from retrieval_core.stored.model_states import model_states
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run_list import find_runs
from retrieval_core.workspace import FORMAT, MANIFEST, WRITING, Workspace, read_json

_KINDS = (("*.damaged-*", "damaged, set aside"), (f".*{WRITING}", "left by a process that was killed"))
_DECODED = "pixels-*.safetensors"
_OLDER = ("job.json", "job.log", "job.lock", "*/pixels-*.bin", "*/pixels-*.json")


@dataclass(frozen=True)
class NotNeeded:
    """A file or folder that can go, why, and its size."""

    path: Path
    why: str
    bytes: int


def not_needed(workspace: Workspace) -> list[NotNeeded]:
    """Stale and damaged maps, stale indexes of engines, files that were set aside or never finished, decoded pictures, and locks."""
    found = [NotNeeded(path, "a map of other descriptors", _bytes(path)) for path in _stale(workspace, _maps)]
    found += [NotNeeded(path, "an index of other descriptors", folder_size(path) if path.is_dir() else _bytes(path))
              for path in _stale(workspace, outdated)]  # fmt: skip
    for pattern, why in _KINDS:
        found += [NotNeeded(path, why, _bytes(path)) for path in sorted(workspace.root.rglob(pattern)) if path.is_file()]
    found += [NotNeeded(path, "decoded pictures", _bytes(path)) for path in sorted(workspace.root.glob(f"*/{_DECODED}"))]
    locks = workspace.root / ".locks"
    return found + ([NotNeeded(locks, "locks, but for those that are held", 0)] if locks.is_dir() else [])


def older_results(workspace: Workspace) -> list[NotNeeded]:
    """Folders with a manifest of an older version, and other files of it, which this one does not read."""
    found = [NotNeeded(path, "made by an older version", _bytes(path)) for name in _OLDER for path in sorted(workspace.root.glob(name))]
    for file in sorted(workspace.root.glob(f"*/*/{MANIFEST}")):
        try:
            content = read_json(file, {"format": FORMAT})
        except RetrievalError:
            continue  # damaged: whoever reads it says so
        if isinstance(content, dict) and content.get("format", 1) < FORMAT:
            found.append(NotNeeded(file.parent, "made by an older version", folder_size(file.parent)))
    return found


def remove(workspace: Workspace, items: Sequence[NotNeeded]) -> None:
    """Remove what was listed; a lock that somebody holds stays."""
    for item in items:
        if item.path == workspace.root / ".locks":
            for file in item.path.glob("*.lock"):
                _remove_lock(workspace, file)
        elif item.path.is_dir():
            shutil.rmtree(item.path)
        else:
            item.path.unlink(missing_ok=True)


def in_megabytes(items: Sequence[NotNeeded]) -> str:
    """The size of all of them together."""
    return f"{sum(item.bytes for item in items) / 1e6:,.1f} MB"


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder; one that has several names counts once."""
    sizes = {}
    for file in folder.rglob("*"):
        try:
            stat = file.stat()
        except FileNotFoundError:  # gone since it was listed
            continue
        if file.is_file():
            sizes[stat.st_ino] = stat.st_size
    return sum(sizes.values())


def _maps(results: Results) -> list[Path]:
    return [results.map_file(item) for item in results.maps() if item.state != "fresh"]


def _stale(workspace: Workspace, of_model: Callable[[Results], list[Path]]) -> Iterator[Path]:
    """What `of_model` lists, of every model."""
    for entry in list_datasets(workspace):
        if not entry.ready:
            continue
        for run in (*(run.name for run in find_runs(workspace, entry.name)), IMPORTED_RUN):
            try:
                keys = [state.key for state in model_states(workspace, entry.name, run)]
            except RetrievalError:
                continue  # the photographs are gone: nobody can say what is stale
            for key in keys:
                yield from of_model(open_results(workspace, entry.name, run, key))


def _remove_lock(workspace: Workspace, file: Path) -> None:
    if not file.name.startswith("job--"):  # those are held by whoever tidies up
        try:
            with workspace.lock(*file.stem.split("--"), limit=0.0):
                file.unlink(missing_ok=True)
        except Locked:
            return


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
