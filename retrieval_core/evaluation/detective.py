"""The detective: unlabelled photographs that several models place among a landmark, likely gaps in the ground truth.

A model votes for a landmark where more than half of the k labelled photographs nearest to an unlabelled one show it, and the nearest of
these is at least as similar as photographs of this landmark typically are to their nearest other one: the median over the landmark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.matrix import chosen_rows
from retrieval_core.errors import RetrievalError
from retrieval_core.presets import split_key
from retrieval_core.ranking.search import search

K = 5  # nearest labelled photographs; LOG.md has the figures for others
MOST_K = 50


@dataclass(frozen=True, eq=False)
class Votes:
    """What one model says of U unlabelled photographs.

    rows: (U,) their positions among all photographs. landmarks: (U,) places among the names of the landmarks, -1 for no vote.
    closer: (U,) float32, how much more similar the nearest of the landmark is than is typical there. nearest: (U, k) int, positions of
    the nearest labelled photographs among all, nearest first.
    """

    rows: np.ndarray
    landmarks: np.ndarray
    closer: np.ndarray
    nearest: np.ndarray


@dataclass(frozen=True)
class Suspect:
    """An unlabelled photograph that may show a landmark: `votes` are the models that say so, `voters` how many were asked.

    `nearest`: labelled photographs of the landmark by model, nearest first. `closer`: mean over the votes; see Votes.
    """

    image_id: str
    landmark: str
    votes: tuple[str, ...]
    voters: int
    nearest: Mapping[str, tuple[str, ...]]
    closer: float


def check_k(k: int) -> int:
    """How many nearest labelled photographs are looked at; RetrievalError for what can't be."""
    if not 1 <= k <= MOST_K:
        raise RetrievalError(f"{k} nearest labelled photographs can't be looked at. Give a number from 1 to {MOST_K} with --k.")
    return k


def check_votes(votes: int, models: int) -> int:
    """How many models have to agree; RetrievalError for none, or for more than there are."""
    if not 1 <= votes <= models:
        raise RetrievalError(f"{votes} votes can't be had from {models} models. Give a number from 1 to {models} with --votes.")
    return votes


def usual_votes(models: int) -> int:
    """More than half of the models."""
    return models // 2 + 1


def jury(models: Sequence[str]) -> list[str]:
    """The models that are asked unless others are named: without those that differ from another by search-time choices alone."""
    own = [key for key in models if not split_key(key)[1]]
    return own or list(models)


def vote(matrix: np.ndarray, classes: np.ndarray, k: int = K) -> Votes:
    """What a model says of the unlabelled photographs.

    Args:
        matrix: (N, D) descriptors of length 1, or sets of words.
        classes: (N,) int, the place of each photograph's landmark among their names, -1 for unlabelled.
        k: labelled neighbours that are looked at; of fewer labelled photographs, all.

    Raises:
        RetrievalError: there is no labelled photograph, or no unlabelled one.
    """
    labelled, rows = np.flatnonzero(classes >= 0), np.flatnonzero(classes < 0)
    if not len(labelled) or not len(rows):
        which = "unlabelled" if len(labelled) else "labelled"
        raise RetrievalError(f"There are no {which} photographs. The detective compares unlabelled with labelled ones: choose a "
                             "dataset that has both.")  # fmt: skip
    places, similarities = search(chosen_rows(matrix, rows), chosen_rows(matrix, labelled), check_k(k))
    found, line = classes[labelled][places], np.arange(len(rows))
    middle = np.sort(found, axis=1)[:, found.shape[1] // 2]  # what more than half of a sorted row are stands in its middle
    is_middle = found == middle[:, None]
    closer = similarities[line, is_middle.argmax(axis=1)] - typical_similarities(matrix, classes)[middle]
    agreed = (2 * is_middle.sum(axis=1) > found.shape[1]) & (closer >= 0)  # nan, of a landmark with one photograph, is not
    return Votes(rows, np.where(agreed, middle, -1), closer, labelled[places])


def typical_similarities(matrix: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """For each landmark the median similarity (L,) of its photographs to their nearest other one; nan where there is only one."""
    typical = np.full(classes.max() + 1, np.nan, np.float32)
    for landmark in range(len(typical)):
        rows = np.flatnonzero(classes == landmark)
        if len(rows) > 1:
            own = chosen_rows(matrix, rows)
            places, similarities = search(own, own, 2)
            first_is_itself = places[:, 0] == np.arange(len(rows))  # else a double is before it, or at the second place
            typical[landmark] = np.median(np.where(first_is_itself, similarities[:, 1], similarities[:, 0]))
    return typical


def suspects(dataset: Dataset, classes: np.ndarray, votes: Mapping[str, Votes], least: int) -> list[Suspect]:
    """The photographs for which `least` models or more vote for the same landmark, those with the most votes first.

    Of landmarks with equally many votes the one counts to which the photograph lies closer. `votes`: by model, all from these `classes`
    (see clusters.label_codes). RetrievalError for more votes than models, or fewer than one.
    """
    check_votes(least, len(votes))
    said = np.stack([one.landmarks for one in votes.values()])
    closer = np.stack([one.closer for one in votes.values()])
    rows, models, found = next(iter(votes.values())).rows, list(votes), []
    for place in np.flatnonzero((said >= 0).sum(axis=0) >= least):
        voting = {landmark: np.flatnonzero(said[:, place] == landmark) for landmark in np.unique(said[said[:, place] >= 0, place])}
        best = min(voting, key=lambda landmark: (-len(voting[landmark]), -closer[voting[landmark], place].sum()))
        if len(voting[best]) < least:
            continue
        nearest = {}
        for number in voting[best]:
            near = votes[models[number]].nearest[place]
            nearest[models[number]] = tuple(dataset.images[row].id for row in near[classes[near] == best])
        mean = float(closer[voting[best], place].mean())
        found.append(Suspect(dataset.images[rows[place]].id, dataset.labels[best], tuple(nearest), len(models), nearest, mean))
    return sorted(found, key=lambda one: (-len(one.votes), -one.closer, one.image_id))


def suspects_table(found: Sequence[Suspect], decided: Mapping[str, str]) -> pd.DataFrame:
    """A line a suspect: landmark, votes and which models they come from, the nearest labelled photograph, what was decided of it."""
    lines = [{"landmark": one.landmark, "votes": len(one.votes), "of": one.voters, "models": " ".join(one.votes),
              "nearest": one.nearest[one.votes[0]][0], "closer": one.closer, "decision": decided.get(one.image_id, "")}
             for one in found]  # fmt: skip
    names = ["landmark", "votes", "of", "models", "nearest", "closer", "decision"]
    return pd.DataFrame(lines, index=pd.Index([one.image_id for one in found], name="photograph"), columns=names)
