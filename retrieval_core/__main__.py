"""The command line: `python -m retrieval_core …`, a thin layer over the pipeline."""

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator

from retrieval_core import jobs
from retrieval_core.errors import RetrievalError
from retrieval_core.exchange_commands import register_data, register_models
from retrieval_core.presets import PRESETS
from retrieval_core.progress import Progress
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
    _run_options(command)
    command = add("train", train, "train models on the training landmarks")
    _run_options(command, dataset=False)
    command = add("extract", extract, "describe a dataset's photographs and queries")
    _run_options(command)
    command = add("evaluate", evaluate, "score the rankings of a dataset's queries and print the AP table")
    _run_options(command)
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--queries", default="report", help="report: 1, 6, …, 51; all: every query (default: report)")
    command = add("project", project, "map descriptors to the plane")
    _run_options(command)
    command.add_argument("--method", default="tsne", help="tsne, umap or pca (default: tsne)")
    command.add_argument("--subset", default="all", help="all or labelled (default: all)")
    command = add("status", status, "say what exists, what is stale, how big it is and how long it took")
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command = add("models", models, "print the table of the models; export and import trained ones")
    register_models(command.add_subparsers(metavar="ACTION"), _command)

    data = add("data", None, "list, build and add datasets").add_subparsers(required=True, metavar="ACTION")
    _command(data, "list", data_list, "print the datasets")
    command = _command(data, "build", data_build, "render a built-in dataset")
    command.add_argument("name", help="town, town-train or shapes")
    register_data(data, _command)
    return top


def _command(commands, name: str, function, text: str) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=text, description=text)
    command.set_defaults(function=function)
    return command


def _run_options(command: argparse.ArgumentParser, dataset: bool = True) -> None:
    if dataset:
        command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--models", default=",".join(PRESETS), help="models, separated by commas (default: all)")
    command.add_argument("--schedule", default="quick", help="quick: two CPU cores; full: a GPU (default: quick)")
    command.add_argument("--seed", type=int, default=0, help="seed of the training and of the maps (default: 0)")
    command.add_argument("--start", default="auto", help="imagenet, shapes, or auto: ImageNet if at hand (default)")
    command.add_argument("--crop", default="fill", help="how queries are cropped: fill or same (default: fill)")
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--download", action="store_true", help="consent to fetch ImageNet weights (about 380 MB)")
    command.add_argument("--weights", metavar="PATH", help="start from ImageNet weights of your own: a .pth or .safetensors file of "
                         "torchvision's network, or a folder with one for each backbone")  # fmt: skip


def settings(options):
    """The settings that the options stand for; a RetrievalError lists the choices of a mistyped one."""
    from retrieval_core.artefacts import Settings

    models = tuple(name for name in options.models.split(",") if name)
    return Settings(
        options.schedule, options.seed, options.start, options.crop, options.device, options.download,
        options.weights, models,
    )  # fmt: skip


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


def evaluate(workspace, options, arguments) -> None:
    """Score a dataset's queries and print the AP table."""
    from retrieval_core.datasets.catalog import how_to_add_queries, open_dataset
    from retrieval_core.evaluation.tables import ap_table
    from retrieval_core.results import load_scores, model_states

    chosen = settings(options)
    draw(watched(workspace, arguments, options.dataset, chosen, ("describe", "score")))
    dataset = open_dataset(workspace, options.dataset)
    if not dataset.queries:
        raise RetrievalError(how_to_add_queries(workspace, dataset.name))
    there = [state.key for state in model_states(workspace, dataset.name)]
    scores = {model: load_scores(workspace, dataset.name, model) for model in chosen.models if model in there}
    table = ap_table(scores, dataset, options.protocol, options.queries)
    print(f"AP ({options.protocol}) in percent, dataset {options.dataset}\n{table.round(2).to_string()}")


def project(workspace, options, arguments) -> None:
    """Map a dataset's descriptors to the plane."""
    maps = ((options.method, options.subset),)
    draw(watched(workspace, arguments, options.dataset, settings(options), ("describe", "map"), maps))


def status(workspace, options, arguments) -> None:
    """Say what exists."""
    print_status(workspace, options.dataset)


def models(workspace, options, arguments) -> None:
    """Print the table of the models."""
    for preset in PRESETS.values():
        print(f"{preset.key}  {preset.title}  ({preset.dim}-d)")


def data_list(workspace, options, arguments) -> None:
    """Print the datasets."""
    from retrieval_core.datasets.catalog import list_datasets

    for entry in list_datasets(workspace):
        print(f"{entry.name:12} {'ready' if entry.ready else 'not built':10} {entry.title}")


def data_build(workspace, options, arguments) -> None:
    """Render a built-in dataset."""
    from retrieval_core.datasets.catalog import BUILT_IN, build_dataset
    from retrieval_core.errors import check_choice

    check_choice("built-in dataset", options.name, BUILT_IN)
    draw(build_dataset(workspace, options.name))


def print_status(workspace, dataset: str) -> None:
    """Print a line for every model: its state, mAP, size, time and maps."""
    from retrieval_core.results import model_states

    print(f"{dataset} in {workspace.folder(dataset)}")
    print(
        f"{'model':6}{'state':9}{'AP (Oxford)':>12}{'AP (finite)':>12}{'MB':>8}{'train s':>9}{'describe s':>11}  start, maps"
    )
    for state in model_states(workspace, dataset):
        mean = [f"{value:.2f}" if value is not None else "–" for value in (state.map_oxford, state.map_finite_sum)]
        train_seconds, describe_seconds = (state.seconds.get(key, 0.0) for key in ("train", "describe"))
        maps = ", ".join(f"{item.method}/{item.subset}" + ("" if item.state == "fresh" else f" ({item.state})")
                         for item in state.maps)  # fmt: skip
        print(f"{state.key:6}{state.state:9}{mean[0]:>12}{mean[1]:>12}{state.bytes / 1e6:>8.1f}"
              f"{train_seconds:>9.1f}{describe_seconds:>11.1f}  {state.start or '–'}; {maps or '–'}  {state.message}")  # fmt: skip


def watched(workspace, arguments, *what) -> Iterator[Progress]:
    """A pipeline run under the job lock; the heavy libraries are loaded only once the lock is held."""

    def load_and_run():
        yield Progress("load the libraries", 0, 1)
        from retrieval_core.pipeline import run

        yield from run(workspace, *what)

    return jobs.watched(workspace, arguments, load_and_run())


def draw(steps: Iterator[Progress]) -> None:
    """Draw progress with tqdm, one bar a stage; in a log file a line a stage."""
    from tqdm import tqdm

    bar = None
    with contextlib.closing(steps):
        for step in steps:
            if bar is None or bar.desc != step.stage:
                if bar is not None:
                    bar.close()
                bar = tqdm(total=step.total, desc=step.stage, mininterval=1, leave=True, dynamic_ncols=True)
            bar.total = step.total
            bar.set_postfix({name: f"{value:.3g}" for name, value in step.values.items()}, refresh=False)
            bar.update(step.done - bar.n)
    if bar is not None:
        bar.close()


if __name__ == "__main__":
    sys.exit(main())
