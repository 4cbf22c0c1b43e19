"""The models' clusters and pair similarities, and what is measured on them; kept as long as descriptors and ground truth stay."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from pages.state import groups, loaders, model_metrics
from retrieval_core.evaluation import cluster_tables
from retrieval_core.evaluation.clusters import Clusters
from retrieval_core.evaluation.pair_similarities import threshold_table
from retrieval_core.presets import get_preset
from retrieval_core.search_choices import described_key
from retrieval_core.stored import clusters as of_model
from retrieval_core.stored.clusters import StoredClusters
from retrieval_core.stored.results import Results


def models() -> list[str]:
    """Models that clusters are looked for in: those of `every` that the link wants side by side."""
    return groups.compared(every())


def every() -> list[str]:
    """Models of the chosen dataset and run that clusters can be looked for in: those with vectors of their own."""
    keys = dict.fromkeys(map(described_key, loaders.explorable_models()))
    return [key for key in keys if get_preset(key).has_vector]


def stored() -> dict[str, StoredClusters]:
    """What was found, by model."""
    found = {key: of_model.read_clusters(loaders.results(key)) for key in models()}
    return {key: one for key, one in found.items() if one is not None}


def measured(k: int) -> dict[str, Clusters]:
    """How the landmarks lie by the k nearest, by model; without those whose neighbour lists are missing."""
    found = {key: _measured(_stamp(results), k, results) for key in stored() if (results := loaders.results(key))}
    return {key: one for key, one in found.items() if one is not None}


def tables(found: Mapping[str, Clusters]) -> tuple[pd.DataFrame, list[str], str]:
    """`model_table`, what changed from one model to the next, and which landmarks never cluster."""
    stamps = tuple(_stamp(loaders.results(key)) for key in found)
    return _tables(stamps, next(iter(found.values())).k, found)


def thresholds(similarity: float | None, model: str, own: str) -> pd.DataFrame:
    """`threshold_table` of all models; the similarity, if there is one, is that of one model."""
    found = stored()
    stamps = tuple(_stamp(loaders.results(key)) for key in found)
    table = _thresholds(stamps, own, found)
    return table if similarity is None else pd.concat([table, _own_threshold(stamps, own, similarity, model, found)])


def _stamp(results: Results) -> tuple[str, ...]:
    return results.dataset.name, results.run, results.model, results.version, results.dataset.truth


@st.cache_resource(max_entries=64, show_spinner="Looking at neighbours …")
def _measured(stamp: tuple[str, ...], k: int, _results: Results) -> Clusters | None:
    return of_model.measured(_results, k)


@st.cache_data(max_entries=32, show_spinner="Drawing landmarks anew …")
def _tables(stamps: tuple, k: int, _found: Mapping[str, Clusters]) -> tuple[pd.DataFrame, list[str], str]:
    steps = [step.words for step in cluster_tables.steps(_found)]
    return cluster_tables.model_table(_found), steps, cluster_tables.never_cluster(_found)


@st.cache_data(max_entries=32, show_spinner="Counting answers …")
def _thresholds(stamps: tuple, own: str, _found: Mapping[str, StoredClusters]) -> pd.DataFrame:
    return _table(own, _found, None)


@st.cache_data(max_entries=64, show_spinner=False)
def _own_threshold(stamps: tuple, own: str, similarity: float, model: str, _found: Mapping[str, StoredClusters]) -> pd.DataFrame:
    table = _table(own, {model: _found[model]}, similarity)
    return table.tail(1)


def _table(own: str, found: Mapping[str, StoredClusters], similarity: float | None) -> pd.DataFrame:
    dataset = loaders.dataset()
    rankings = {key: model_metrics.rankings(key) for key in found} if dataset.queries else {}
    pairs = {key: one.pairs for key, one in found.items()}
    return threshold_table(model_metrics.truth(dataset, own), pairs, rankings, similarity)
