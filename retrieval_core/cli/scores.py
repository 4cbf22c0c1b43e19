"""The commands about scores: `evaluate` and `ledger`. They read; what is missing is said with the command that makes it."""

import os

from retrieval_core.cli.options import FORMATS, chosen_runs, loaded, looking_options, names, print_table, work
from retrieval_core.cli.terminal import draw
from retrieval_core.errors import Failed, RetrievalError, check_choice
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace


def register_scores(add) -> None:
    """Add the commands; `add(name, function, text)` makes a parser."""
    command = add("evaluate", evaluate, "print the AP table of a dataset's queries; several runs: their means side by side")
    looking_options(command, several=True)
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--queries", default="report", help="report: 1, 6, …, 51; all: every query (default: report)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")
    command.add_argument("--check", action="store_true", help="compute everything anew, from the photographs, and compare")
    command.add_argument("--device", default="auto", help="with --check: auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--engine", default="exact", help="exact: average precision is always that of exact search")
    command = add("ledger", ledger, "print what each step from one model to the next bought, and whether it is significant")
    looking_options(command, models=False, several=True)
    command.add_argument("--compare", metavar="BEFORE,AFTER", help="any two models, as 1g,2a, beside these steps")
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")


def evaluate(workspace: Workspace, options, arguments) -> None:
    """Print the AP table of a dataset's queries; with --check compute it anew and compare."""
    from retrieval_core.evaluation.average_precision import PROTOCOLS
    from retrieval_core.evaluation.tables import ap_table
    from retrieval_core.ranking.engines import USUAL, read_engine

    check_choice("format", options.format, FORMATS)
    check_choice("protocol", options.protocol, PROTOCOLS)
    if read_engine(options.engine).name != USUAL:
        raise RetrievalError(f"Average precision needs the place of every right answer among all photographs, and {options.engine} "
                             "finds only the first. Leave --engine out; what an engine misses is measured by: "
                             f"{workspace.command('engines', 'compare', '--dataset', options.dataset)}")  # fmt: skip
    runs = chosen_runs(workspace, options)
    dataset, scores = _scores(workspace, options, runs)
    if len(runs) > 1:
        _side_by_side(dataset, scores, options)
    for run in runs if len(runs) == 1 else ():
        table = ap_table(scores[run], dataset, options.protocol, options.queries)
        # A line a query: many do not fit beside each other.
        shown = table.T if options.queries == "all" and options.format == "text" else table
        print_table(shown, f"AP ({options.protocol}) in percent, dataset {options.dataset}, run {run}", options.format)
        _easy_medium_hard(workspace, dataset, run, scores[run])
    if options.check:
        _check(workspace, options, arguments, {run: list(scores[run]) for run in runs})


def _side_by_side(dataset, scores, options) -> None:
    """The mean of every run, and mean and spread over those that differ by their seed alone."""
    import pandas as pd

    from retrieval_core.evaluation.average_precision import mean_average_precision
    from retrieval_core.evaluation.seeds import seed_table

    means = {run: {model: 100 * mean_average_precision(found, options.protocol) for model, found in models.items()}
             for run, models in scores.items()}  # fmt: skip
    where = f"AP ({options.protocol}), dataset {dataset.name}"
    print_table(pd.DataFrame.from_dict(means, orient="index").rename_axis("run"), f"mAP in percent, {where}", options.format)
    print_table(seed_table(scores, options.protocol), f"Over {len(scores)} runs, {where}", options.format)


def _easy_medium_hard(workspace: Workspace, dataset, run: str, models) -> None:
    """Print the measures of the setups Easy, Medium and Hard, where the dataset has them."""
    from retrieval_core.datasets.catalog import layout_of
    from retrieval_core.evaluation.easy_medium_hard import revisited_table
    from retrieval_core.stored.results import open_results

    if layout_of(workspace, dataset.name) == "revisited" and any(query.good for query in dataset.queries):
        table = revisited_table({key: open_results(workspace, dataset.name, run, key).rankings() for key in models}, dataset)
        print(f"Easy, Medium and Hard, in percent\n{table.round(2).to_string()}")


def ledger(workspace: Workspace, options, arguments) -> None:
    """Print the ablation ledger of what has been scored; of several runs, over seeds and queries."""
    from retrieval_core.evaluation.average_precision import PROTOCOLS
    from retrieval_core.evaluation.ledger import ALL_STEPS, compared
    from retrieval_core.evaluation.ledger import ledger as steps_of
    from retrieval_core.evaluation.seeds import seeded_ledger
    from retrieval_core.stored.commands import run_command
    from retrieval_core.stored.run_list import find_run

    check_choice("protocol", options.protocol, PROTOCOLS)
    pair = names(options.compare)
    if options.compare is not None and len(pair) != 2:
        raise RetrievalError(f"--compare {options.compare!r} names {len(pair)} models. Name two, as in --compare 1g,2a.")
    runs = chosen_runs(workspace, options)
    dataset, scores = _scores(workspace, options, runs, pair)
    one, steps = len(runs) == 1, (*ALL_STEPS, *([compared(*pair)] if pair else []))
    chosen = {"dataset": dataset, "protocol": options.protocol, "steps": tuple(dict.fromkeys(steps))}
    entries = steps_of(scores[runs[0]], **chosen) if one else seeded_ledger(scores, **chosen)
    if not entries:
        command = run_command(workspace, options.dataset, find_run(workspace, runs[0]))
        raise RetrievalError(f"No two models that follow each other are scored on {options.dataset}. Run: {command}")
    where = f"AP ({options.protocol}), dataset {options.dataset}, run {', '.join(runs)}"
    print(f"{where}: what each step bought, 95 % interval over landmarks{'' if one else ' and seeds'}")
    for entry in entries:
        step = entry.step
        means = f"{entry.map_before:6.2f} → {entry.map_after:6.2f}" if one else ""
        print(f"{step.before} → {step.after}  {step.change:13} {means}  {entry.difference.words}")


def _scores(workspace: Workspace, options, runs: list[str], needed: tuple[str, ...] = ()):
    """The dataset, and by run the scores of the models that are asked for (default: all that have any), and of those needed.

    RetrievalError with the command that makes them where one that is asked for has none, or none has any.
    """
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.no_precision import why_no_precision
    from retrieval_core.stored.commands import run_command
    from retrieval_core.stored.model_states import model_states
    from retrieval_core.stored.results import open_results
    from retrieval_core.stored.run_list import find_run

    dataset = open_dataset(workspace, options.dataset)
    if not any(query.positives for query in dataset.queries):
        raise RetrievalError(why_no_precision(workspace, dataset))
    found = {}
    for run in runs:
        ready = [state.key for state in model_states(workspace, options.dataset, run) if state.map_oxford is not None]
        asked = names(getattr(options, "models", None)) or ready
        if not asked:
            command = run_command(workspace, options.dataset, find_run(workspace, run))
            raise RetrievalError(f"No model of run {run} has scores of {options.dataset}. Run: {command}")
        found[run] = {key: open_results(workspace, options.dataset, run, key).scores for key in dict.fromkeys([*asked, *needed])}
    return dataset, found


def _check(workspace: Workspace, options, arguments, models: dict[str, list[str]]) -> None:
    """Print a line a model; RetrievalError if one differs."""
    lines, differing = [], []

    def steps():
        from retrieval_core.runs.recompute import recompute

        for run, keys in models.items():
            for key in keys:
                found = yield from recompute(workspace, options.dataset, run, key, options.device)
                lines.append(found.words)
                differing.extend([] if found.agrees else [found.words])
                yield Progress(f"check {key}", 1, 1, found.words)
        if differing:
            raise Failed(f"{' '.join(differing)} Make it anew: delete {workspace.folder(options.dataset, run)} and run again.")

    try:
        # A cache that is read-only can be checked too: there is just nowhere to say how far it is.
        if os.access(workspace.root, os.W_OK):
            work(workspace, arguments, steps, place="look")
        else:
            draw(loaded(steps))
    finally:
        print("\n".join(lines))
