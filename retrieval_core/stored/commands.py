"""The command that makes, or repeats, what a number stands on: it works as printed, in the folder that the program was started in."""

from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace


def run_options(run: Run) -> list[str]:
    """The options that give the same run, in this cache and in another one."""
    options = ["--schedule", run.schedule, "--seed", str(run.seed), "--start", run.start]
    options += ["--train-on", run.training, *(["--weights", run.weights.path] if run.weights else [])]
    return options if run.derived else [*options, "--run", run.name]


def run_command(workspace: Workspace, dataset: str, run: Run | None, *models: str) -> str:
    """The command that makes models of a run, or of the usual one where there is none yet, describe a dataset."""
    chosen = ["--models", ",".join(models)] if models else []
    return workspace.command("run", "--dataset", dataset, *chosen, *(run_options(run) if run else []))
