"""What a dataset is: photographs with ids, and queries with their ground truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from retrieval_core.datasets.fingerprints import hash_photographs, hash_truth
from retrieval_core.datasets.shared_ids import row_numbers, shared_ids

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the photograph as it is shown, upright; (x2, y2) lies outside the box."""


@dataclass(frozen=True, slots=True)
class Image:
    """One photograph. `id` stays with it for ever; `path` is absolute; `label is None` means unlabelled."""

    id: str
    path: str
    label: str | None = None
    box: Box | None = None


@dataclass(frozen=True)
class Query:
    """One query of a retrieval protocol: a box on a photograph, and the image ids that answer it.

    `good` and `ok` are the positives, `junk` is left out of the ranking, everything else is negative
    (Philbin et al., "Object retrieval with large vocabularies and fast spatial matching", CVPR 2007).
    `label` is the landmark that the query shows.
    """

    id: str
    image_id: str
    label: str
    box: Box | None
    good: tuple[str, ...]
    ok: tuple[str, ...]
    junk: tuple[str, ...]

    @property
    def positives(self) -> tuple[str, ...]:
        """Ids of the good and the ok images."""
        return self.good + self.ok


@dataclass(frozen=True)
class LeftOut:
    """Files below a dataset's folder that are no photographs of it, all for one reason.

    `why` is said of one of them: "a film; save single pictures of it". `faulty`: it should be a photograph, and can't be read.
    `files` are sorted, and named by their place below the folder.
    """

    why: str
    faulty: bool
    files: tuple[str, ...]


@dataclass(frozen=True)
class Dataset:
    """Photographs in the order of their ids, and queries in the order of theirs. A training set has no queries; its labels are classes.

    sources: absolute paths of what it was read from besides the photographs: text files, tables, and every folder that was looked
    into, also those that were not there. As long as neither these nor the photographs change, the dataset is the same.
    left_out: what else lies there, and why it was not read.
    notes: sentences on what was read otherwise than one might think, for the person who adds it.
    columns: what a table says of the photographs besides: by column, text by image id. Scores and descriptors do not depend on it.
    """

    name: str
    images: tuple[Image, ...]
    queries: tuple[Query, ...]
    sources: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    @cached_property
    def photographs(self) -> str:
        """Fingerprint of what descriptors depend on: every photograph, and the box of every query.

        It does not depend on where the folder lies. Every photograph is opened for it, once; RetrievalError if one can't be.
        """
        return self.hashed[0]

    @cached_property
    def hashed(self) -> tuple[str, str]:
        """The fingerprint of the photographs, and their signature when it was made: see `hash_photographs`."""
        return hash_photographs(self.images, self.queries)

    @cached_property
    def truth(self) -> str:
        """Fingerprint of the ground truth: labels, and each query's good, ok and junk images."""
        return hash_truth(self.images, self.queries)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """Ids of the photographs, in their order; one object with those of what is stored of them."""
        return shared_ids(tuple(image.id for image in self.images))

    @cached_property
    def labelled(self) -> np.ndarray:
        """Places (L,) int64 of the labelled photographs among all."""
        return np.flatnonzero([image.label is not None for image in self.images])

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the landmarks or classes, sorted."""
        return tuple(sorted({image.label for image in self.images if image.label is not None}))

    def has(self, image_id: str) -> bool:
        """Whether there is a photograph with this id."""
        return image_id in self._rows

    def image(self, image_id: str) -> Image:
        """Return the photograph with this id; KeyError if there is none."""
        return self.images[self._rows[image_id]]

    def query(self, query_id: str) -> Query:
        """Return the query with this id; KeyError if there is none."""
        return self._queries[query_id]

    @cached_property
    def _rows(self) -> Mapping[str, int]:
        return row_numbers(self.ids)

    @cached_property
    def _queries(self) -> dict[str, Query]:
        return {query.id: query for query in self.queries}
