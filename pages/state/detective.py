"""The suspects of the detective, kept as long as descriptors and labels stay the same; and the decisions of this visit, to undo."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from pages.state import actions, link, loaders
from retrieval_core.datasets.types import Dataset
from retrieval_core.evaluation.clusters import label_codes
from retrieval_core.evaluation.detective import Suspect, Votes, suspects
from retrieval_core.evaluation.detective_judged import judged
from retrieval_core.stored.detective import decisions, trial, votes_of
from retrieval_core.stored.results import Results

HIDDEN, DRAWS = 0.2, 5  # with which it is judged on the page; the command takes others
_DONE = "decided suspects"


def find(models: Sequence[str], k: int, least: int) -> list[Suspect]:
    """The suspects of the chosen dataset; see `suspects`."""
    dataset = loaders.dataset()
    votes = {key: _votes(*_stamp([key], k), loaders.results(key)) for key in models}
    return suspects(dataset, label_codes(dataset), votes, least)


def how_often_right(models: Sequence[str], k: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """By votes, with labelled photographs hidden, and as the dataset is; see `judged`."""
    return _judged(*_stamp(models, k), [loaders.results(key) for key in models])


def decided(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """What was decided of photographs, and which landmark was meant; see stored.detective.decisions."""
    return decisions(loaders.workspace(), dataset.name)


def decide(dataset: Dataset, suspect: Suspect, decision: str) -> None:
    """Keep a decision, and remember that it can be undone."""
    actions.judge_suspect(dataset.name, suspect.image_id, suspect.landmark, decision)
    _done(dataset).append((suspect.image_id, suspect.landmark))
    link.put(suspect="")


def can_undo(dataset: Dataset) -> bool:
    """Whether something was decided in this visit."""
    return bool(_done(dataset))


def undo(dataset: Dataset) -> None:
    """Take the last decision of this visit back, and look at that photograph again."""
    image_id, landmark = _done(dataset).pop()
    actions.judge_suspect(dataset.name, image_id, landmark, None)
    link.put(suspect=image_id)


def _done(dataset: Dataset) -> list[tuple[str, str]]:
    return st.session_state.setdefault(_DONE, {}).setdefault(dataset.name, [])


def _stamp(models: Sequence[str], k: int) -> tuple[tuple, int]:
    """What the suspects depend on."""
    dataset = loaders.dataset()
    return (dataset.photographs, dataset.truth, link.get("run"), *((key, loaders.results(key).version) for key in models)), k


@st.cache_resource(max_entries=64, show_spinner="Asking the models …")
def _votes(stamp: tuple, k: int, _results: Results) -> Votes:
    return votes_of(_results, k)


@st.cache_data(max_entries=16, show_spinner="Hiding labelled photographs, and looking which are found …")
def _judged(stamp: tuple, k: int, _results: Sequence[Results]) -> tuple[pd.DataFrame, pd.DataFrame]:
    dataset = _results[0].dataset
    draws = [trial(_results, k, HIDDEN, seed) for seed in range(DRAWS)]
    return judged(dataset, draws, len(_results)), judged(dataset, [trial(_results, k)], len(_results))
