"""The commands that take something in or hand it out: `data add`, `data export`, `models export`, `models import`."""

from retrieval_core.cli.options import names
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.paths import absolute
from retrieval_core.presets import PRESETS, Preset
from retrieval_core.workspace import Workspace


def register_data(data, command) -> None:
    """Add `data add` and `data export` to the actions of `data`; `command(actions, name, function, text)` makes a parser."""
    add = command(data, "add", data_add, "register photographs or descriptors of your own under a name")
    add.add_argument("name", help="the name that it gets here")
    add.add_argument(
        "path", help="a folder of photographs, in the Oxford layout, flat or in class folders; or a .csv, .npy or .npz file"
    )
    add.add_argument("--layout", help="oxford, revisited, flat, classes, csv or npy (default: found out); "
                     "holidays, lists, gldv2, sfm")  # fmt: skip
    add.add_argument("--distractors", metavar="FOLDER", help="photographs that are added without labels, however deep in it")
    add.add_argument(
        "--ground-truth", metavar="FOLDER", help="LANDMARK_N_{query,good,ok,junk}.txt, if not in lab/ beside the photographs"
    )
    add.add_argument("--training", action="store_true", help="a set of landmarks to train on (run --train-on NAME), not to explore")
    add.add_argument("--model", help="descriptors: the model that they stand for, as 1e")
    add.add_argument("--ids", help="descriptors: a text file with one id a line, or the folder of the photographs, if the rows are "
                     "in the order of their names (default: ids.txt beside the file)")  # fmt: skip
    add.add_argument("--queries", metavar="FILE", help="descriptors: those of the queries, in the order of the names of the "
                     "files *_query.txt")  # fmt: skip
    export = command(data, "export", data_export, "write a dataset into a folder, to be added elsewhere")
    export.add_argument("name", help="the dataset")
    export.add_argument("folder", help="the folder, which must be empty or new")
    export.add_argument("--layout", required=True, help="oxford, classes, csv, or npy (descriptors, no photographs)")
    export.add_argument("--model", help="npy: the model whose descriptors are written")
    export.add_argument("--run", metavar="NAME", help="npy: the run of that model (default: quick, or else the first that there is)")


def register_models(models, command) -> None:
    """Add `models export` and `models import` to the actions of `models`."""
    export = command(models, "export", models_export, "write trained models into a folder, to hand them out")
    export.add_argument("folder", help="the folder, which must be empty or new")
    export.add_argument("--models", help="models, separated by commas (default: all that are trained)")
    export.add_argument("--run", metavar="NAME", help="the run whose models they are (default: quick, or else the first that there is)")
    take = command(models, "import", models_import, "take the models of such a folder: nothing is trained then")
    take.add_argument("folder", help="the folder")
    take.add_argument("--run", metavar="NAME", help="the name that their run gets here (default: the one that it had)")


def models_export(workspace: Workspace, options, arguments) -> None:
    """Write trained models into a folder."""
    from retrieval_core.runs.model_folder import export_models
    from retrieval_core.stored.prune import folder_size
    from retrieval_core.stored.run import TRAINING_SET
    from retrieval_core.stored.run_list import default_run, get_run

    run = get_run(workspace, options.run or default_run(workspace, TRAINING_SET))

    folder = absolute(options.folder)
    keys = export_models(workspace, run, folder, names(options.models))
    print(f"Models {', '.join(keys)} of run {run.name} are in {folder} ({folder_size(folder) / 1e6:.0f} MB)")


def models_import(workspace: Workspace, options, arguments) -> None:
    """Take the models of a folder."""
    from retrieval_core.runs.model_folder import import_models

    run, keys = import_models(workspace, absolute(options.folder), options.run)
    print(f"Models {', '.join(keys)} are here. Next: python -m retrieval_core run --dataset NAME --run {run.name} "
          f"--models {','.join(keys)}")  # fmt: skip


def data_add(workspace: Workspace, options, arguments) -> None:
    """Register what a person has."""
    from retrieval_core.datasets.catalog import add_dataset, list_datasets
    from retrieval_core.datasets.left_out import said
    from retrieval_core.datasets.no_precision import why_no_precision
    from retrieval_core.runs.added import never_trained_on
    from retrieval_core.stored.bins import CARRIED, carry_over

    if options.model is not None:
        check_choice("model", options.model, PRESETS)
    dataset = add_dataset(
        workspace, options.name, options.path, options.layout, ground_truth=options.ground_truth, model=options.model,
        ids=options.ids, queries=options.queries, distractors=options.distractors, training=options.training,
        check=None if options.training else never_trained_on(workspace),
    )  # fmt: skip
    training = any(entry.name == dataset.name and not entry.retrieval for entry in list_datasets(workspace))
    print(f"{dataset.name}: {len(dataset.images):,} photographs, {len(dataset.labels)} landmarks, {len(dataset.queries)} queries. "
          f"Next: python -m retrieval_core run --{'train-on' if training else 'dataset'} {dataset.name}")  # fmt: skip
    for line in said(dataset):
        print(line)
    if carried := carry_over(workspace, dataset.name):
        print(CARRIED.format(", ".join(carried)))
    if not dataset.queries and not training:
        print(why_no_precision(workspace, dataset))


def data_export(workspace: Workspace, options, arguments) -> None:
    """Write a dataset, or a model's descriptors of it, into a folder."""
    from retrieval_core.datasets.catalog import DESCRIPTOR_LAYOUT, open_dataset
    from retrieval_core.datasets.export import EXPORTS, export_dataset, export_descriptors
    from retrieval_core.stored.results import open_results
    from retrieval_core.stored.run_list import default_run

    check_choice("layout", options.layout, (*EXPORTS, DESCRIPTOR_LAYOUT))
    dataset, folder = open_dataset(workspace, options.name), absolute(options.folder)
    if options.layout != DESCRIPTOR_LAYOUT:
        export_dataset(dataset, folder, options.layout)
    elif options.model is None:
        raise RetrievalError("Say with --model KEY whose descriptors are to be written.")
    else:
        results = open_results(workspace, options.name, options.run or default_run(workspace, options.name), options.model)
        _check_vectors(results.preset)
        database, queries = results.descriptors
        export_descriptors(dataset, folder, database.matrix, queries.matrix)
    print(f"{dataset.name} is in {folder}")


def _check_vectors(preset: Preset) -> None:
    """Raise a RetrievalError for a model that has no descriptors of its own, or none that are vectors."""
    if preset.after:
        raise RetrievalError(f"{preset.key} changes rankings, and no descriptor: its descriptors are those of {preset.describing.key}. "
                             f"Take --model {preset.describing.key}.")  # fmt: skip
    if not preset.has_vector:
        raise RetrievalError(f"{preset.key} makes sets of visual words, and npy holds vectors. Take another model.")
