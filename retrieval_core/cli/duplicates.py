"""The command `duplicates`: groups of near-equal photographs within a dataset, and between it and a training set."""

from retrieval_core.cli.options import FORMATS, print_table, work
from retrieval_core.errors import check_choice
from retrieval_core.workspace import Workspace


def register_duplicates(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("duplicates", duplicates, "print groups of near-equal photographs of a dataset, and what they mean for its scores")
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--against", metavar="NAME", help="also what it shares with the labelled photographs of this training set")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def duplicates(workspace: Workspace, options, arguments) -> None:
    """Look for them and print the groups."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.training.duplicates import groups_table, leaks

    check_choice("format", options.format, FORMATS)
    dataset = open_dataset(workspace, options.dataset)
    against = open_dataset(workspace, options.against) if options.against else None

    found = []

    def look():
        from retrieval_core.training.duplicates import find_duplicates

        found.append((yield from find_duplicates(workspace, dataset, against)))

    work(workspace, arguments, look, place="look")
    groups = found[0]
    beside = f" and {against.name}" if against else ""
    if not groups and options.format == "text":
        print(f"{dataset.name}{beside}: no two photographs are near-equal.")
        return
    print_table(
        groups_table(groups, dataset), f"{len(groups):,} groups of near-equal photographs, {dataset.name}{beside}", options.format
    )
    if options.format == "text" and dataset.queries:
        print(leaks(dataset, groups).words(len(dataset.queries), options.against or ""))
