"""The command `feedback`: what a user gains who marks the answers of all queries, simulated by the ground truth."""

import sys

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, named, print_table, ready_models, work
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def register_feedback(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("feedback", feedback, "print what users gain who mark which answers are right, round by round")
    looking_options(command)
    command.add_argument("--simulate", action="store_true", help="let the ground truth mark the answers of all queries, as far as that "
                         "was not done before")  # fmt: skip
    command.add_argument("--methods", help="rocchio, logistic, svm, spreading, cotraining, ssaira, ssaira2; several separated by "
                         "commas (default: all that there are models for)")  # fmt: skip
    command.add_argument("--beside", default="", metavar="MODEL", help="the second model of the methods that learn from two: "
                         "cotraining, ssaira2")  # fmt: skip
    command.add_argument("--marks", type=int, help="photographs that are marked a round (default: 12)")
    command.add_argument("--rounds", type=int, help="rounds (default: 5)")
    command.add_argument("--protocol", default="oxford", help="oxford or finite_sum (default: oxford)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def feedback(workspace: Workspace, options, arguments) -> None:
    """Simulate what is missing, if that is asked for, and print one table."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.evaluation.average_precision import PROTOCOL_TITLES, PROTOCOLS
    from retrieval_core.feedback.methods import METHODS
    from retrieval_core.feedback.simulations import MARKS, ROUNDS, gain_table, offered
    from retrieval_core.search_choices import described_key
    from retrieval_core.stored.feedback import read_simulations
    from retrieval_core.stored.results import open_results

    check_choice("format", options.format, FORMATS)
    check_choice("protocol", options.protocol, PROTOCOLS)
    methods = named(options.methods, "--methods", "method", "rocchio")
    for name in methods:
        check_choice("method of feedback", name, METHODS)
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    marks, rounds = (default if given is None else given for given, default in ((options.marks, MARKS), (options.rounds, ROUNDS)))
    models = tuple(dict.fromkeys(map(described_key, ready_models(workspace, options, run))))
    beside = described_key(options.beside) if options.beside else ""

    if options.simulate:
        work(workspace, arguments, step, "feedback_steps", "simulate_feedback", workspace, options.dataset, run,
             models, methods, beside, marks, rounds, place="look")  # fmt: skip
    found = {key: read_simulations(open_results(workspace, options.dataset, run, key), methods or METHODS, beside, marks, rounds)
             for key in models}  # fmt: skip
    if not any(found.values()):
        raise RetrievalError(f"Nothing of that was simulated on {options.dataset} yet. The same command with --simulate does it.")
    title = (f"{marks} photographs marked a round, mean {PROTOCOL_TITLES[options.protocol]} in percent of what is not marked, "
             f"dataset {options.dataset}, run {run}")  # fmt: skip
    print_table(gain_table(found, dataset, options.protocol), title, options.format)
    for key, simulations in found.items():
        if simulations and options.format == "text":
            first = offered(simulations, dataset, options.protocol)
            print(f"{key}: {METHODS[first].title} is offered first." if first else
                  f"{key}: no method is safely better than no feedback after the first round.")  # fmt: skip
        if not simulations:
            print(f"Left out: nothing of that was simulated under {key}; --simulate does it.", file=sys.stderr)
