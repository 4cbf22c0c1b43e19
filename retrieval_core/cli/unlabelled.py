"""The command `unlabelled`: labelled told from unlabelled photographs by several methods, each judged by what was hidden."""

import sys

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, named, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace


def register_unlabelled(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("unlabelled", unlabelled, "tell labelled from unlabelled photographs by several methods, and judge each by labelled "
                  "ones that are hidden among the unlabelled")  # fmt: skip
    looking_options(command)
    command.add_argument("--methods", help="methods, separated by commas (default: all: other, svm, elkan-noto, nnpu, spies, "
                         "self-training, label-spreading, co-training)")  # fmt: skip
    command.add_argument("--share", type=float, default=0.2, help="share of the labelled that are hidden, 0.05 to 0.5 (default: 0.2)")
    command.add_argument("--draws", type=int, default=10, help="how often they are drawn, 2 to 100 (default: 10)")
    command.add_argument("--seed", type=int, default=0, help="seed of the draws (default: 0)")
    command.add_argument("--prior", type=float, default=0.1, help="share of the unlabelled that are believed to be positives, which "
                         "nnPU must be given (default: 0.1)")  # fmt: skip
    command.add_argument("--second", default="", help="the other model that is a view of co-training (default: the last other one)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def unlabelled(workspace: Workspace, options, arguments) -> None:
    """Judge what is missing and print a table."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.feedback.unlabelled.choice import NEEDS_SECOND, make_choice, second_model, with_priors
    from retrieval_core.feedback.unlabelled.judging import in_words
    from retrieval_core.feedback.unlabelled.methods import METHODS
    from retrieval_core.feedback.unlabelled.table import precision_in_words, unlabelled_table
    from retrieval_core.stored.model_states import model_states
    from retrieval_core.stored.results import open_results
    from retrieval_core.stored.unlabelled import found_apart, truth_is_known

    check_choice("format", options.format, FORMATS)
    asked = named(options.methods, "--methods", "method", "svm")
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    models = ready_models(workspace, options, run)
    others = [state.key for state in model_states(workspace, options.dataset, run) if state.explorable]
    choices, left_out = {}, []
    for key in models:
        second, methods = second_model(key, others, options.second), asked or tuple(METHODS)
        if not second and not asked:
            methods = tuple(name for name in methods if name != NEEDS_SECOND)
            left_out.append(f"co-training of {key}, since no other model has described {options.dataset}")
        made = [make_choice(name, options.share, options.draws, options.seed, options.prior, second) for name in methods]
        choices[key] = with_priors(made)

    work(workspace, arguments, step, "unlabelled_steps", "tell_apart", workspace, options.dataset, run, choices, place="look")
    if left_out:
        print(f"Left out: {'; '.join(left_out)}.", file=sys.stderr)
    found = [
        one for key, several in choices.items() for one in found_apart([open_results(workspace, options.dataset, run, key)], several)
    ]
    about = f"in percent, {options.share:.0%} of the labelled hidden, {options.draws} draws, dataset {options.dataset}, run {run}"
    print_table(unlabelled_table(found), f"Labelled against unlabelled: {about}", options.format)
    if options.format == "text":
        from retrieval_core.runs.unlabelled_steps import draw_of

        sample, first = draw_of(dataset, options.seed), found[0]
        print(f"{in_words(len(sample.labelled), len(sample.unlabelled), len(dataset.images))}.")
        print(precision_in_words(truth_is_known(dataset), first.hidden, first.counted, int((~sample.counted).sum())))
        tests = [(f"{one.model}, {one.choice.title}, called positive", one.called) for one in found]
        tests += [(f"{key}, junk of the ground truth", one.junk) for key, one in {one.model: one for one in found}.items()]
        for what, test in tests:
            if test.p is not None:
                print(f"{what}: {test.words}.")
        if few := [f"{what}: {test.others}" for what, test in tests if test.p is None]:
            print(f"Too few for a test whether labels are at random: {'; '.join(few)}.")
