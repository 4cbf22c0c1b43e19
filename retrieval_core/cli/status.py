"""The command `status`: what there is of a dataset, run by run."""

from retrieval_core.cli.options import chosen_run, looking_options
from retrieval_core.workspace import Workspace


def register_status(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    looking_options(add("status", status, "say what exists, what is stale, how big it is and how long it took"), models=False)


def status(workspace: Workspace, options, arguments) -> None:
    """List the runs that have described a dataset, and the models of the chosen one; say what an older version left."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.imported import IMPORTED_RUN
    from retrieval_core.stored.model_states import model_states
    from retrieval_core.stored.prune import in_megabytes, older_results
    from retrieval_core.stored.run_list import find_runs

    open_dataset(workspace, options.dataset)  # an unknown one is an error before anything is printed
    chosen = chosen_run(workspace, options)
    runs = find_runs(workspace, options.dataset)
    for run in runs if len(runs) > 1 else ():
        ready = [state for state in model_states(workspace, options.dataset, run.name) if state.explorable]
        about = ", ".join(f"{name} {value}" for name, value in run.settings.items() if value is not None)
        sign = "→" if run.name == chosen else " "
        print(f"{sign} run {run.name:24} {len(ready)} models ready; {about}")
    if chosen != IMPORTED_RUN and chosen not in {run.name for run in runs}:
        print(f"No model of a run has described {options.dataset} yet.")
    print_models(workspace, options.dataset, chosen)
    older = older_results(workspace)
    if older:
        print(f"{len(older)} files and folders of an older version ({in_megabytes(older)}) are not read, the first is {older[0].path}. "
              f"Remove them with: {workspace.command('cache', 'prune', '--older')}")  # fmt: skip


def print_models(workspace: Workspace, dataset: str, run: str) -> None:
    """Print a line for every model: its state, mAP, size, time and maps."""
    from retrieval_core.stored.engines import built_engines
    from retrieval_core.stored.model_states import model_states
    from retrieval_core.stored.results import open_results

    states = model_states(workspace, dataset, run)
    print(f"{dataset}, run {run}, in {workspace.folder(dataset, run)}")
    width = max(11, *(len(state.key) + 1 for state in states))
    print(f"{'model':{width}}{'state':9}{'AP (Oxford)':>12}{'AP (finite)':>12}{'MB':>8}{'train s':>9}{'describe s':>11}  start, maps, "
          "indexes of search engines")  # fmt: skip
    for state in states:
        mean = [f"{value:.2f}" if value is not None else "–" for value in (state.map_oxford, state.map_finite_sum)]
        train_seconds, describe_seconds = (state.seconds.get(key, 0.0) for key in ("train", "describe"))
        maps = ", ".join(f"{item.method}/{item.subset}" + ("" if item.state == "fresh" else f" ({item.state})")
                         for item in state.maps)  # fmt: skip
        built = built_engines(open_results(workspace, dataset, run, state.key))[1:] if state.explorable else []
        engines = "".join(f"; {name}" for name in built)
        print(f"{state.key:{width}}{state.state:9}{mean[0]:>12}{mean[1]:>12}{state.bytes / 1e6:>8.1f}{train_seconds:>9.1f}"
              f"{describe_seconds:>11.1f}  {state.start or '–'}; {maps or '–'}{engines}  {state.message}")  # fmt: skip
