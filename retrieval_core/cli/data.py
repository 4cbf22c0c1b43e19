"""The commands about datasets: `data list`, `data get`, `data check`, `data build`."""

import sys

from retrieval_core.cli.options import work
from retrieval_core.cli.terminal import draw
from retrieval_core.errors import Failed, RetrievalError, check_choice
from retrieval_core.paths import absolute
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
    overlap = command(data, "overlap", data_overlap, "list photographs that a training set shares with a test set")
    overlap.add_argument("training", help="the training set")
    overlap.add_argument("retrieval", help="the dataset that models are scored on")
    overlap.add_argument("--confirm-different", action="store_true", help="say of all near duplicates that are listed: these are "
                         "different photographs")  # fmt: skip
    overlap.add_argument("--model", help="also by descriptors: describe the training set under this model (minutes)")
    overlap.add_argument("--run", metavar="NAME", help="the run of that model (default: quick, else the first that there is)")
    overlap.add_argument("--similarity", type=float, default=0.9, help="with --model: list pairs from this cosine similarity on")


def data_list(workspace: Workspace, options, arguments) -> None:
    """Print the datasets that are here, and those that can be had."""
    from retrieval_core.datasets.catalog import list_datasets
    from retrieval_core.datasets.fetched import state_in_words
    from retrieval_core.datasets.registry import REGISTRY

    for entry in list_datasets(workspace):
        if entry.name not in REGISTRY:
            print(f"{entry.name:16} {'ready' if entry.ready else 'not built':18} {entry.title}")
    for published in REGISTRY.values():
        unchecked = "" if all(remote.checksum for _, remote in published.files) else "; no checksum is published for all of it"
        print(f"{published.name:16} {state_in_words(workspace, published):18} {published.holds}")
        print(f"{'':16} {'':18} {published.source}; {published.terms}{unchecked}")


def data_build(workspace: Workspace, options, arguments) -> None:
    """Render a built-in dataset."""
    from retrieval_core.datasets.catalog import BUILT_IN, build_dataset

    check_choice("built-in dataset", options.name, BUILT_IN)
    draw(build_dataset(workspace, options.name))


def data_get(workspace: Workspace, options, arguments) -> None:
    """Fetch and register a published dataset."""
    from retrieval_core.datasets.fetched import get

    def consent(what: str) -> bool:
        print(f"Fetch {what}?", end=" " if not options.yes else "\n", file=sys.stderr, flush=True)
        if options.yes:
            return True
        if not sys.stdin.isatty():
            print(file=sys.stderr)
            return False
        print("[y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    found = []

    def steps():
        archives = absolute(options.archives) if options.archives else None
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
    if checked.unlabelled:
        print(f"  {'(unlabelled)':32}{checked.unlabelled:>8,}")
    for line in (*checked.files, *checked.faults[1:]):
        print(line)
    if checked.faults:
        raise Failed(f"{len(checked.faults)} faults in {checked.name}. {checked.faults[0]}")


def data_overlap(workspace: Workspace, options, arguments) -> None:
    """Compare a training set and a test set, list the pairs, and note that they are different where that is said."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.stored.run_list import default_run
    from retrieval_core.training.overlap import NEAR_DUPLICATE, confirm_different, known_pairs, overlap_lines

    if not -1 <= options.similarity <= 1:
        raise RetrievalError(f"--similarity is {options.similarity:g}. Give a number from -1 to 1.")
    for name in (options.training, options.retrieval):
        open_dataset(workspace, name)

    def steps():
        from retrieval_core.runs.overlap_steps import compare_descriptors, compare_sets

        yield from compare_sets(workspace, options.training, options.retrieval)
        if options.model:
            run = options.run or default_run(workspace, options.retrieval)
            names = options.training, options.retrieval, run, options.model
            yield from compare_descriptors(workspace, *names, options.similarity)

    work(workspace, arguments, steps, place="look")
    training, retrieval = open_dataset(workspace, options.training), open_dataset(workspace, options.retrieval)
    pairs = known_pairs(workspace, training, retrieval) or []
    if options.confirm_different:
        confirm_different(workspace, training.name, [pair for pair in pairs if pair.kind == NEAR_DUPLICATE])
    print("\n".join(overlap_lines(workspace, pairs)) or f"{training.name} and {retrieval.name} share no photograph.")
