"""The command `misread`: strips of small maps on which t-SNE is easily misread, with what is true beside them."""

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.workspace import Workspace


def register_misread(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("misread", misread, "make the small maps on which t-SNE is misread, and print what is true beside what they show")
    looking_options(command)
    command.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def misread(workspace: Workspace, options, arguments) -> None:
    """Make what is missing and print it."""
    from retrieval_core.search_choices import described_key
    from retrieval_core.stored.named_models import model_preset
    from retrieval_core.stored.results import open_results

    check_choice("format", options.format, FORMATS)
    run = chosen_run(workspace, options)
    models = list(dict.fromkeys(map(described_key, ready_models(workspace, options, run))))
    if not options.models:
        models = [key for key in models if model_preset(workspace, run, key).has_vector]

    def make():
        from retrieval_core.runs.misread_steps import make_misread

        yield from make_misread(workspace, options.dataset, run, models)

    work(workspace, arguments, make, place="look")
    found = {key: open_results(workspace, options.dataset, run, key) for key in models}
    (_text if options.format == "text" else _table)(found, options, run)


def _text(found, options, run: str) -> None:
    from retrieval_core.projection.misreading.strips import STANDING, STRIPS, strip_table
    from retrieval_core.stored.misread import read_misread

    for key, results in found.items():
        made = read_misread(results)
        drawn = f"{made.count:,} drawn of {made.of:,}" if made.count < made.of else f"{made.of:,}"
        print(f"Model {key}, dataset {options.dataset}, run {run}, {drawn} photographs ({made.subset}). {STANDING}")
        for name, strip in made.strips.items():
            print(f"\n{STRIPS[name].title}. {strip.missing or STRIPS[name].says(strip)}")
            if strip.panels:
                print_table(strip_table(strip), STRIPS[name].tempts, "text")


def _table(found, options, run: str) -> None:
    import pandas as pd

    from retrieval_core.projection.misreading.strips import strip_table
    from retrieval_core.stored.misread import read_misread

    tables = {(key, name): strip_table(strip) for key, results in found.items()
              for name, strip in read_misread(results).strips.items() if strip.panels}  # fmt: skip
    together = pd.concat(tables, names=["model", "strip"])
    print_table(together.reset_index().set_index("model"), "", options.format)
