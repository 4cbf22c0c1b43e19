"""The points of a scene: ids and landmarks of the photographs of a subset, and whether they are sent at once or in tiles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from pages.state import loaders
from pages.web import scene_rankings
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.projection import pivots
from retrieval_core.stored.artefacts import subset_ids

UNLABELLED = 65535
OFF = ("Of so many photographs the browser holds only a part. So there is no film strip, and there are no cards of the landmarks, no "
       "histograms, and no colours but landmark and distortion.")  # fmt: skip


@dataclass(frozen=True, eq=False)
class Members:
    """The photographs of a subset: ids, and the numbers of their landmarks (N,) uint16."""

    ids: Sequence[str]
    labels: np.ndarray

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Point numbers by id."""
        return {image_id: number for number, image_id in enumerate(self.ids)}


def members(dataset: Dataset, subset: str) -> Members:
    """The photographs of a subset, kept as long as they are the same."""
    return _members(dataset.name, subset, scene_rankings.members_version(dataset, subset))


@lru_cache(maxsize=4)
def _members(name: str, subset: str, version: str) -> Members:
    dataset = open_dataset(loaders.workspace(), name)
    return Members(subset_ids(dataset, subset), label_numbers(dataset, subset))


def label_numbers(dataset: Dataset, subset: str) -> np.ndarray:
    """Number of each photograph's landmark among the dataset's sorted landmarks, uint16; UNLABELLED where it has none.

    RetrievalError where there are more landmarks than such a number holds.
    """
    if len(dataset.labels) > UNLABELLED:
        raise RetrievalError(f"{dataset.name} has {len(dataset.labels):,} landmarks, and a map has numbers for {UNLABELLED:,}. "
                             "Add a part of it under another name.")  # fmt: skip
    numbers = {label: number for number, label in enumerate(dataset.labels)}
    return np.array([numbers.get(dataset.image(image_id).label, UNLABELLED) for image_id in subset_ids(dataset, subset)], np.uint16)


def is_tiled(count: int) -> bool:
    """Whether a map of so many photographs is sent in tiles."""
    return count > pivots.MOST_WHOLE


def counts(dataset: Dataset, subset: str) -> list[int]:
    """How many photographs of a subset each landmark has; the last number is that of the unlabelled."""
    labels = members(dataset, subset).labels.astype(np.int64)
    labels[labels == UNLABELLED] = len(dataset.labels)
    return np.bincount(labels, minlength=len(dataset.labels) + 1).tolist()
