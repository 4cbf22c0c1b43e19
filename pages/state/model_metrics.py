"""The models' rankings of all queries, and what is measured on them; kept as long as descriptors and ground truth stay the same."""

import pandas as pd
import streamlit as st

from pages.state import link, loaders
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.average_precision import Score, score_rankings
from retrieval_core.evaluation.judged_rankings import without_query_images
from retrieval_core.evaluation.retrieval_metrics import metrics_table
from retrieval_core.ranking.search import Ranking
from retrieval_core.stored.results import ModelState, load_rankings

OWN = {"counted": "query image counted", "left_out": "query image left out"}


def scored_models() -> dict[str, ModelState]:
    """The models of the chosen dataset that have an mAP, by key."""
    return {model.key: model for model in loaders.model_states() if model.explorable and model.map_oxford is not None}


def rankings(model: str) -> list[Ranking]:
    """The ranking of every query of the chosen dataset under a model."""
    return _measured(*_named(model))[0]


def scores(model: str, own: str) -> list[Score]:
    """The AP of every query, with its own image as a positive ("counted", as stored) or "left_out" of the ranking."""
    return loaders.scores(model) if own == "counted" else _measured(*_named(model))[1]


def metrics(models, own: str) -> pd.DataFrame:
    """All measures: models down; see metrics_table."""
    return pd.concat([_measured(*_named(model))[2][own] for model in models])


def truth(dataset: Dataset, own: str) -> Dataset:
    """The ground truth that a choice of OWN stands for."""
    return dataset if own == "counted" else without_query_images(dataset)


def _named(model: str) -> tuple[str, str, str, str]:
    record = loaders.workspace().record(loaders.workspace().folder(link.get("dataset"), model) / "scores.json")
    return link.get("dataset"), model, record.sha256 if record else "", loaders.dataset().fingerprint


@st.cache_resource(max_entries=32, show_spinner="Ranking …")
def _measured(name: str, model: str, version: str, fingerprint: str) -> tuple[list[Ranking], list[Score], dict[str, pd.DataFrame]]:
    dataset = loaders.open_named(name)
    found = load_rankings(loaders.workspace(), name, model)
    tables = {own: metrics_table({model: found}, truth(dataset, own)) for own in OWN}
    return found, score_rankings(truth(dataset, "left_out"), found), tables
