"""What commands share: their options, the settings and the run that these stand for, and progress as bars."""

import argparse
import contextlib
from collections.abc import Iterator

from retrieval_core.presets import RUN_ORDER
from retrieval_core.progress import Progress
from retrieval_core.runs import jobs


def making_options(command: argparse.ArgumentParser, dataset: bool = True) -> None:
    """Add the options of a command that trains or describes."""
    if dataset:
        command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--models", default=",".join(RUN_ORDER), help="models, separated by commas (default: the whole "
                         "table); with search-time choices as 1d-ms-pca, or by name as timm:NAME: see the command models")  # fmt: skip
    command.add_argument("--run", metavar="NAME", help="go on with the run of this name, or give a new one a name of its own (default: "
                         "a name that the next four options give, as quick-seed1)")  # fmt: skip
    command.add_argument("--schedule", help="quick: two CPU cores; full: a GPU (default: quick)")
    command.add_argument("--train-on", metavar="NAME", help="the dataset of landmarks to train on, as added with data add … --training "
                         "(default: town-train)")  # fmt: skip
    command.add_argument("--seed", type=int, help="seed of the training (default: 0)")
    command.add_argument("--start", help="imagenet, shapes, or auto: ImageNet if at hand (default)")
    command.add_argument("--weights", metavar="PATH", help="start from weights of your own: a .pth or .safetensors file as torchvision "
                         "or timm saves it, or a folder with one for each backbone")  # fmt: skip
    command.add_argument("--download", action="store_true", help="consent to fetch weights: ImageNet's are about 380 MB; of a "
                         "network by name size, licence and source are said first")
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
    from retrieval_core.errors import RetrievalError

    found = chosen_runs(workspace, options)
    if len(found) > 1:
        raise RetrievalError(f"--run names {len(found)} runs. Name one.")
    return found[0]


def watched(workspace, arguments, *what) -> Iterator[Progress]:
    """A run of the plan under the job's lock; the heavy libraries are loaded only once the lock is held."""

    def load_and_run():
        yield Progress("load the libraries", 0, 1)
        from retrieval_core.runs.plan import run

        yield from run(workspace, *what)

    return jobs.watched(workspace, arguments, load_and_run())


def draw(steps: Iterator[Progress]) -> None:
    """Draw progress with tqdm, one bar a stage; in a log file a line a stage."""
    from tqdm import tqdm

    bar, message = None, ""
    with contextlib.closing(steps):
        for step in steps:
            if bar is None or bar.desc != step.stage:
                if bar is not None:
                    bar.close()
                bar = tqdm(total=step.total, desc=step.stage, mininterval=1, leave=True, dynamic_ncols=True)
            bar.total = step.total
            values = [f"{name}={value:.3g}" for name, value in step.values.items()]
            bar.set_postfix_str(", ".join([step.message, *values] if step.message else values), refresh=step.message != message)
            message = step.message
            bar.update(step.done - bar.n)
    if bar is not None:
        bar.close()
