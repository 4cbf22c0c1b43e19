"""The command `changes`: what a training changed: the weights layer by layer, its figures by step, and the hardest triplets."""

from pathlib import Path

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, print_table
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.workspace import Workspace

SHOWN = ("layers", "steps", "triplets")


def register_changes(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("changes", changes, "say what the training of a stage changed: its weights, figures by step, hardest triplets")
    command.add_argument("stage", help="a model or a stage that is trained, as 1f or warm-resnet50")
    looking_options(command, models=False)
    command.add_argument("--show", default="layers", help=f"{', '.join(SHOWN[:-1])} or {SHOWN[-1]} (default: layers)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")
    command.add_argument("--out", metavar="FILE.png", help="write the first filters before and after to this file")


def changes(workspace: Workspace, options, arguments) -> None:
    """Print one table of the last training of a model, or of the stage that is named."""
    from retrieval_core.datasets.imported import IMPORTED_RUN
    from retrieval_core.stored.run_list import get_run
    from retrieval_core.stored.trained_stages import open_stage, trained_stages

    check_choice("table to --show", options.show, SHOWN)
    check_choice("format", options.format, FORMATS)
    if options.out and Path(options.out).suffix.lower() != ".png":
        raise RetrievalError(f"--out is {options.out!r}. Give a file whose name ends in .png.")
    name = chosen_run(workspace, options)
    if name == IMPORTED_RUN:
        raise RetrievalError(
            f"The descriptors of {options.dataset} were imported: no training of theirs is known. Name a run with --run."
        )
    run = get_run(workspace, name)
    trained = open_stage(workspace, run, options.stage, trained_stages(workspace, run, options.stage)[-1])
    if options.show == "layers" or options.out:
        _layers(trained, name, options)
    if options.show == "steps":
        _steps(trained, name, options)
    elif options.show == "triplets":
        _triplets(trained, name, options)


def _layers(trained, run: str, options) -> None:
    from retrieval_core.networks.first_filters import filter_pictures
    from retrieval_core.networks.weight_changes import change_table, left_behind, weight_changes
    from retrieval_core.networks.weights import load_weights
    from retrieval_core.stored.trained_stages import needed_parent

    before, after = (load_weights(path) for path in needed_parent(trained))
    if options.show == "layers":
        stage, parent = trained.stage.key, trained.parent.key
        print_table(change_table(weight_changes(trained.stage, before, after)),
                    f"Change of every layer from {parent} to {stage}, ‖Δw‖ / ‖w‖, run {run}, weights of step {trained.kept}",
                    options.format)  # fmt: skip
        if options.format == "text" and (left := left_behind(before, after)):
            print(f"Left behind in {parent}: {', '.join(left)}")
    if options.out:
        found = filter_pictures(before, after)
        if found is None:
            raise RetrievalError(f"{trained.stage.key} has no first filters to compare. Leave --out out.")
        try:
            found.beside(trained.parent.key, trained.stage.key).save(options.out)
        except OSError as error:
            raise RetrievalError(f"{options.out} can't be written ({error.strerror or error}). Give another file.") from error


def _steps(trained, run: str, options) -> None:
    import pandas as pd

    if not trained.figures:
        raise RetrievalError(trained.log_missing)
    table = pd.DataFrame(list(trained.figures)).set_index("step")
    kept = f"kept: step {trained.kept}" if trained.finished else "not finished"
    print_table(table, f"Training of {trained.stage.key}, run {run}, {kept}", options.format)


def _triplets(trained, run: str, options) -> None:
    from retrieval_core.stored.trained_stages import triplet_table, why_no_triplets

    if not trained.figures:
        raise RetrievalError(trained.log_missing)
    if why := why_no_triplets(trained):
        raise RetrievalError(why)
    about = "a row a triplet of each mining, by the step that learnt from it first; squared L2 distances"
    print_table(triplet_table(trained.minings), f"Hardest triplets of {trained.stage.key}, run {run}, {about}", options.format)
