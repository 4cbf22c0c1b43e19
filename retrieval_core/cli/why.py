"""The command `why`: how the positions of two pictures make their similarity, in figures and as heat over both."""

from pathlib import Path

from retrieval_core.cli.options import chosen_run, looking_options, ready_models
from retrieval_core.cli.search import find_picture
from retrieval_core.datasets.names import composed
from retrieval_core.errors import RetrievalError, printable
from retrieval_core.workspace import Workspace


def register_why(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("why", why, "split the similarity of two pictures over their positions")
    command.add_argument("first", help="the id of a query or of a photograph, or a picture file")
    command.add_argument("second", help="likewise")
    looking_options(command)
    command.add_argument("--box", metavar="X1,Y1,X2,Y2", help="take of the first what is in this box, in pixels of the picture")
    command.add_argument("--out", metavar="FILE.png", help="write both pictures with their heat to this file, a row a model")


def why(workspace: Workspace, options, arguments) -> None:
    """Print a similarity and its terms under every chosen model; say of a model without an exact split that it has none."""
    from retrieval_core.datasets.catalog import open_dataset
    from retrieval_core.datasets.images import crop_box, read_box
    from retrieval_core.descriptors.heat import row_of_heat, stacked
    from retrieval_core.descriptors.match_maps import match
    from retrieval_core.runs.describer import open_describer
    from retrieval_core.stored.results import open_results

    if options.out and Path(options.out).suffix.lower() != ".png":
        raise RetrievalError(f"--out is {options.out!r}. Give a file whose name ends in .png.")
    dataset, run = open_dataset(workspace, options.dataset), chosen_run(workspace, options)
    names = (options.first, options.second)
    pictures, boxes = zip(*(_picture_and_box(dataset, name) for name in names), strict=True)
    if options.box:
        boxes = (read_box(options.box, pictures[0].size), boxes[1])
    rows = []
    for model in ready_models(workspace, options, run):
        describer = open_describer(open_results(workspace, options.dataset, run, model))
        try:
            first, second = (describer.split(picture, box) for picture, box in zip(pictures, boxes, strict=True))
        except RetrievalError as error:
            print(f"{model}: {error}")
            continue
        found = match(first, second)
        print(f"{' and '.join(map(printable, names))} in {options.dataset} under {model}, run {run}: similarity {found.similarity:.4f}")
        sides = (found.first, found.second)
        for name, side in zip(names, sides, strict=True):
            print(f"  {printable(name)}: {side.in_words}")
        words = [f"{printable(name)}: {side.grid.sum():.4f} of {found.similarity:.4f} under {model}"
                 for name, side in zip(names, sides, strict=True)]  # fmt: skip
        cut = [crop_box(picture, box) for picture, box in zip(pictures, boxes, strict=True)]
        rows.append(row_of_heat(cut, sides, words))
    if not rows:
        raise RetrievalError("None of these models has an exact split. Take one that GeM pools, such as 1c or 1d, with --models.")
    if options.out:
        try:
            stacked(rows).save(options.out)
        except OSError as error:
            raise RetrievalError(f"{options.out} can't be written ({error.strerror or error}). Give another file.") from error


def _picture_and_box(dataset, name: str):
    query = next((one for one in dataset.queries if one.id == composed(name)), None)
    return (find_picture(dataset, query.image_id), query.box) if query else (find_picture(dataset, name), None)
