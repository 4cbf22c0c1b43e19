"""What a bundle is made of: a dataset, a run, models, and whether its photographs may be handed on."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pages.state import loaders
from pages.state.hidden_paths import without_paths
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.search import Ranking
from retrieval_core.stored.model_states import ModelState, model_states
from retrieval_core.stored.results import Results, open_results

SUBSET = "all"


@dataclass(frozen=True)
class Asked:
    """`models`: keys, in the order in which they stand; `lessons`: names; without `photographs` names stand in their places."""

    dataset_name: str
    run: str
    models: tuple[str, ...]
    photographs: bool = True
    lessons: tuple[str, ...] = ()

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset."""
        return open_dataset(loaders.workspace(), self.dataset_name)

    @cached_property
    def states(self) -> dict[str, ModelState]:
        """What there is of each model, by key; RetrievalError for one that has not described the dataset."""
        known = {state.key: state for state in model_states(loaders.workspace(), self.dataset_name, self.run)}
        for key in self.models:
            if key not in known or not known[key].explorable:
                raise RetrievalError(f"Model {key} of run {self.run} has not described {self.dataset_name} yet. "
                                     f"{self.results(key).remedy}")  # fmt: skip
        return {key: known[key] for key in self.models}

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of every photograph, by id: its place in the dataset."""
        return {image.id: number for number, image in enumerate(self.dataset.images)}

    @cached_property
    def scored(self) -> tuple[str, ...]:
        """The models that have an mAP."""
        return tuple(key for key, state in self.states.items() if state.map_oxford is not None)

    def results(self, model: str) -> Results:
        """What is stored of a model."""
        return open_results(loaders.workspace(), self.dataset_name, self.run, model)

    def said(self, text: str) -> str:
        """A text without paths of this machine: it is read elsewhere. A command is for the usual cache there."""
        workspace = loaders.workspace()
        return without_paths(text.replace(f"--cache {shlex.quote(str(workspace.root))} ", ""), workspace)

    def places(self, ids: Sequence[str]) -> list[int]:
        """The numbers of some photographs."""
        return [self.numbers[image_id] for image_id in ids]


Rankings = dict[str, list[Ranking]]
"""The ranking of every query, by model."""
