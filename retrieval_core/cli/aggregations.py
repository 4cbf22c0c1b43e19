"""The command `aggregations`: describe a dataset by every aggregation of a model's map, and print what each finds."""

from retrieval_core.cli.options import FORMATS, chosen_run, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def register_aggregations(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("aggregations", aggregations, "describe a dataset by every aggregation of a model's map, and print what each finds")
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--run", metavar="NAME", help="the run of the model (default: quick, else the first that there is)")
    command.add_argument("--models", required=True, help="models whose maps are aggregated, separated by commas, as 1d or 1d-224px-ms")
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def aggregations(workspace: Workspace, options, arguments) -> None:
    """Make what is missing and print a table for each model; without queries there is no mAP in it, which is said."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.no_precision import why_no_precision
    from retrieval_core.evaluation.aggregations import aggregation_table
    from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
    from retrieval_core.evaluation.tables import MEAN
    from retrieval_core.stored.aggregations import found_aggregations

    check_choice("format", options.format, FORMATS)
    check_choice("protocol", options.protocol, PROTOCOLS)
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    models = ready_models(workspace, options, run)

    def aggregate_each():
        for model in models:
            yield from step("plan", "aggregate", workspace, options.dataset, run, model, options.device)

    work(workspace, arguments, aggregate_each)
    for model in models:
        table = aggregation_table(found_aggregations(workspace, options.dataset, run, model), dataset, options.protocol)
        about = f"mean {PROTOCOL_TITLES[options.protocol]} in percent with its 95 % interval over landmarks"
        print_table(table, f"Aggregations of {model}, {about}, dataset {options.dataset}, run {run}", options.format)
        if options.format == "text" and table[MEAN].isna().all():
            print(why_no_precision(workspace, dataset))
