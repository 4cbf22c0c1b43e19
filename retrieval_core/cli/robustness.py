"""The command `robustness`: what models find when the queries are changed, strength by strength, and what each loses."""

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, named, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def register_robustness(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add(
        "robustness", robustness, "change the queries (rotation, blur, …), and print what models find of them at each strength"
    )
    looking_options(command)
    command.add_argument("--changes", help="changes, separated by commas (default: all: perspective, rotation, scale, crop, occlusion, "
                         "blur, brightness, noise, jpeg)")  # fmt: skip
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def robustness(workspace: Workspace, options, arguments) -> None:
    """Describe what is missing and print a table for each change."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.descriptors.changes import CHANGES
    from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
    from retrieval_core.evaluation.robustness import bears_best, robustness_table
    from retrieval_core.stored.results import open_results
    from retrieval_core.stored.robustness import read_robustness

    check_choice("format", options.format, FORMATS)
    check_choice("protocol", options.protocol, PROTOCOLS)
    chosen = named(options.changes, "--changes", "change", "rotation") or tuple(CHANGES)
    for change in chosen:
        check_choice("change", change, CHANGES)
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    models = ready_models(workspace, options, run)

    work(workspace, arguments, step, "robustness_steps", "break_queries", workspace, options.dataset, run, models,
         chosen, options.device)  # fmt: skip
    results = {key: open_results(workspace, options.dataset, run, key) for key in models}
    for name in chosen:
        found = {key: read_robustness(one, name) for key, one in results.items()}
        table = robustness_table(found, dataset, options.protocol)
        about = f"mean {PROTOCOL_TITLES[options.protocol]} in percent, dataset {options.dataset}, run {run}"
        print_table(table, f"{CHANGES[name].title} ({CHANGES[name].words}), {about}", options.format)
        if options.format == "text":
            print(bears_best(table))
