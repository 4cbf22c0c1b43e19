"""Labelled told from unlabelled, as it is stored: where it lies, when it is fresh, and how it is read back."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays
from retrieval_core.datasets.catalog import BUILT_IN
from retrieval_core.datasets.types import Dataset
from retrieval_core.feedback.unlabelled.at_random import AtRandom
from retrieval_core.feedback.unlabelled.choice import PRIOR, Choice, make_choice
from retrieval_core.search_choices import described_key
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import short_hash


@dataclass(frozen=True, eq=False)
class Apart:
    """What a method made of a model's descriptors.

    ids: the photographs that took part, the labelled ones first; decisions: (N,) float32, above zero is called positive.
    measures: (J, 3) ROC-AUC, precision and recall of every draw, 0 to 1; hidden, counted: how many were hidden in a draw, and how
    many unlabelled count. called: the labelled against the unlabelled that are called positive; junk: against those that the ground
    truth says show a landmark hardly.
    """

    model: str
    choice: Choice
    ids: tuple[str, ...]
    labelled: int
    decisions: np.ndarray
    measures: np.ndarray
    hidden: int
    counted: int
    called: AtRandom
    junk: AtRandom
    seconds: float

    @property
    def called_positive(self) -> float:
        """Share of the unlabelled that are called positive, 0 to 1."""
        return float((self.decisions[self.labelled :] > 0).mean())

    @property
    def by_chance(self) -> float:
        """Precision of who calls all positive, or some at random."""
        return self.hidden / (self.hidden + self.counted)


def junk_ids(dataset: Dataset) -> set[str]:
    """Photographs that some query's ground truth calls junk."""
    return {image_id for query in dataset.queries for image_id in query.junk}


def truth_is_known(dataset: Dataset) -> bool:
    """Whether it is known of every unlabelled photograph that it shows no landmark, junk aside: we have rendered it."""
    return dataset.name in BUILT_IN


def unlabelled_path(results: Results, choice: Choice) -> Path:
    """The file of a choice, by the hash of it."""
    folder = artefacts.model_folder(results.workspace, results.dataset.name, results.run, described_key(results.model))
    return folder / artefacts.UNLABELLED / f"{choice.method}-{short_hash(choice.as_stored())}.safetensors"


def unlabelled_inputs(results: Results, choice: Choice) -> dict:
    """What it is made from: the descriptors, those of the second view, labels and junk, and the choice."""
    made = {"version": artefacts.VERSIONS["unlabelled"], "descriptors": results.version, "truth": results.dataset.truth}
    if choice.second:
        made["view"] = open_results(results.workspace, results.dataset.name, results.run, choice.second).version
    return {**made, **choice.as_stored()}


def read_apart(results: Results, choice: Choice) -> Apart | None:
    """What was made of a choice; None if it was not, or of other descriptors or another ground truth."""
    path = unlabelled_path(results, choice)
    views = [open_results(results.workspace, results.dataset.name, results.run, key) for key in (results.model, choice.second) if key]
    if any(one.state[0] != "ready" for one in views) or results.workspace.state(path, unlabelled_inputs(results, choice)) != "fresh":
        return None
    record = results.workspace.record(path)
    return _read(path, record.sha256, results.model, choice, record.seconds)


@lru_cache(maxsize=128)
def _read(path: Path, version: str, model: str, choice: Choice, seconds: float) -> Apart:
    """Kept as long as the file, whose hash `version` is, stays the same: a page asks for it many times."""
    arrays, about = read_arrays(path)
    called, junk = (AtRandom(**about[name]) for name in ("called", "junk"))
    return Apart(model, choice, tuple(about["ids"]), about["labelled"], arrays["decisions"], np.array(arrays["measures"]),
                 about["hidden"], about["counted"], called, junk, seconds)  # fmt: skip


def last_apart(results: Results, method: str) -> Apart | None:
    """The last that was made of a method under a model, of nnPU with the usual prior, if it still holds; None if there is none."""
    folder = unlabelled_path(results, make_choice(method, second=results.model)).parent
    records = sorted(results.workspace.records(folder).values(), key=lambda record: record.made, reverse=True)
    made = (Choice(**record.notes["choice"]) for record in records)
    wanted = (choice for choice in made if choice.method == method and choice.prior in (0.0, PRIOR))
    return next((found for choice in wanted if (found := read_apart(results, choice)) is not None), None)


def found_apart(results: Iterable[Results], choices: Iterable[Choice]) -> list[Apart]:
    """What there is of some choices under some models, model by model."""
    chosen = list(choices)
    return [found for one in results for choice in chosen if (found := read_apart(one, choice)) is not None]
