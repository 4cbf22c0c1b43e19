"""The commands about datasets: `data list`, `data get`, `data check`, `data build`."""

import sys
from pathlib import Path

from retrieval_core.cli.options import draw
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.workspace import Workspace


def register_datasets(data, command) -> None:
    """Add the commands to the actions of `data`; `command(actions, name, function, text)` makes a parser."""
    command(data, "list", data_list, "print the datasets: what each holds, its size, terms, source and state")
    build = command(data, "build", data_build, "render a built-in dataset")
    build.add_argument("name", help="town, town-train or shapes")
    get = command(data, "get", data_get, "fetch a published dataset, after saying how large it is, or take your archives of it")
    get.add_argument("name", help="a name that `data list` prints")
    get.add_argument("--yes", action="store_true", help="consent to all that has to be fetched")
    get.add_argument("--archives", metavar="FOLDER", help="take the archives from this folder; nothing is fetched")
    check = command(data, "check", data_check, "read a dataset whole and say what is missing or broken")
    check.add_argument("name", help="the dataset")


def data_list(workspace: Workspace, options, arguments) -> None:
    """Print the datasets that are here, and those that can be had."""
    from retrieval_core.datasets.catalog import list_datasets
    from retrieval_core.datasets.fetched import state_in_words
    from retrieval_core.datasets.registry import REGISTRY

    for entry in list_datasets(workspace):
        if entry.name not in REGISTRY:
            print(f"{entry.name:16} {'ready' if entry.ready else 'not built':18} {entry.title}")
    for entry in REGISTRY.values():
        unchecked = "" if all(remote.checksum for _, remote in entry.files) else "; no checksum is published for all of it"
        print(f"{entry.name:16} {state_in_words(workspace, entry):18} {entry.holds}")
        print(f"{'':16} {'':18} {entry.source}; {entry.terms}{unchecked}")


def data_build(workspace: Workspace, options, arguments) -> None:
    """Render a built-in dataset."""
    from retrieval_core.datasets.catalog import BUILT_IN, build_dataset

    check_choice("built-in dataset", options.name, BUILT_IN)
    draw(build_dataset(workspace, options.name))


def data_get(workspace: Workspace, options, arguments) -> None:
    """Fetch and register a published dataset."""
    from retrieval_core.datasets.fetched import get

    def consent(what: str) -> bool:
        print(f"Fetch {what}?", end=" " if not options.yes else "\n", flush=True)
        if options.yes:
            return True
        if not sys.stdin.isatty():
            print()
            return False
        return input("[y/N] ").strip().lower() in ("y", "yes")

    found = []

    def steps():
        archives = Path(options.archives).expanduser().absolute() if options.archives else None
        found.append((yield from get(workspace, options.name, consent, archives)))

    draw(steps())
    dataset = found[0]
    print(f"{dataset.name}: {len(dataset.images):,} photographs, {len(dataset.queries)} queries. "
          f"Next: python -m retrieval_core run --{'dataset' if dataset.queries else 'train-on'} {dataset.name}")  # fmt: skip


def data_check(workspace: Workspace, options, arguments) -> None:
    """Print what a check found; a RetrievalError names the first fault."""
    from retrieval_core.datasets.fetched import inspect

    found = []

    def steps():
        found.append((yield from inspect(workspace, options.name)))

    draw(steps())
    checked = found[0]
    print(f"{checked.name}: {checked.photographs:,} photographs, {checked.queries} queries, {len(checked.classes)} labels")
    for label, (count, listed) in checked.classes.items():
        print(f"  {label:32}{count:>8,}" + (f" of {listed:,}" if listed is not None else ""))
    for fault in checked.faults[1:]:
        print(fault)
    if checked.faults:
        raise RetrievalError(f"{len(checked.faults)} faults in {checked.name}. {checked.faults[0]}")
