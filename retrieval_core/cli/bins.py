"""The commands about bins: `bins list`, `bins show`, `bins save`, `bins remove`, `bins export`."""

import sys

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.paths import absolute
from retrieval_core.workspace import Workspace


def register_bins(actions, command) -> None:
    """Add the commands to the actions of `bins`; `command(actions, name, function, text)` makes a parser."""
    every = [command(actions, "list", bins_list, "print the bins of a dataset: how many photographs each holds, and what they were")]
    show = command(actions, "show", bins_show, "print what a bin holds")
    save = command(actions, "save", bins_save, "keep photographs as a bin, in place of one of the same name")
    remove = command(actions, "remove", bins_remove, "remove a bin; the photographs stay")
    export = command(actions, "export", bins_export, "write a bin into a folder")
    for one in (show, save, remove, export):
        one.add_argument("name", help="the name of the bin")
        every.append(one)
    save.add_argument("ids", nargs="*", help="the ids of the photographs")
    save.add_argument(
        "--from", dest="file", metavar="FILE", help="a text file with one id a line; - reads them from the command before"
    )
    save.add_argument("--made-by", metavar="SENTENCE", help="what the selection was, in one sentence")
    export.add_argument("folder", help="the folder, which must be empty or new")
    export.add_argument("--layout", required=True, help="csv or classes: with the photographs; oxford: the lists of the queries that "
                        "have answers in the bin")  # fmt: skip
    for one in every:
        one.add_argument("--dataset", default="town", help="dataset (default: town)")


def bins_list(workspace: Workspace, options, arguments) -> None:
    """A line for every bin."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.stored.bins import gone, read_bins

    dataset = open_dataset(workspace, options.dataset)
    kept = read_bins(workspace, dataset.name)
    for bin in kept:
        lost = f", {len(missing):,} of them gone" if (missing := gone(bin, dataset)) else ""
        print(f"{bin.name:24} {len(bin.ids):>7,} photographs{lost}; {bin.made_by}")
    if not kept:
        print(
            f"{dataset.name!r} has no bins. Keep one with: {workspace.command('bins', 'save', 'NAME', 'ID', '--dataset', dataset.name)}"
        )


def bins_show(workspace: Workspace, options, arguments) -> None:
    """The photographs of a bin, each with its landmark."""
    dataset, bin = _opened(workspace, options)
    known = {image.id: image.label for image in dataset.images}
    print(f"{bin.name}, {len(bin.ids):,} photographs of {dataset.name}; {bin.made_by}")
    for image_id in bin.ids:
        if image_id in known:
            print(f"  {image_id}  {'unlabelled' if known[image_id] is None else f'({known[image_id]})'}")


def bins_save(workspace: Workspace, options, arguments) -> None:
    """Keep photographs that the dataset has."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.names import composed
    from retrieval_core.stored.bins import Bin, save_bin

    dataset = open_dataset(workspace, options.dataset)
    ids = [composed(image_id) for image_id in (*options.ids, *(_lines(options.file) if options.file else ()))]
    known = {image.id for image in dataset.images}
    if strangers := [image_id for image_id in ids if image_id not in known]:
        raise RetrievalError(f"{len(strangers):,} of the {len(ids):,} ids are not in {dataset.name!r}, the first is {strangers[0]!r}. "
                             "Correct or remove them.")  # fmt: skip
    save_bin(workspace, dataset.name, Bin(options.name, tuple(ids), options.made_by or "a list of ids"))
    print(f"{options.name}: {len(set(ids)):,} photographs of {dataset.name}.")


def bins_remove(workspace: Workspace, options, arguments) -> None:
    """Remove a bin."""
    from retrieval_core.stored.bins import remove_bin

    remove_bin(workspace, options.dataset, options.name)
    print(f"Removed {options.name}.")


def bins_export(workspace: Workspace, options, arguments) -> None:
    """Write a bin into a folder."""
    from retrieval_core.datasets.export import PART_EXPORTS, export_part, part_of

    check_choice("layout", options.layout, PART_EXPORTS)
    dataset, bin = _opened(workspace, options)
    part, folder = part_of(dataset, bin.name, bin.ids), absolute(options.folder)
    export_part(part, folder, options.layout)
    what = f"lists of {len(part.queries)} queries" if options.layout == "oxford" else f"{len(part.images):,} photographs"
    print(f"{bin.name}: {what}, in {folder}")


def _opened(workspace: Workspace, options):
    """The dataset and the bin; ids that are gone are named."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.stored.bins import gone, read_bin

    dataset = open_dataset(workspace, options.dataset)
    bin = read_bin(workspace, dataset.name, options.name)
    if lost := gone(bin, dataset):
        print(f"{len(lost):,} photographs of {bin.name} are no longer in {dataset.name}: {', '.join(lost)}", file=sys.stderr)
    return dataset, bin


def _lines(name: str) -> list[str]:
    """The ids of a text file, or of what comes in."""
    from retrieval_core.datasets.texts import read_lines

    if name == "-":
        return [line for line in map(str.strip, sys.stdin) if line]
    return [line for line in map(str.strip, read_lines(absolute(name))) if line]
