"""The commands that make, or repeat, what a number stands on: they work as printed, in the folder that the program was started in."""

import shlex
from pathlib import Path

from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace

PROGRAM = "python -m retrieval_core"


def make_command(workspace: Workspace, *words: str) -> str:
    """A command on this cache: `--cache` is left out where it is the usual one."""
    usual = workspace.root == Path("cache").absolute()
    return " ".join([PROGRAM, *([] if usual else ["--cache", shlex.quote(str(workspace.root))]), *map(shlex.quote, words)])


def run_options(run: Run) -> list[str]:
    """The options that give the same run, in this cache and in another one."""
    options = ["--schedule", run.schedule, "--seed", str(run.seed), "--start", run.start]
    options += ["--train-on", run.training, *(["--weights", run.weights.path] if run.weights else [])]
    return options if run.derived else [*options, "--run", run.name]


def run_command(workspace: Workspace, dataset: str, run: Run | None, *models: str) -> str:
    """The command that makes models of a run, or of the usual one where there is none yet, describe a dataset."""
    chosen = ["--models", ",".join(models)] if models else []
    return make_command(workspace, "run", "--dataset", dataset, *chosen, *(run_options(run) if run else []))
