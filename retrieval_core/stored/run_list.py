"""The runs that a cache holds: `run.json` in every folder of a run says what its models depend on."""

from functools import lru_cache
from pathlib import Path

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.errors import RetrievalError
from retrieval_core.schedules import GIVEN_STARTS, SCHEDULES, STARTS
from retrieval_core.stored.artefacts import RUN_FILE
from retrieval_core.stored.run import TRAINING_SET, OwnWeights, Run, derived_name
from retrieval_core.workspace import Workspace, read_json, write_json

FORMAT = 1


def find_runs(workspace: Workspace, dataset: str | None = None) -> list[Run]:
    """The runs of a cache, or those that have a folder for a dataset.

    The built-in training set comes first, then low seeds, then the better starts.

    Raises RetrievalError naming a `run.json` that can't be read or is of another version.
    """
    files = workspace.root.glob(f"{dataset or '*'}/*/{RUN_FILE}")
    found = {file.parent.name: file for file in sorted(files)}
    runs = [_read(found[name]) for name in sorted(found)]
    return sorted(runs, key=_place)


def _place(run: Run) -> tuple:
    return run.training != TRAINING_SET, run.seed, STARTS.index(run.start), SCHEDULES.index(run.schedule), run.name


def find_run(workspace: Workspace, name: str) -> Run | None:
    """The run of this name; None if the cache has none. RetrievalError for what can be no name."""
    workspace.folder(name)
    return next((_read(file) for file in sorted(workspace.root.glob(f"*/{name}/{RUN_FILE}"))), None)


def get_run(workspace: Workspace, name: str) -> Run:
    """The run of this name; RetrievalError lists those that there are."""
    run = find_run(workspace, name)
    if run is None:
        known = ", ".join(run.name for run in find_runs(workspace)) or "none yet"
        raise RetrievalError(f"There is no run {name!r} in {workspace.root}. There are: {known}. "
                             f"Make one with: {workspace.command('run')}")  # fmt: skip
    return run


def begin_run(workspace: Workspace, run: Run, place: str) -> None:
    """Note what a run depends on, in its folder of a dataset, a training set or a start.

    Raises RetrievalError if the name stands for other settings here already.
    """
    with workspace.lock("runs"):
        check_same(find_run(workspace, run.name), run)
        file = workspace.folder(place, run.name) / RUN_FILE
        if not file.exists():
            workspace.ensure_writable(file.parent)
            write_json(file, _written(run))


def check_same(known: Run | None, run: Run) -> None:
    """Raise a RetrievalError if a run of this name has other settings."""
    if known is not None and known.settings != run.settings:
        raise RetrievalError(f"The run {run.name!r} has {', '.join(run.differences(known))}. Leave these options out, or give the new "
                             "run a name of its own with --run NAME.")  # fmt: skip


def default_run(workspace: Workspace, dataset: str) -> str:
    """The run that is shown of a dataset where none is named: the plain one, else the first that has it, else any."""
    if (workspace.folder(dataset, IMPORTED_RUN)).is_dir():
        return IMPORTED_RUN
    runs = find_runs(workspace, dataset) or find_runs(workspace)
    return runs[0].name if runs else "quick"


def trained_on(workspace: Workspace) -> set[str]:
    """Names of the sets that the runs of a cache train on."""
    return {name for run in find_runs(workspace) for name in (run.training, run.start) if name not in GIVEN_STARTS}


def seed_groups(runs: list[Run]) -> dict[str, list[Run]]:
    """Runs that differ in their seed alone, by the name that they have without it."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        groups.setdefault(derived_name(**run.settings | {"seed": 0}), []).append(run)
    return {name: sorted(members, key=lambda run: run.seed) for name, members in groups.items()}


def as_json(run: Run) -> dict:
    """A run as its file holds it."""
    own = {"path": run.weights.path, "files": {key: list(pair) for key, pair in run.weights.files.items()}} if run.weights else None
    return {"name": run.name, **run.settings, "weights": own}


def from_json(content: dict) -> Run:
    """A run from what `as_json` gave; KeyError, TypeError or RetrievalError for anything else."""
    own = content["weights"]
    weights = OwnWeights(own["path"], {key: tuple(pair) for key, pair in own["files"].items()}) if own else None
    return Run(content["name"], content["schedule"], content["start"], content["training"], content["seed"], weights)


def _written(run: Run) -> dict:
    return {"format": FORMAT, **as_json(run)}


def _read(file: Path) -> Run:
    try:
        stat = file.stat()
    except FileNotFoundError as error:
        raise RetrievalError(f"{file} is gone: somebody removed it just now. Try again.") from error
    return _parsed(file, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _parsed(file: Path, *_) -> Run:
    content = read_json(file)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RetrievalError(f"{file} was written by another version of this program. Choose another folder with --cache.")
    try:
        return from_json({**content, "name": file.parent.name})
    except (KeyError, TypeError, AttributeError, RetrievalError) as error:
        raise RetrievalError(f"{file} is damaged ({error!r}). Restore it, or remove {file.parent} and run again.") from error
