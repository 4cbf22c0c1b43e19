"""The commands about scores: `evaluate` and `ledger`."""

from retrieval_core.cli.options import draw, run_options, settings, watched
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.workspace import Workspace

FORMATS = ("text", "csv", "latex", "markdown")


def register_scores(add) -> None:
    """Add the commands; `add(name, function, text)` makes a parser."""
    command = add("evaluate", evaluate, "score the rankings of a dataset's queries and print the AP table")
    run_options(command)
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--queries", default="report", help="report: 1, 6, …, 51; all: every query (default: report)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")
    command.add_argument("--check", action="store_true", help="compute everything anew, from the photographs, and compare")
    command = add("ledger", ledger, "print what each step from one model to the next bought, and whether it is significant")
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")


def evaluate(workspace: Workspace, options, arguments) -> None:
    """Score a dataset's queries and print the AP table; with --check compute it anew and compare."""
    from retrieval_core.datasets.catalog import layout_of
    from retrieval_core.evaluation import table_files
    from retrieval_core.evaluation.tables import ap_table

    check_choice("format", options.format, FORMATS)
    chosen = settings(options)
    draw(watched(workspace, arguments, options.dataset, chosen, ("describe", "score")))
    dataset, scores = _scores(workspace, options.dataset, chosen.models)
    table = ap_table(scores, dataset, options.protocol, options.queries)
    if options.format == "text":
        shown = table.T if options.queries == "all" else table  # a line a query: many do not fit beside each other
        print(f"AP ({options.protocol}) in percent, dataset {options.dataset}\n{shown.round(2).to_string()}")
    else:
        print(getattr(table_files, f"to_{options.format}")(table), end="")
    if layout_of(workspace, options.dataset) == "revisited":
        _revisited(workspace, dataset, scores)
    if options.check:
        _check(workspace, options.dataset, scores, options.device)


def _revisited(workspace: Workspace, dataset, models) -> None:
    """Print the measures of the setups Easy, Medium and Hard."""
    from retrieval_core.evaluation.easy_medium_hard import revisited_table
    from retrieval_core.stored.results import load_rankings

    table = revisited_table({model: load_rankings(workspace, dataset.name, model) for model in models}, dataset)
    print(f"Easy, Medium and Hard, in percent\n{table.round(2).to_string()}")


def ledger(workspace: Workspace, options, arguments) -> None:
    """Print the ablation ledger of what has been scored."""
    from retrieval_core.evaluation.ledger import ledger as steps_of
    from retrieval_core.presets import PRESETS

    dataset, scores = _scores(workspace, options.dataset, tuple(PRESETS))
    entries = steps_of(scores, dataset, options.protocol)
    if not entries:
        raise RetrievalError(f"No two models that follow each other are scored on {options.dataset}. "
                             f"Run: python -m retrieval_core run --dataset {options.dataset}")  # fmt: skip
    print(f"AP ({options.protocol}), dataset {options.dataset}: what each step bought, 95 % interval over landmarks")
    for entry in entries:
        step, means = entry.step, f"{entry.map_before:6.2f} → {entry.map_after:6.2f}"
        print(f"{step.before} → {step.after}  {step.change:13} {means}  {entry.difference.words}")


def _scores(workspace: Workspace, name: str, models: tuple[str, ...]):
    """The dataset, and the scores of those of the models that have any."""
    from retrieval_core.datasets.catalog import how_to_add_queries, open_dataset
    from retrieval_core.stored.results import load_scores, model_states

    dataset = open_dataset(workspace, name)
    if not dataset.queries:
        raise RetrievalError(how_to_add_queries(workspace, name))
    there = [state.key for state in model_states(workspace, name) if state.map_oxford is not None]
    return dataset, {model: load_scores(workspace, name, model) for model in models if model in there}


def _check(workspace: Workspace, name: str, models, device: str) -> None:
    """Print a line a model; RetrievalError if one differs."""
    from retrieval_core.runs.recompute import recheck

    differing = []
    for model in models:
        found = []

        def steps(model=model, found=found):
            found.append((yield from recheck(workspace, name, model, device)))

        draw(steps())
        print(found[0].words)
        differing += [] if found[0].agrees else [model]
    if differing:
        raise RetrievalError(f"{', '.join(differing)}: what is stored did not come out again. Make it anew: delete "
                             f"{workspace.folder(name, differing[0])} and run again.")  # fmt: skip
