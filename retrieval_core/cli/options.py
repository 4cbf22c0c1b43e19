"""A run from the command line: its options, the settings that they stand for, and its progress as bars."""

import argparse
import contextlib
from collections.abc import Iterator

from retrieval_core.presets import PRESETS
from retrieval_core.progress import Progress
from retrieval_core.runs import jobs


def run_options(command: argparse.ArgumentParser, dataset: bool = True) -> None:
    """Add the options of a run."""
    if dataset:
        command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--models", default=",".join(PRESETS), help="models, separated by commas (default: all); with "
                         "search-time choices as 1d-ms-pca, see the command models")  # fmt: skip
    command.add_argument("--schedule", default="quick", help="quick: two CPU cores; full: a GPU (default: quick)")
    command.add_argument("--train-on", default="town-train", metavar="NAME", help="the dataset of landmarks to train on, as added "
                         "with data add … --training (default: town-train)")  # fmt: skip
    command.add_argument("--seed", type=int, default=0, help="seed of the training and of the maps (default: 0)")
    command.add_argument("--start", default="auto", help="imagenet, shapes, or auto: ImageNet if at hand (default)")
    command.add_argument("--crop", default="fill", help="how queries are cropped: fill or same (default: fill)")
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--download", action="store_true", help="consent to fetch ImageNet weights (about 380 MB)")
    command.add_argument("--weights", metavar="PATH", help="start from ImageNet weights of your own: a .pth or .safetensors file of "
                         "torchvision's network, or a folder with one for each backbone")  # fmt: skip


def settings(options):
    """The settings that the options stand for; a RetrievalError lists the choices of a mistyped one."""
    from retrieval_core.stored.artefacts import Settings

    models = tuple(name for name in options.models.split(",") if name)
    return Settings(
        options.schedule, options.seed, options.start, options.crop, options.device, options.download,
        options.weights, models, options.train_on,
    )  # fmt: skip


def watched(workspace, arguments, *what) -> Iterator[Progress]:
    """A pipeline run under the job lock; the heavy libraries are loaded only once the lock is held."""

    def load_and_run():
        yield Progress("load the libraries", 0, 1)
        from retrieval_core.runs.plan import run

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
