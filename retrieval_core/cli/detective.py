"""The command `detective`: unlabelled photographs that several models place among a landmark, decisions on them, and their export."""

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, names, print_table, ready_models
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.paths import absolute
from retrieval_core.workspace import Workspace


def register_detective(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("detective", detective, "print unlabelled photographs that several models place among a landmark: likely gaps in the "
                  "ground truth")  # fmt: skip
    looking_options(command)
    command.add_argument("--k", type=int, default=5, help="a model votes where more than half of the K nearest labelled photographs "
                         "show one landmark, and the nearest is as near as is typical there (default: 5)")  # fmt: skip
    command.add_argument("--votes", type=int, help="how many models must agree (default: more than half of them)")
    command.add_argument("--hide", type=float, metavar="SHARE", help="print how often it is right instead: hide this share of the "
                         "labelled photographs among the unlabelled, and see which it finds")  # fmt: skip
    command.add_argument("--draws", type=int, default=5, help="with --hide: how often they are drawn (default: 5)")
    command.add_argument("--seed", type=int, default=0, help="with --hide: seed of the draws (default: 0)")
    command.add_argument("--accept", nargs="+", metavar="ID", default=[], help="keep the decision that these show the landmark")
    command.add_argument("--reject", nargs="+", metavar="ID", default=[], help="keep the decision that these do not")
    command.add_argument("--undo", nargs="+", metavar="ID", default=[], help="take the decision on these back")
    command.add_argument("--export", metavar="FOLDER", help="write the dataset with the accepted ones labelled, and on the ok lists of "
                         "the landmark's queries, into an empty or new folder")  # fmt: skip
    command.add_argument("--layout", default="oxford", help="with --export: oxford, classes or csv (default: oxford)")
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def detective(workspace: Workspace, options, arguments) -> None:
    """Print the suspects, or how often they are right; keep decisions; write the ground truth that they give."""
    from retrieval_core.evaluation.detective import check_k, check_votes, jury, usual_votes
    from retrieval_core.stored.results import open_results

    check_choice("format", options.format, FORMATS)
    check_k(options.k)
    run = chosen_run(workspace, options)
    models = ready_models(workspace, options, run)
    if not names(options.models):
        models = tuple(jury(models))
    votes = check_votes(usual_votes(len(models)) if options.votes is None else options.votes, len(models))
    results = [open_results(workspace, options.dataset, run, key) for key in models]
    about = f"dataset {options.dataset}, run {run}, models {', '.join(models)}, k {options.k}"
    if options.hide is not None:
        _print_judged(results, options, about)
        return
    _print_suspects(workspace, results, options, votes, about)
    if options.export:
        _export(workspace, results[0].dataset, options)


def _print_suspects(workspace: Workspace, results, options, votes: int, about: str) -> None:
    """The suspects, once what is asked of single ones is kept."""
    from retrieval_core.evaluation.detective import suspects_table
    from retrieval_core.stored.detective import ACCEPTED, REJECTED, decide, decisions, find_suspects
    from retrieval_core.stored.unlabelled import truth_is_known

    found, dataset = find_suspects(results, options.k, votes), results[0].dataset
    landmarks = {one.image_id: one.landmark for one in found}
    known = decisions(workspace, dataset.name)
    for ids, decision in ((options.accept, ACCEPTED), (options.reject, REJECTED), (options.undo, None)):
        for image_id in ids:
            if image_id not in (landmarks if decision else known):
                what = f"a suspect with {votes} votes or more" if decision else "decided"
                raise RetrievalError(f"{image_id!r} of {dataset.name!r} is not {what}. Run the command without it, and choose from "
                                     "what it prints.")  # fmt: skip
            decide(workspace, dataset.name, image_id, landmarks.get(image_id, ""), decision)
    words = {ACCEPTED: "accepted", REJECTED: "rejected"}
    decided = {image_id: words[name] for image_id, (name, _) in decisions(workspace, dataset.name).items()}
    if not found and options.format == "text":
        more = "Ask for fewer with --votes." if votes > 1 else "Ask others with --models, or another --k."
        print(f"No unlabelled photograph has {votes} {'vote' if votes == 1 else 'votes'} for one landmark; {about}. {more}")
        return
    print_table(suspects_table(found, decided), f"{len(found):,} suspects with {votes} votes or more, {about}", options.format)
    if options.format == "text" and truth_is_known(dataset):
        print(f"How often they are right: {workspace.command('detective', '--dataset', dataset.name, '--hide', '0.2')}")


def _print_judged(results, options, about: str) -> None:
    """How often it is right, with labelled photographs hidden; on rendered ones also as they are."""
    from retrieval_core.evaluation.detective_judged import judged
    from retrieval_core.stored.detective import trial
    from retrieval_core.stored.unlabelled import truth_is_known

    if options.draws < 1:
        raise RetrievalError(f"--draws is {options.draws}. Give 1 or more.")
    dataset, known = results[0].dataset, truth_is_known(results[0].dataset)
    draws = [trial(results, options.k, options.hide, options.seed + number) for number in range(options.draws)]
    told = "" if known else ", at least: what is no hidden photograph counts as wrong, and may be a gap"
    shares = f"{options.hide:.0%} of the labelled hidden, {options.draws} draws{told}"
    title = f"Right in percent by the least number of votes, {shares}; {about}"
    print_table(judged(dataset, draws, len(results)), title, options.format)
    if known and options.format == "text":
        as_it_is = judged(dataset, [trial(results, options.k)], len(results))
        print_table(as_it_is, "With nothing hidden: the rendered ground truth has no gaps but the junk", "text")


def _export(workspace: Workspace, dataset, options) -> None:
    """The dataset with the accepted photographs labelled."""
    from retrieval_core.datasets.export import EXPORTS, export_dataset
    from retrieval_core.datasets.more_labels import with_labels
    from retrieval_core.stored.detective import accepted

    check_choice("layout", options.layout, EXPORTS)
    found, folder = accepted(workspace, dataset), absolute(options.export)
    if not found:
        raise RetrievalError(f"No photograph of {dataset.name!r} is accepted. Accept some with --accept ID, or on the page Unlabelled.")
    export_dataset(with_labels(dataset, found), folder, options.layout)
    print(f"{dataset.name} with {len(found):,} accepted photographs is in {folder}")
