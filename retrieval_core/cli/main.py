"""The command line: `python -m retrieval_core …`, a thin layer over the pipeline."""

import argparse
import signal
import sys

from retrieval_core.cli.data import register_datasets
from retrieval_core.cli.exchange import register_data, register_models
from retrieval_core.cli.options import draw, run_options, settings, watched
from retrieval_core.cli.scores import register_scores
from retrieval_core.cli.search import register_search
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import PRESETS, SEARCH_CHOICES
from retrieval_core.workspace import Workspace


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 2 a RetrievalError, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = parser().parse_args(arguments)
    # A cancelled run ends like one that was interrupted with Ctrl-C: locks are freed, the last word is written.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options.function(Workspace(options.cache), options, arguments)
    except RetrievalError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped. What was finished stays; the same command goes on from there.", file=sys.stderr)
        return 130
    return 0


def parser() -> argparse.ArgumentParser:
    """The options of every command."""
    top = argparse.ArgumentParser(prog="python -m retrieval_core", description="Train, describe, score and map.")
    top.add_argument("--cache", help="folder of everything that is computed (default: RETRIEVAL_CACHE, else ./cache)")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    add = lambda name, function, text: _command(commands, name, function, text)  # noqa: E731

    command = add("run", run, "do everything that is missing for a dataset")
    run_options(command)
    command = add("train", train, "train models on the training landmarks")
    run_options(command, dataset=False)
    command = add("extract", extract, "describe a dataset's photographs and queries")
    run_options(command)
    register_search(add)
    register_scores(add)
    command = add("project", project, "map descriptors to the plane")
    run_options(command)
    command.add_argument("--method", default="tsne", help="tsne, umap, pca or pacmap (default: tsne)")
    command.add_argument("--subset", default="all", help="all or labelled (default: all)")
    command.add_argument("--parameters", default="", metavar="NAME=NUMBER,…", help="parameters of the method, as in "
                         "perplexity=40,iterations=200; what is left out has its default")  # fmt: skip
    command = add("status", status, "say what exists, what is stale, how big it is and how long it took")
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command = add("models", models, "print the table of the models; export and import trained ones")
    register_models(command.add_subparsers(metavar="ACTION"), _command)

    data = add("data", None, "list, build, fetch, check and add datasets").add_subparsers(required=True, metavar="ACTION")
    register_datasets(data, _command)
    register_data(data, _command)
    return top


def _command(commands, name: str, function, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(function=function)
    return command


def run(workspace, options, arguments) -> None:
    """Do everything that is missing for a dataset."""
    draw(watched(workspace, arguments, options.dataset, settings(options)))
    print_status(workspace, options.dataset)


def train(workspace, options, arguments) -> None:
    """Train the chosen models and whatever they start from."""
    draw(watched(workspace, arguments, None, settings(options)))


def extract(workspace, options, arguments) -> None:
    """Describe a dataset; train first where that is missing."""
    draw(watched(workspace, arguments, options.dataset, settings(options), ("describe",)))


def project(workspace, options, arguments) -> None:
    """Map a dataset's descriptors to the plane."""
    from retrieval_core.projection.maps import read_parameters

    maps = ((options.method, options.subset, read_parameters(options.parameters)),)
    draw(watched(workspace, arguments, options.dataset, settings(options), ("describe", "map"), maps))


def status(workspace, options, arguments) -> None:
    """Say what exists."""
    print_status(workspace, options.dataset)


def models(workspace, options, arguments) -> None:
    """Print the table of the models."""
    for preset in PRESETS.values():
        print(f"{preset.key}  {preset.title}  ({preset.dim}-d)")
    print("behind a key, as in 1d-ms-pca: " + "; ".join(f"{name}  {choice.title}" for name, choice in SEARCH_CHOICES.items()))


def print_status(workspace, dataset: str) -> None:
    """Print a line for every model: its state, mAP, size, time and maps."""
    from retrieval_core.stored.results import model_states

    print(f"{dataset} in {workspace.folder(dataset)}")
    print(
        f"{'model':11}{'state':9}{'AP (Oxford)':>12}{'AP (finite)':>12}{'MB':>8}{'train s':>9}{'describe s':>11}  start, maps"
    )
    for state in model_states(workspace, dataset):
        mean = [f"{value:.2f}" if value is not None else "–" for value in (state.map_oxford, state.map_finite_sum)]
        train_seconds, describe_seconds = (state.seconds.get(key, 0.0) for key in ("train", "describe"))
        maps = ", ".join(f"{item.method}/{item.subset}" + ("" if item.state == "fresh" else f" ({item.state})")
                         for item in state.maps)  # fmt: skip
        print(f"{state.key:11}{state.state:9}{mean[0]:>12}{mean[1]:>12}{state.bytes / 1e6:>8.1f}"
              f"{train_seconds:>9.1f}{describe_seconds:>11.1f}  {state.start or '–'}; {maps or '–'}  {state.message}")  # fmt: skip
