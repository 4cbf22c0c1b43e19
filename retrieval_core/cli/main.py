"""The command line: `python -m retrieval_core …`, a thin layer over runs and what they stored."""

import argparse
import os
import signal
import sys

from retrieval_core.cli.aggregations import register_aggregations
from retrieval_core.cli.app import register_app
from retrieval_core.cli.bins import register_bins
from retrieval_core.cli.bundle import register_bundle
from retrieval_core.cli.cache import register_cache
from retrieval_core.cli.changes import register_changes
from retrieval_core.cli.clusters import register_clusters
from retrieval_core.cli.costs import register_costs
from retrieval_core.cli.data import register_datasets
from retrieval_core.cli.detective import register_detective
from retrieval_core.cli.duplicates import register_duplicates
from retrieval_core.cli.engines import register_engines
from retrieval_core.cli.exchange import register_data, register_models
from retrieval_core.cli.feedback import register_feedback
from retrieval_core.cli.figure import register_figure
from retrieval_core.cli.knobs import register_knobs
from retrieval_core.cli.lessons import register_lessons
from retrieval_core.cli.misread import register_misread
from retrieval_core.cli.options import chosen_run, looking_options, making_options, ready_models, settings, work
from retrieval_core.cli.robustness import register_robustness
from retrieval_core.cli.scores import register_scores
from retrieval_core.cli.search import register_search
from retrieval_core.cli.several import check_alone, said_once, several
from retrieval_core.cli.sheet import register_sheet
from retrieval_core.cli.starts import register_starts
from retrieval_core.cli.status import register_status
from retrieval_core.cli.terminal import PIPE_CLOSED, let_go_of_pipes, show_what_can_be_shown
from retrieval_core.cli.unlabelled import register_unlabelled
from retrieval_core.cli.why import register_why
from retrieval_core.errors import Failed, RetrievalError, check_choice, room_needed
from retrieval_core.presets import MODELS, SEARCH_CHOICES
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 the work failed, 2 it can't be done as asked for, 130 interrupted."""
    # What torch's threads wait for may be a core on which a picture is rendered, or a browser draws: they spin no longer than they
    # must. OpenMP looks at this once, when torch is loaded.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    show_what_can_be_shown()
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go_of_pipes()
        return PIPE_CLOSED
    return status


def _run(arguments: list[str]) -> int:
    with said_once():
        options = _parsed(arguments)
    # A cancelled run ends like one that was interrupted with Ctrl-C: locks are freed, the last word is written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        check_alone(options.function)
        workspace = Workspace(options.cache)
        with room_needed(workspace.root):
            return options.function(workspace, options, arguments) or 0
    except RetrievalError as error:
        with said_once():
            print(f"error: {error}", file=sys.stderr)
        return 1 if isinstance(error, Failed) else 2
    except BrokenPipeError:
        raise
    except OSError as error:
        print(f"error: {error.filename or 'The system'} can't be used: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What was finished stays; the same command goes on from there.", file=sys.stderr)
        return 130


def _parsed(arguments: list[str]) -> argparse.Namespace:
    """The options of a command; argparse says what is wrong with them and exits with 2."""
    top = parser()
    try:
        options, options_of_others = top.parse_known_args(arguments)
        if options_of_others and not getattr(options, "passes_on", False):
            top.error(f"unrecognized arguments: {' '.join(options_of_others)}")
    except SystemExit:  # it has printed a help, which nobody may want to read to its end
        sys.stdout.flush()
        raise
    options.rest = options_of_others
    return options


def parser() -> argparse.ArgumentParser:
    """The options of every command."""
    program = os.path.basename(sys.argv[0])
    top = argparse.ArgumentParser(prog="retrieval" if program.startswith("retrieval") else "python -m retrieval_core",
                                  description="Train, describe, score and map.")  # fmt: skip
    _cache_option(top, None)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add = lambda name, function, text: _command(commands, name, function, text)  # noqa: E731

    register_app(add)
    making_options(add("run", several(run), "do everything that is missing for a dataset"))
    making_options(add("train", several(train), "train models on the training landmarks"), dataset=False)
    making_options(add("extract", several(extract), "describe a dataset's photographs and queries; train first where that is missing"))
    register_search(add)
    register_why(add)
    register_scores(add)
    register_costs(add)
    register_figure(add)
    register_clusters(add)
    register_misread(add)
    register_aggregations(add)
    register_changes(add)
    register_robustness(add)
    register_knobs(add)
    register_unlabelled(add)
    register_feedback(add)
    register_detective(add)
    register_duplicates(add)
    engines = add("engines", None, "search engines: fill one, compare them").add_subparsers(required=True, metavar="ACTION")
    register_engines(engines, _command)
    register_bundle(add)
    command = add("project", project, "map descriptors that are there to the plane")
    looking_options(command)
    command.add_argument("--method", default="tsne", help="tsne, umap, pca or pacmap (default: tsne)")
    command.add_argument("--subset", default="all", help="all or labelled (default: all)")
    command.add_argument("--parameters", default="", metavar="NAME=NUMBER,…", help="parameters of the method, as in "
                         "perplexity=40,iterations=200; what is left out has its default")  # fmt: skip
    command.add_argument("--seed", type=int, default=0, help="seed of the map (default: 0)")
    register_status(add)
    command = add("models", models, "print the table of the models; export and import trained ones")
    register_models(command.add_subparsers(metavar="ACTION"), _command)

    data = add("data", None, "list, build, fetch, check and add datasets").add_subparsers(required=True, metavar="ACTION")
    register_datasets(data, _command)
    register_data(data, _command)
    register_starts(
        add("starts", None, "teach the backbones that networks start from").add_subparsers(required=True, metavar="ACTION"), _command
    )
    register_bins(
        add("bins", None, "keep selections of photographs under names").add_subparsers(required=True, metavar="ACTION"), _command
    )
    lessons = add("lessons", None, "list, check, hand out and print lessons").add_subparsers(required=True, metavar="ACTION")
    register_lessons(lessons, _command)
    register_sheet(lessons, _command)
    register_cache(add("cache", None, "tidy the cache").add_subparsers(required=True, metavar="ACTION"), _command)
    return top


def _command(commands, name: str, function, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(function=function)
    _cache_option(command, argparse.SUPPRESS)  # or what was said before the command would be forgotten
    return command


def _cache_option(command: argparse.ArgumentParser, default: str | None) -> None:
    command.add_argument("--cache", metavar="FOLDER", default=default, help="folder of everything that is computed (default: "
                         "RETRIEVAL_CACHE, else ./cache)")  # fmt: skip


def run(workspace, options, arguments) -> None:
    """Do everything that is missing for a dataset."""
    from retrieval_core.cli.status import print_models

    chosen = settings(options)
    _say_before(workspace, options.dataset, chosen)
    work(workspace, arguments, step, "plan", "run", workspace, options.dataset, chosen)
    print_models(workspace, options.dataset, _made(workspace, options.dataset, chosen))


def train(workspace, options, arguments) -> None:
    """Train the chosen models and whatever they start from."""
    chosen = settings(options)
    _say_before(workspace, None, chosen)
    work(workspace, arguments, step, "plan", "run", workspace, None, chosen)


def extract(workspace, options, arguments) -> None:
    """Describe a dataset; train first where that is missing."""
    chosen = settings(options)
    _say_before(workspace, options.dataset, chosen)
    work(workspace, arguments, step, "plan", "run", workspace, options.dataset, chosen, ("describe",))


def _say_before(workspace, dataset: str | None, chosen) -> None:
    """Say how long it takes and how much it writes, where that is much; a wrong word is refused before there is a run."""
    from retrieval_core.datasets.catalog import BUILT_IN, open_dataset
    from retrieval_core.runs.expected import expected
    from retrieval_core.runs.settings import settle

    for name in (dataset, settle(workspace, chosen).training):
        if name and name not in BUILT_IN:
            open_dataset(workspace, name)
    if (much := expected(workspace, dataset, chosen)).is_much:
        print(f"{much.words} Ctrl-C stops it, and the same command goes on from there.", file=sys.stderr)


def project(workspace, options, arguments) -> None:
    """Map a dataset's descriptors to the plane."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.parameters import read_parameters
    from retrieval_core.projection.maps import METHODS, check_map_seed
    from retrieval_core.stored.artefacts import SUBSETS

    seed, numbers = check_map_seed(options.seed), read_parameters(options.parameters)
    check_choice("projection", options.method, METHODS)
    check_choice("subset", options.subset, SUBSETS)
    open_dataset(workspace, options.dataset)
    run_name = chosen_run(workspace, options)
    models = ready_models(workspace, options, run_name)

    maps = [(options.method, options.subset, numbers, seed)]
    work(workspace, arguments, step, "plan", "project", workspace, options.dataset, run_name, models, maps, place="look")


def models(workspace, options, arguments) -> None:
    """Print the table of the models."""
    for preset in MODELS.values():
        print(f"{preset.key}  {preset.title}  ({preset.dim}-d)")
    print("any network by name: timm:NAME, as timm has it with the tag of its weights (timm:vit_small_patch14_dinov2.lvd142m); "
          "torchvision:vgg16, torchvision:resnet101")  # fmt: skip
    print("behind a key, as in 1d-ms-pca: " + "; ".join(f"{name}  {choice.title}" for name, choice in SEARCH_CHOICES.items()))


def _made(workspace, dataset: str, chosen) -> str:
    """The run that was just made."""
    from retrieval_core.datasets.catalog import is_imported
    from retrieval_core.datasets.imported import IMPORTED_RUN
    from retrieval_core.runs.settings import settle

    return IMPORTED_RUN if is_imported(workspace, dataset) else settle(workspace, chosen).name
