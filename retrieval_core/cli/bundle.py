"""The command `bundle`: one HTML file to take home, that opens by a double click, without the app and without a network."""

import os

from retrieval_core.app_script import app_module
from retrieval_core.cli.options import chosen_run, looking_options, named, ready_models
from retrieval_core.cli.terminal import draw
from retrieval_core.paths import absolute
from retrieval_core.progress import Progress
from retrieval_core.runs import jobs
from retrieval_core.workspace import Workspace


def register_bundle(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("bundle", bundle, "write what can be explored into one HTML file that opens without the app")
    command.add_argument("out", metavar="OUT.html", help="the file; one that is there is replaced")
    looking_options(command)
    command.add_argument("--no-photographs", action="store_true", help="leave all photographs out, where their terms ask for it: names "
                         "stand in their places")  # fmt: skip
    command.add_argument("--lesson", metavar="NAME,…", help="lessons that it holds, separated by commas, without the presenter's notes "
                         "(default: none)")  # fmt: skip


def bundle(workspace: Workspace, options, arguments) -> None:
    """Write a bundle; one that is cancelled leaves nothing."""
    from retrieval_core.datasets.catalog import open_dataset

    open_dataset(workspace, options.dataset)
    run = chosen_run(workspace, options)
    models = ready_models(workspace, options, run)
    lessons = named(options.lesson, "--lesson", "lesson", "report")
    out, size = absolute(options.out), 0

    def load_and_write():
        nonlocal size
        yield Progress("load the libraries", 0, 1)
        os.environ["RETRIEVAL_CACHE"] = str(workspace.root)  # where the pages look
        pages = app_module("pages.bundle")
        size = yield from pages.write(out, pages.Asked(options.dataset, run, models, not options.no_photographs, lessons))

    draw(jobs.watched(workspace, arguments, load_and_write(), "look"))
    print(f"{out} is written: {size / 1e6:.1f} MB, {len(models)} models of run {run} on {options.dataset}. It opens in any browser.")
