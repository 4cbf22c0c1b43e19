"""The command `clusters`: how the landmarks lie in each model's descriptors, and from which similarity on two photographs are one."""

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, print_table, ready_models, work
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace

SHOWN = ("models", "landmarks", "outliers", "pairs")


def register_clusters(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("clusters", clusters, "measure how landmarks cluster under each model, and which similarity parts right from wrong")
    looking_options(command)
    command.add_argument("--show", default="models", help="models: a line each, and what changed from one to the next; landmarks; "
                         "outliers; pairs: thresholds of the similarity (default: models)")  # fmt: skip
    command.add_argument("--k", type=int, default=12, help="neighbours of a photograph that count, 1 to 48 (default: 12)")
    command.add_argument("--threshold", type=float, metavar="SIMILARITY", help="with --show pairs: what this similarity, -1 to 1, "
                         "does, beside the usual thresholds")  # fmt: skip
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def clusters(workspace: Workspace, options, arguments) -> None:
    """Make what is missing and print it."""
    from retrieval_core.evaluation.clusters import check_nearest
    from retrieval_core.evaluation.pair_similarities import check_similarity
    from retrieval_core.search_choices import described_key
    from retrieval_core.stored.named_models import model_preset
    from retrieval_core.stored.results import open_results

    check_choice("format", options.format, FORMATS)
    check_choice("show", options.show, SHOWN)
    check_nearest(options.k)
    if options.threshold is not None:
        if options.show != "pairs":
            raise RetrievalError("--threshold belongs to --show pairs. Add it, or leave the threshold out.")
        check_similarity(options.threshold)
    run = chosen_run(workspace, options)
    models = list(dict.fromkeys(map(described_key, ready_models(workspace, options, run))))
    if not options.models:
        models = [key for key in models if model_preset(workspace, run, key).has_vector]

    work(workspace, arguments, step, "cluster_steps", "find_clusters", workspace, options.dataset, run, models, place="look")
    found = {key: open_results(workspace, options.dataset, run, key) for key in models}
    {"models": _models, "landmarks": _landmarks, "outliers": _outliers, "pairs": _pairs}[options.show](found, options, run)


def _measured(found, options):
    from retrieval_core.stored.clusters import measured

    return {key: measured(results, options.k) for key, results in found.items()}


def _models(found, options, run: str) -> None:
    from retrieval_core.evaluation.cluster_tables import density_table, model_table, never_cluster, steps, worded
    from retrieval_core.stored.clusters import agreements, read_clusters

    measured, text = _measured(found, options), options.format == "text"
    table = model_table(measured)
    about = f"dataset {options.dataset}, run {run}, 95 % interval over landmarks"
    shown = table if options.format == "csv" else worded(table)
    print_table(shown.T.rename_axis("") if text else shown, f"Clusters by the {options.k} nearest, {about}", options.format)
    if text:
        density = density_table({key: agreements(results, read_clusters(results)) for key, results in found.items()})
        print_table(density, "\nHDBSCAN on neighbour lists, which knows no label, beside the landmarks", options.format)
        print("", *(step.words for step in steps(measured)), never_cluster(measured), sep="\n")


def _landmarks(found, options, run: str) -> None:
    import pandas as pd

    from retrieval_core.evaluation.cluster_tables import landmark_table
    from retrieval_core.stored.central import faces

    tables = {key: landmark_table(one, faces(found[key])) for key, one in _measured(found, options).items()}
    if options.format == "text":
        for key, table in tables.items():
            print_table(table, f"Landmarks under {key} by the {options.k} nearest, dataset {options.dataset}, run {run}", "text")
    else:
        print_table(pd.concat(tables, names=["model"]).reset_index("landmark"), "", options.format)


def _outliers(found, options, run: str) -> None:
    import pandas as pd

    from retrieval_core.evaluation.clusters import outliers

    rows = [{"model": key, "photograph": row.image_id, "landmark": row.label, "taken for": row.taken_for,
             "own among its neighbours, %": 100 * row.own}
            for key, one in _measured(found, options).items() for row in outliers(one)]  # fmt: skip
    columns = ["model", "photograph", "landmark", "taken for", "own among its neighbours, %"]
    table = pd.DataFrame(rows, columns=columns).set_index("model")
    print_table(table, f"Photographs among others by the {options.k} nearest, dataset {options.dataset}, run {run}", options.format)


def _pairs(found, options, run: str) -> None:
    from retrieval_core.evaluation.pair_similarities import threshold_table
    from retrieval_core.stored.clusters import read_clusters

    pairs = {key: read_clusters(results).pairs for key, results in found.items()}
    rankings = {key: results.rankings() for key, results in found.items() if results.dataset.queries}
    table = threshold_table(next(iter(found.values())).dataset, pairs, rankings, options.threshold)
    about = f"dataset {options.dataset}, run {run}, all pairs of labelled photographs"
    print_table(table, f"From which similarity on it is the same landmark, {about}", options.format)
