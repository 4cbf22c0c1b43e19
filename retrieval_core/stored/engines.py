"""Indexes of search engines, as they are stored: where each lies, when it is of these descriptors, and how it is opened.

cache/<dataset>/<run>/<model>/engines/<engine>-<hash>.index, of what it is built from; milvus-<hash>.db beside it where embedded Milvus
keeps its files. An index is of exactly one matrix of descriptors, by their hash; that of others is never searched.
"""

from pathlib import Path

from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.engines import ENGINES, read_engine
from retrieval_core.ranking.search_index import Chosen, SearchIndex
from retrieval_core.search_choices import described_key
from retrieval_core.stored.artefacts import VERSIONS, model_folder
from retrieval_core.stored.results import Results
from retrieval_core.workspace import short_hash

FOLDER = "engines"


def engines_folder(results: Results) -> Path:
    """Folder of a model's indexes, beside its descriptors: what is done after the search is no part of them."""
    return model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model)) / FOLDER


def index_path(results: Results, chosen: Chosen) -> Path:
    """The file of an index, by the hash of its address and of the parameters that it is built from."""
    built = {"address": chosen.address, **ENGINES[chosen.name].built_from(chosen.parameters)}
    return engines_folder(results) / f"{chosen.name}-{short_hash(built)}.index"


def index_inputs(results: Results, chosen: Chosen) -> dict:
    """What an index is made from."""
    built = ENGINES[chosen.name].built_from(chosen.parameters)
    return {"version": VERSIONS["engines"], "descriptors": results.version, "address": chosen.address, "built": built}


def state_of(results: Results, chosen: Chosen) -> str:
    """How an index is: missing, stale (of other descriptors), damaged, or fresh; always fresh where nothing is built."""
    if ENGINES[chosen.name].build is None:
        return "fresh"
    return results.workspace.state(index_path(results, chosen), index_inputs(results, chosen))


def build_command(results: Results, chosen: Chosen) -> str:
    """The command that builds an index."""
    return results.workspace.command("engines", "build", "--engine", chosen.text, "--dataset", results.dataset.name, "--run",
                                     results.run, "--models", described_key(results.model))  # fmt: skip


def check_searchable(results: Results, chosen: Chosen) -> None:
    """RetrievalError where an engine can't take what a model describes by, or its package is missing."""
    ENGINES[chosen.name].need()
    if chosen.name != "exact" and are_sets(results.descriptors[0].matrix):
        raise RetrievalError(f"{results.model} describes by sets of visual words, and {chosen.name} compares vectors. Use the search "
                             "engine exact.")  # fmt: skip


def open_index(results: Results, engine: str = "exact") -> SearchIndex:
    """The index of a model's descriptors in an engine, to be searched; what was built of other descriptors is refused.

    Args:
        results: of a model that has described a dataset.
        engine: as `read_engine` reads it.

    Raises:
        RetrievalError: as `read_engine` and `Results.descriptors` do, and with the command that builds it where it is not built.
    """
    chosen = read_engine(engine)
    check_searchable(results, chosen)
    if (state := state_of(results, chosen)) != "fresh":
        why = {"missing": "is not built yet", "stale": "is of other descriptors than these"}.get(state, "is damaged")
        raise RetrievalError(f"The index of {results.model} on {results.dataset.name} in {chosen.text} {why}. "
                             f"Run: {build_command(results, chosen)}")  # fmt: skip
    path = index_path(results, chosen) if ENGINES[chosen.name].build else None
    return ENGINES[chosen.name].open(results.descriptors[0].matrix, path, chosen)
