"""The command `costs`: what describing a photograph costs each model, measured where it was not, beside the model's mAP."""

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def register_costs(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("costs", costs, "measure what describing a photograph costs each model, and print it beside the mAP")
    looking_options(command)
    command.add_argument("--again", action="store_true", help="measure anew what was measured on this machine already")
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--protocol", default="oxford", help="of the mAP: oxford or finite_sum (default: oxford)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def costs(workspace: Workspace, options, arguments) -> None:
    """Measure what is missing and print the table; without queries there is no mAP in it, which is said."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.no_precision import why_no_precision
    from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
    from retrieval_core.evaluation.costs import cost_table
    from retrieval_core.evaluation.tables import MEAN
    from retrieval_core.stored.costs import read_cost
    from retrieval_core.stored.results import open_results

    check_choice("format", options.format, FORMATS)
    check_choice("protocol", options.protocol, PROTOCOLS)
    run = chosen_run(workspace, options)
    models = ready_models(workspace, options, run)

    work(workspace, arguments, step, "cost_steps", "measure_costs", workspace, options.dataset, run, models,
         options.device, options.again)  # fmt: skip
    found = {key: open_results(workspace, options.dataset, run, key) for key in models}
    means = {key: results.score_file[f"map_{options.protocol}"] for key, results in found.items() if results.scored}
    table = cost_table({key: read_cost(results) for key, results in found.items()}, means)
    about = f"{PROTOCOL_TITLES[options.protocol]} in percent, dataset {options.dataset}, run {run}"
    print_table(table, f"What describing a photograph costs, and mean {about}", options.format)
    if options.format == "text" and table[MEAN].isna().all():
        print(why_no_precision(workspace, open_dataset(workspace, options.dataset)))
