"""The commands `engines build` and `engines compare`: search engines filled with descriptors, and what each finds and takes."""

from retrieval_core.cli.options import FORMATS, chosen_run, looking_options, print_table, ready_models, work
from retrieval_core.errors import check_choice
from retrieval_core.runs.tasks import step
from retrieval_core.workspace import Workspace

ENGINE_HELP = (
    "exact, faiss-flat, faiss-ivfpq, faiss-hnsw or milvus; behind a colon parameters, as in faiss-hnsw:ef=200, or where Milvus is: "
    "milvus:FILE.db, milvus:http://localhost:19530"
)


def register_engines(actions, command) -> None:
    """Add the commands to the actions of `engines`; `command(actions, name, function, text)` makes a parser."""
    build = command(actions, "build", engines_build, "insert a model's descriptors into a search engine; what was begun goes on")
    looking_options(build)
    build.add_argument("--engine", required=True, help=ENGINE_HELP)
    compare = command(actions, "compare", engines_compare, "measure recall, latency and size of search engines beside exact search")
    looking_options(compare)
    compare.add_argument("--engine", action="append", help=f"{ENGINE_HELP}; may be said several times (default: all that work here)")
    compare.add_argument("--again", action="store_true", help="measure anew what was measured on this machine already")
    compare.add_argument("--format", default="text", help="text, csv, latex or markdown (default: text)")


def engines_build(workspace: Workspace, options, arguments) -> None:
    """Fill an engine, and say where it is."""
    from retrieval_core.stored.engines import check_searchable, chosen_engine, index_files
    from retrieval_core.stored.results import open_results

    run = chosen_run(workspace, options)
    models = ready_models(workspace, options, run)
    found = [open_results(workspace, options.dataset, run, key) for key in models]
    for results in found:
        check_searchable(results, chosen_engine(results, options.engine))
    work(workspace, arguments, step, "engine_steps", "build_indexes", workspace, options.dataset, run, models, options.engine)
    for results in found:
        files = index_files(results, chosen_engine(results, options.engine))
        where = f": {', '.join(map(str, files))}" if files else ", and needs no file for it"
        print(f"{options.engine} holds {options.dataset} under {results.model}, run {run}{where}")


def engines_compare(workspace: Workspace, options, arguments) -> None:
    """Build and measure what is missing, and print the table."""
    from retrieval_core.evaluation.search_recall import engine_table
    from retrieval_core.stored.engines import check_searchable, chosen_engine, read_measured, usable_engines
    from retrieval_core.stored.results import open_results

    check_choice("format", options.format, FORMATS)
    run = chosen_run(workspace, options)
    models = ready_models(workspace, options, run)
    found = [open_results(workspace, options.dataset, run, key) for key in models]
    engines = {results.model: options.engine or usable_engines(results) for results in found}
    for results in found:
        for engine in engines[results.model]:
            check_searchable(results, chosen_engine(results, engine))
    work(workspace, arguments, step, "engine_steps", "measure_engines", workspace, options.dataset, run, engines, options.again)
    measured = {(results.model, engine): read_measured(results, chosen_engine(results, engine))
                for results in found for engine in engines[results.model]}  # fmt: skip
    print_table(engine_table(measured), f"Search engines, dataset {options.dataset}, run {run}", options.format, {"recall@10": 4})
