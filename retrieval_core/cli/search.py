"""The command `search`: the photographs most similar to a query, a photograph of a dataset, or a picture of one's own."""

from contextlib import closing
from pathlib import Path

from retrieval_core.cli.engines import ENGINE_HELP
from retrieval_core.cli.options import chosen_run, looking_options, ready_models
from retrieval_core.datasets.names import composed
from retrieval_core.errors import RetrievalError, printable
from retrieval_core.workspace import Workspace

SIGNS = {"good": "✓", "ok": "~", "junk": "∅", "wrong": "✗", None: " "}


def register_search(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("search", search, "rank a dataset for a query, one of its photographs, or a picture of yours")
    command.add_argument("what", help="the id of a query or of a photograph, or a picture file")
    looking_options(command)
    command.add_argument("--box", metavar="X1,Y1,X2,Y2", help="search for what is in this box, in pixels of the picture")
    command.add_argument("--change", default="", metavar="NAME=STRENGTH,…", help="search for the picture after changes, as in "
                         "rotation=30,blur=1; see the command robustness")  # fmt: skip
    command.add_argument("--k", type=int, default=12, help="how many photographs are printed (default: 12)")
    command.add_argument("--engine", default="exact", help=f"{ENGINE_HELP} (default: exact); see engines build")
    command.add_argument("--landmark", default="", help="find only photographs of this landmark")
    command.add_argument("--unlabelled", action="store_true", help="find only photographs of no landmark")
    command.add_argument("--bin", default="", help="find only photographs of this bin")


def search(workspace: Workspace, options, arguments) -> None:
    """Print the head of the ranking under every chosen model, with what the ground truth says of each photograph."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.images import read_box
    from retrieval_core.descriptors.changed_picture import change_picture
    from retrieval_core.descriptors.changes import STRENGTHS, in_words
    from retrieval_core.evaluation.precision_recall import ap_steps, verdict
    from retrieval_core.parameters import read_parameters
    from retrieval_core.progress import finished
    from retrieval_core.runs.describer import open_describer, stored_descriptor
    from retrieval_core.stored.engines import open_index
    from retrieval_core.stored.ranking import asked_picture, box_picture
    from retrieval_core.stored.results import open_results
    from retrieval_core.stored.searched import engine_words, filter_words, filtered, find_first, first_ranking

    if options.k < 1:
        raise RetrievalError(f"--k is {options.k}. Ask for one photograph or more.")
    filters = {"landmark": options.landmark, "unlabelled": options.unlabelled, "bin": options.bin}
    strengths = STRENGTHS.fill_in(read_parameters(options.change))
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    models = ready_models(workspace, options, run)
    asked = composed(options.what)
    query = next((one for one in dataset.queries if one.id == asked), None)
    picture = box = altered = None
    if said := in_words(strengths):
        picture = find_picture(dataset, query.image_id if query else options.what)
        box = read_box(options.box, picture.size) if options.box else query.box if query else None
        altered = change_picture(picture, box, strengths, _seed(dataset, options.what))
    for model in models:
        results = open_results(workspace, options.dataset, run, model)
        database, _ = results.descriptors
        descriptor = None
        if altered:
            descriptor = open_describer(results).describe_changed(altered)
        elif not options.box:
            descriptor = stored_descriptor(results, asked, query.id if query else None)
        if descriptor is None:
            picture = picture or find_picture(dataset, query.image_id if query else options.what)
            box = read_box(options.box, picture.size) if options.box else None
            descriptor = open_describer(results).describe(picture, box)
        if picture is not None:
            seen = asked_picture(altered.picture, None) if altered else asked_picture(picture, box)
        else:
            seen = box_picture(dataset, dataset.image(query.image_id if query else asked), query.box if query else None)
        own = [query.id] if query and not options.box and not altered else []
        within = filtered(workspace, dataset, database.ids, **filters)
        with closing(open_index(results, options.engine)) as index:
            # AP is of the whole ranking, and only of an exact one.
            judged = query is not None and query.positives and index.exact and within is None
            count = len(database.ids) if judged else options.k
            positions, scores = finished(find_first(results, index, descriptor, count, within, [seen], own))
        ranking = first_ranking(options.what, database.ids, positions[0], scores[0])
        curve = ap_steps(ranking.ids, query) if judged else None
        words = f": AP (Oxford) {100 * curve.ap('oxford'):.2f}, AP (finite sum) {100 * curve.ap('finite_sum'):.2f}" if curve else ""
        kept = f", only {filter_words(**filters)}" if within is not None else ""
        by = f", by {found_by}" if (found_by := engine_words(results, options.engine)) else ""
        print(f"{printable(options.what)}{said and f' after {said}'} in {options.dataset} under {model}, run {run}{by}{kept}{words}")
        for place, image_id in enumerate(ranking.ids[: options.k], 1):
            sign = SIGNS[verdict(query, image_id) if query else None]
            label = dataset.image(image_id).label
            print(f"{place:5} {sign} {ranking.scores[place - 1]:7.4f}  {image_id}  {'unlabelled' if label is None else f'({label})'}")


def _seed(dataset, name: str) -> str:
    """What the changes of a picture are drawn from: the id of a query or photograph, the beginning of the hash of a file."""
    from retrieval_core.workspace import file_hash

    asked = composed(name)
    if any(one.id == asked for one in (*dataset.queries, *dataset.images)):
        return asked
    return file_hash(Path(name))[:12]


def find_picture(dataset, name: str):
    """The photograph of a dataset with this id, or else the picture in the file of this name; RetrievalError if there is neither."""
    from retrieval_core.datasets.images import read_image

    image = next((one for one in dataset.images if one.id == composed(name)), None)
    if image and not image.path:
        raise RetrievalError(f"{dataset.name} has descriptors and no photographs: there are no pixels of {name!r}. Leave --box out, or "
                             "add the photographs.")  # fmt: skip
    if image:
        return read_image(image.path)
    if Path(name).is_file():
        return read_image(name)
    known = ", ".join([*(one.id for one in dataset.queries[:3]), *(one.id for one in dataset.images[:3])])
    raise RetrievalError(f"{name!r} is neither a query nor a photograph of {dataset.name}, nor a file. It has {known}, …")
