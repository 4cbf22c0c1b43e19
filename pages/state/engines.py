"""Search engines for the page Query: which can be asked, their indexes, kept open, and the first photographs that one finds."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.state import hidden, link, loaders, rankings
from pages.state.search_query import Subject, asked, ranking
from retrieval_core.datasets.types import Dataset
from retrieval_core.ranking.engines import ENGINES, USUAL, read_engine
from retrieval_core.ranking.ranked_ids import RankedIds
from retrieval_core.ranking.search_index import SearchIndex, has_package
from retrieval_core.search_choices import after_search, described_key
from retrieval_core.stored.engines import STATES, built_engines, chosen_engine, open_index, state_of
from retrieval_core.stored.results import Results
from retrieval_core.stored.searched import engine_words, filter_words, filtered, first_ranking

UNLABELLED, LANDMARK, BIN = "unlabelled", "landmark:", "bin:"


def offered(model: str) -> list[str]:
    """The engines that a model can be searched with."""
    results, without = loaders.results(model), [name for name, engine in ENGINES.items() if not engine.build]
    return [name for name in dict.fromkeys([*without, *built_engines(results)]) if not why_not(results, name)]


def why_not(results: Results, engine: str) -> str:
    """Why a model's ranking is not searched with an engine, as what follows the engine's name; empty where it is."""
    if read_engine(engine).name != USUAL and after_search(results.model):
        return "finds only the first, and this model orders all photographs anew"
    return lacks(results, engine)


def lacks(results: Results, engine: str) -> str:
    """Why an engine does not hold a model's descriptors, as what follows the engine's name; empty where it holds them.

    A link opens no other, so that it names no address that this machine then calls.
    """
    chosen = read_engine(engine)
    if chosen.name == USUAL:
        return ""
    if not results.preset.has_vector:
        return "compares vectors, and this model describes by sets of visual words"
    if (package := ENGINES[chosen.name].package) and not has_package(package):
        return f"needs the package {package}, which is not installed"
    state = state_of(results, chosen_engine(results, engine))
    return f"does not hold its descriptors: the index {STATES[state]}" if state != "fresh" else ""


def engine_of(model: str) -> str:
    """The engine that a model is searched with: the chosen one where that can be, else exact search."""
    return USUAL if why_not(loaders.results(model), chosen := link.get("engine")) else chosen


def filters() -> dict:
    """The filters that the link asks for, as `filtered` takes them; none while a card hides landmarks."""
    text = "" if hidden.hidden("labels", "verdicts") else link.get("within")
    return {"landmark": text.removeprefix(LANDMARK) if text.startswith(LANDMARK) else "", "unlabelled": text == UNLABELLED,
            "bin": text.removeprefix(BIN) if text.startswith(BIN) else ""}  # fmt: skip


def is_whole(model: str) -> bool:
    """Whether the ranking under a model is the usual one: exact, and of all photographs."""
    return read_engine(engine_of(model)).name == USUAL and not filter_words(**filters())


def first(subject: Subject, dataset: Dataset, model: str, k: int) -> tuple[Sequence[str], np.ndarray]:
    """Ids of the first photographs under a model by its engine and the filters, and their similarities; all where it is whole."""
    results, engine = loaders.results(model), engine_of(model)
    database, _ = results.descriptors
    within = filtered(loaders.workspace(), dataset, database.ids, **filters())
    if read_engine(engine).name == USUAL:
        ids, scores = ranking(subject, dataset, model)
        if within is None:
            return ids, scores
        passed = np.isin(ids.positions, within)
        return RankedIds(ids.names, ids.positions[passed]), scores[passed]
    descriptor = rankings.descriptor(model, lambda: asked(subject, dataset, model), subject.key)
    with st.spinner("Opening the index …"):
        index = opened(results, engine)
    positions, scores = index.search(descriptor[None], k, within)
    found = first_ranking(subject.name, database.ids, positions[0], scores[0])
    return list(found.ids), found.scores


def words(model: str) -> str:
    """What is said beside a ranking that is not the usual one: the engine with its measured recall, and the filters."""
    only = filter_words(**filters())
    return " · ".join(filter(None, [engine_words(loaders.results(model), engine_of(model)), f"only {only}" if only else ""]))


def opened(results: Results, engine: str) -> SearchIndex:
    """The opened index of a model's descriptors, kept open as long as they stay the same."""
    return _opened(results.dataset.name, results.run, described_key(results.model), results.version, engine, results)


@st.cache_resource(max_entries=8, show_spinner=False, on_release=SearchIndex.close)
def _opened(dataset: str, run: str, model: str, version: str, engine: str, _results: Results) -> SearchIndex:
    return open_index(_results, engine)
