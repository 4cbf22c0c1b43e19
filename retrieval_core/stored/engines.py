"""Indexes of search engines, as they are stored: where each lies, when it is of these descriptors, and how it is opened.

cache/<dataset>/<run>/<model>/engines/<engine>-<hash>.index, by the hash of its address and of what it is built from;
<engine>-<hash>.measured.json, by that and what it is searched with; milvus-<hash>.db, by the hash of the descriptors, where embedded
Milvus keeps its files. An index is of exactly one matrix of descriptors, by their hash; that of others is never searched.
"""

from dataclasses import replace
from pathlib import Path

from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.search_recall import Measured
from retrieval_core.ranking.engines import ENGINES, USUAL, read_engine
from retrieval_core.ranking.search_index import Chosen, SearchIndex
from retrieval_core.search_choices import described_key
from retrieval_core.stored.artefacts import VERSIONS, model_folder
from retrieval_core.stored.results import Results
from retrieval_core.workspace import read_json, short_hash

FOLDER = "engines"
STATES = {"missing": "is not built yet", "stale": "is of other descriptors than these", "damaged": "is damaged"}  # of an index
BEGUN = "begun.json"  # in a folder of half-done work: of which descriptors, and how many seconds it has taken


def engines_folder(results: Results) -> Path:
    """Folder of a model's indexes, beside its descriptors: what is done after the search is no part of them."""
    return model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model)) / FOLDER


def chosen_engine(results: Results, text: str) -> Chosen:
    """The engine that a text asks for, for the descriptors of a model: one without an address lies in the cache."""
    chosen = read_engine(text)
    if ENGINES[chosen.name].address and not chosen.address:
        return replace(chosen, address=str(engines_folder(results) / f"milvus-{results.version[:8]}.db"))
    return chosen


def index_path(results: Results, chosen: Chosen) -> Path:
    """The file of an index."""
    return engines_folder(results) / f"{chosen.name}-{short_hash(_built_from(chosen))}.index"


def index_inputs(results: Results, chosen: Chosen) -> dict:
    """What an index is made from."""
    return {"version": VERSIONS["engines"], "descriptors": results.version, **_built_from(chosen)}


def index_files(results: Results, chosen: Chosen) -> list[Path]:
    """The files and folders that an index takes on this machine."""
    if ENGINES[chosen.name].build is None:
        return []
    embedded = [Path(chosen.address)] if chosen.address and "://" not in chosen.address else []
    return [index_path(results, chosen), *embedded]


def _built_from(chosen: Chosen) -> dict:
    # A file in the cache is named after the descriptors, and the cache may lie elsewhere tomorrow.
    address = chosen.address if chosen.text.partition(":")[2] else ""
    return {"address": address, "parameters": ENGINES[chosen.name].built_from(chosen.parameters)}


def measured_path(results: Results, chosen: Chosen) -> Path:
    """The file of what was measured of an index."""
    return engines_folder(results) / f"{chosen.name}-{short_hash([_built_from(chosen), chosen.parameters])}.measured.json"


def measured_inputs(results: Results, chosen: Chosen) -> dict:
    """What was measured: this index, searched with these parameters."""
    return {**index_inputs(results, chosen), "version": VERSIONS["recall"], "parameters": dict(chosen.parameters)}


def read_measured(results: Results, chosen: Chosen) -> Measured | None:
    """What was measured of an index; None if it was not, or of one of other descriptors."""
    path = measured_path(results, chosen)
    if results.state[0] != "ready" or results.workspace.state(path, measured_inputs(results, chosen)) != "fresh":
        return None
    entry = read_json(path)
    return Measured(**{**entry, "milliseconds": tuple(entry["milliseconds"])})


def built_engines(results: Results) -> list[str]:
    """The engines that can be searched now, as `read_engine` reads them: exact search, and those whose index is there and fresh."""
    records = results.workspace.records(engines_folder(results))
    found = [USUAL]
    for name in sorted(records):
        text = records[name].notes.get("engine", "")
        if name.endswith(".index") and text and state_of(results, chosen_engine(results, text)) == "fresh":
            found.append(text)
    return found


def outdated(results: Results) -> list[Path]:
    """Files and folders of indexes, finished and half done, that are of other descriptors than a model has now."""
    folder, now = engines_folder(results), results.version
    found = [folder / name for name, record in results.workspace.records(folder).items() if record.inputs["descriptors"] != now]
    found += [file for file in folder.glob("milvus-*.db") if file.name != f"milvus-{now[:8]}.db"]
    found += [file.parent for file in folder.glob(f".*/{BEGUN}") if read_json(file)["descriptors"] != now]
    return sorted(path for path in found if path.exists())


def usable_engines(results: Results) -> list[str]:
    """The engines that a model's descriptors can be inserted into here: those whose packages are installed; exact for sets of words."""
    if are_sets(results.descriptors[0].matrix):
        return [USUAL]
    return [name for name, engine in ENGINES.items() if engine.installed]


def state_of(results: Results, chosen: Chosen) -> str:
    """How an index is: missing, stale (of other descriptors), damaged, or fresh; always fresh where nothing is built."""
    if ENGINES[chosen.name].build is None:
        return "fresh"
    if not all(file.exists() for file in index_files(results, chosen)):
        return "missing"
    return results.workspace.state(index_path(results, chosen), index_inputs(results, chosen))


def build_command(results: Results, chosen: Chosen) -> str:
    """The command that builds an index."""
    return results.workspace.command("engines", "build", "--engine", chosen.text, "--dataset", results.dataset.name, "--run",
                                     results.run, "--models", described_key(results.model))  # fmt: skip


def check_searchable(results: Results, chosen: Chosen) -> None:
    """RetrievalError where an engine can't take what a model describes by, or its package is missing."""
    ENGINES[chosen.name].need()
    if chosen.name != USUAL and are_sets(results.descriptors[0].matrix):
        raise RetrievalError(f"{results.model} describes by sets of visual words, and {chosen.name} compares vectors. Use the search "
                             "engine exact.")  # fmt: skip


def open_index(results: Results, engine: str = USUAL) -> SearchIndex:
    """The index of a model's descriptors in an engine, to be searched; what was built of other descriptors is refused.

    Args:
        results: of a model that has described a dataset.
        engine: as `read_engine` reads it.

    Raises:
        RetrievalError: as `read_engine` and `Results.descriptors` do, and with the command that builds it where it is not built.
    """
    chosen = chosen_engine(results, engine)
    check_searchable(results, chosen)
    if (state := state_of(results, chosen)) != "fresh":
        raise RetrievalError(f"The index of {results.model} on {results.dataset.name} in {chosen.text} {STATES[state]}. "
                             f"Run: {build_command(results, chosen)}")  # fmt: skip
    path = index_path(results, chosen) if ENGINES[chosen.name].build else None
    return ENGINES[chosen.name].open(results.descriptors[0].matrix, path, chosen)
