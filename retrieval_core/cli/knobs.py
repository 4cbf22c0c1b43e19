"""The command `knobs`: turn one knob of all models, and print what they find and cost at each of its values."""

from retrieval_core.cli.options import FORMATS, chosen_run, names, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.presets import split_key
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def register_knobs(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("knobs", knobs, "turn a knob of all models, as p of GeM or the bits of a descriptor: mAP and cost at each value")
    command.add_argument("--knob", required=True, help="p, dimension, bits, power (of whitening), size, scales or crop")
    command.add_argument("--dataset", default="town", help="dataset (default: town)")
    command.add_argument("--run", metavar="NAME", help="the run of the models (default: quick, else the first that there is)")
    command.add_argument("--models", help="models, separated by commas (default: all that are ready and have no search-time choice)")
    command.add_argument("--device", default="auto", help="auto, cuda, mps or cpu (default: auto)")
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def knobs(workspace: Workspace, options, arguments) -> None:
    """Make what is missing and print one table; without queries there is no mAP in it, which is said."""
    import sys

    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.no_precision import why_no_precision
    from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
    from retrieval_core.evaluation.knobs import KNOBS, TIME_MORE, knob_table, time_column
    from retrieval_core.evaluation.tables import MEAN
    from retrieval_core.stored.knobs import found_curves, turnable

    check_choice("knob", options.knob, KNOBS)
    check_choice("format", options.format, FORMATS)
    check_choice("protocol", options.protocol, PROTOCOLS)
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    models = [key for key in ready_models(workspace, options, run) if not split_key(key)[1] or key in names(options.models)]

    work(workspace, arguments, step, "knob_plan", "turn", workspace, options.dataset, run, models, options.knob, options.device)
    found, fixed = turnable(workspace, run, models, options.knob)
    curves = found_curves(workspace, options.dataset, run, found, options.knob)
    table = knob_table(curves, options.knob, dataset, options.protocol).drop(columns="value").set_index("model")
    about = f"mean {PROTOCOL_TITLES[options.protocol]} in percent with its 95 % interval over landmarks"
    print_table(table, f"{KNOBS[options.knob].title}, {about}, dataset {options.dataset}, run {run}", options.format,
                finer=dict.fromkeys((time_column(options.knob), TIME_MORE), 4))  # fmt: skip
    for why in fixed:
        print(f"Left out: {why}.", file=sys.stderr)
    if options.format == "text" and table[MEAN].isna().all():
        print(why_no_precision(workspace, dataset))
