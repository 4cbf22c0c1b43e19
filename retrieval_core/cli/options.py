"""What commands share: their options, the settings and the run that these stand for."""

import argparse
from collections.abc import Callable, Generator, Iterator

from retrieval_core.cli.terminal import draw
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import RUN_ORDER
from retrieval_core.progress import Progress
from retrieval_core.runs import jobs

FORMATS = ("text", "csv", "latex", "markdown")
"""In which a table is printed."""


def making_options(command: argparse.ArgumentParser, dataset: bool = True) -> None:
    """Add the options of a command that trains or describes."""
    if dataset:
        command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--models", default=",".join(RUN_ORDER), help="models, separated by commas (default: the whole "
                         "table); with search-time choices as 1d-ms-pca, or by name as timm:NAME: see the command models")  # fmt: skip
    command.add_argument("--run", metavar="NAME", help="go on with the run of this name, or give a new one a name of its own (default: "
                         "a name that the next four options give, as quick-seed1)")  # fmt: skip
    command.add_argument(
        "--schedule",
        help="quick: two CPU cores; long: ten minutes of a GPU or an evening of two "
        "cores; full: a GPU and real photographs (default: long where a CUDA GPU is found, else quick)",
    )
    command.add_argument("--train-on", metavar="NAME", help="the dataset of landmarks to train on, as added with data add … --training "
                         "(default: town-train)")  # fmt: skip
    command.add_argument("--seed", type=int, help="seed of the training (default: 0)")
    command.add_argument("--start", help="imagenet, distilled, shapes, or auto: ImageNet if at hand, else the starts that come "
                         "with the program (default)")  # fmt: skip
    command.add_argument("--weights", metavar="PATH", help="start from weights of your own: a .pth or .safetensors file as torchvision "
                         "or timm saves it, or a folder with one for each backbone")  # fmt: skip
    command.add_argument(
        "--download",
        action="store_true",
        help="consent to fetch weights: ImageNet's are about 380 MB; of a network by name size, licence and source are said first",
    )
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")


def looking_options(command: argparse.ArgumentParser, models: bool = True, several: bool = False) -> None:
    """Add the options of a command that reads what a run made."""
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    more = "; several, separated by commas, stand side by side" if several else ""
    command.add_argument("--run", metavar="NAME", help=f"the run to look at (default: quick, else the first that there is){more}")
    if models:
        command.add_argument("--models", help="models, separated by commas (default: all that are ready)")


def settings(options):
    """The settings that the options stand for; a RetrievalError lists the choices of a mistyped one."""
    from retrieval_core.runs.settings import Settings

    return Settings(
        options.schedule, options.seed, options.start, options.train_on, options.weights, options.run, options.device, options.download,
        names(options.models),
    )  # fmt: skip


def names(text: str | None) -> tuple[str, ...]:
    """What is separated by commas."""
    return tuple(name for name in (text or "").split(",") if name)


def named(text: str | None, option: str, what: str, example: str) -> tuple[str, ...]:
    """The names of an option; RetrievalError where it is given and names nothing."""
    found = names(text)
    if text is not None and not found:
        raise RetrievalError(f"{option} names no {what}. Name one, as in {option} {example}.")
    return found


def chosen_runs(workspace, options) -> list[str]:
    """Names of the runs that are looked at; RetrievalError for one that there isn't."""
    from retrieval_core.datasets.imported import IMPORTED_RUN
    from retrieval_core.stored.run_list import default_run, get_run

    asked = names(options.run)
    for name in asked:
        if name != IMPORTED_RUN:
            get_run(workspace, name)
    return list(asked) or [default_run(workspace, options.dataset)]


def chosen_run(workspace, options) -> str:
    """The run that is looked at; RetrievalError if several are named."""
    found = chosen_runs(workspace, options)
    if len(found) > 1:
        raise RetrievalError(f"--run names {len(found)} runs. Name one.")
    return found[0]


def ready_models(workspace, options, run: str) -> tuple[str, ...]:
    """The models that are asked for, else all of a run that have described the dataset.

    RetrievalError where none has, or for a name that no model has.
    """
    from retrieval_core.stored.commands import run_command
    from retrieval_core.stored.model_states import model_states
    from retrieval_core.stored.named_models import model_preset
    from retrieval_core.stored.run_list import find_run

    asked = names(options.models)
    if options.models and not asked:
        raise RetrievalError("--models names no model. Name one, as in --models 1d.")
    for key in asked:
        model_preset(workspace, run, key)
    models = asked or tuple(state.key for state in model_states(workspace, options.dataset, run) if state.explorable)
    if not models:
        command = run_command(workspace, options.dataset, find_run(workspace, run))
        raise RetrievalError(f"No model of run {run} has described {options.dataset} yet. Run: {command}")
    return models


def print_table(table, title: str, form: str, finer: dict[str, int] | None = None) -> None:
    """Print a table in one of FORMATS; the title belongs to the text, whose numbers have 2 decimals unless `finer` says more."""
    from retrieval_core.evaluation import table_files

    if form == "text":
        print(title)
        print(table.round(dict.fromkeys(table.columns, 2) | (finer or {})).to_string(na_rep="–"))
    else:
        print(getattr(table_files, f"to_{form}")(table), end="")


def work(workspace, arguments, make: Callable[..., Iterator[Progress]], *what, place: str = "run") -> None:
    """Do what `make` makes of `what`, under the lock of a place, and draw its progress.

    `make` is called, and loads the heavy libraries, once the lock is held.
    """
    draw(jobs.watched(workspace, arguments, loaded(make, *what), place))


def loaded(make: Callable[..., Iterator[Progress]], *what) -> Generator[Progress, None, None]:
    """Some work, behind a word that the libraries are loaded, which takes seconds."""
    yield Progress("load the libraries", 0, 1)
    yield from make(*what)
