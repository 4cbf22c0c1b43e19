"""The models' rankings of all queries, and what is measured on them; kept as long as descriptors and ground truth stay the same."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.state import link, loaders
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import Score, score_rankings
from retrieval_core.evaluation.judged_rankings import without_query_images
from retrieval_core.evaluation.ledger import ALL_STEPS, LedgerStep, Step, ledger, model_before
from retrieval_core.evaluation.retrieval_metrics import metrics_table
from retrieval_core.evaluation.seeds import SeededStep, seeded_ledger
from retrieval_core.evaluation.tables import ScoresByModel
from retrieval_core.ranking.search import Ranking
from retrieval_core.stored.model_states import ModelState, model_states
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run_list import find_runs

OWN = {"counted": "query image counted", "left_out": "query image left out"}


def scored_models() -> dict[str, ModelState]:
    """The models of the chosen dataset and run that have an mAP, by key."""
    return {model.key: model for model in loaders.model_states() if model.explorable and model.map_oxford is not None}


def scored_runs() -> dict[str, dict[str, list[Score]]]:
    """AP of every query by run and model, of all runs that have scores of the chosen dataset."""
    workspace, name = loaders.workspace(), link.get("dataset")
    found = {}
    for run in find_runs(workspace, name):
        states = loaders.every_state() if run.name == link.get("run") else model_states(workspace, name, run.name)
        keys = [state.key for state in states if state.map_oxford is not None]
        found[run.name] = {key: open_results(workspace, name, run.name, key).scores for key in keys}
    return {run: scores for run, scores in found.items() if scores}


def rankings(model: str) -> list[Ranking]:
    """The ranking of every query of the chosen dataset under a model."""
    return _of(model)[0]


def scores(model: str, own: str) -> list[Score]:
    """The AP of every query, with its own image as a positive ("counted", as stored) or "left_out" of the ranking."""
    return loaders.results(model).scores if own == "counted" else _of(model)[1]


def metrics(models, own: str) -> pd.DataFrame:
    """All measures: models down; see metrics_table."""
    return pd.concat([_of(model)[2][own] for model in models])


def truth(dataset: Dataset, own: str) -> Dataset:
    """The ground truth that a choice of OWN stands for."""
    return dataset if own == "counted" else without_query_images(dataset)


def hardness() -> dict[str, float]:
    """Mean AP (Oxford), 0 to 1, of every query that has one, over the models that are scored."""
    found: dict[str, list[float]] = {}
    for model in loaders.model_states():
        if model.explorable and model.map_oxford is not None:
            for score in loaders.results(model.key).scores:
                if score.ap_oxford is not None:
                    found.setdefault(score.query_id, []).append(score.ap_oxford)
    return {query_id: float(np.mean(values)) for query_id, values in found.items()}


def bought(protocol: str, steps: Sequence[Step] = ALL_STEPS) -> list[LedgerStep]:
    """What those of the steps bought whose two models have an mAP here; kept as long as descriptors and ground truth stay the same."""
    dataset = loaders.dataset()
    results = {key: loaders.results(key) for key in scored_models()}
    versions = tuple((key, one.version) for key, one in results.items())
    found = {key: one.scores for key, one in results.items()}
    return _bought(dataset.name, link.get("run"), protocol, dataset.truth, tuple(steps), versions, dataset, found)


@st.cache_resource(max_entries=16, show_spinner=False)
def _bought(
    name: str, run: str, protocol: str, truth: str, steps: tuple[Step, ...], versions: tuple, _dataset: Dataset, _scores: ScoresByModel
) -> list[LedgerStep]:
    return ledger(_scores, _dataset, protocol, steps=steps)


def bought_over_seeds(scores: Mapping[str, ScoresByModel], protocol: str, steps: Sequence[Step]) -> list[SeededStep]:
    """What each of the steps is worth over runs that differ in their seed, by run; kept as `bought` is."""
    dataset = loaders.dataset()
    versions = tuple((run, key, open_results(loaders.workspace(), dataset.name, run, key).version)
                     for run, models in scores.items() for key in models)  # fmt: skip
    return _over_seeds(dataset.name, protocol, dataset.truth, tuple(steps), versions, dataset, scores)


@st.cache_resource(max_entries=16, show_spinner=False)
def _over_seeds(
    name: str, protocol: str, truth: str, steps: tuple[Step, ...], versions: tuple, _set: Dataset, _runs: Mapping[str, ScoresByModel]
) -> list[SeededStep]:
    return seeded_ledger(_runs, _set, protocol, steps=steps)


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """Each model's AP less that of the model before, for the models that have one here; points. Models down."""
    pairs = {key: model_before(key) for key in table.index}
    return pd.DataFrame({key: table.loc[key] - table.loc[before] for key, before in pairs.items() if before in table.index}).T


def gains(table: pd.DataFrame) -> pd.Series:
    """Each model's mAP (Oxford) in a table of all measures less that of the model before; points, NaN for one that has none here."""
    means = table["mAP (Oxford)"]
    return pd.Series({key: means.get(key) - means.get(model_before(key), float("nan")) for key in table.index})


def _of(model: str) -> tuple[list[Ranking], list[Score], dict[str, pd.DataFrame]]:
    results = loaders.results(model)
    return _measured(results.dataset.name, results.run, model, results.version, results.dataset.truth, results)


@st.cache_resource(max_entries=32, show_spinner="Ranking …")
def _measured(
    name: str, run: str, model: str, version: str, ground_truth: str, _results: Results
) -> tuple[list[Ranking], list[Score], dict[str, pd.DataFrame]]:
    dataset = _results.dataset
    found = _results.rankings()
    tables = {own: metrics_table({model: found}, truth(dataset, own)) for own in OWN}
    return found, score_rankings(truth(dataset, "left_out"), found), tables
