"""What a dataset is: photographs with ids, and queries with their ground truth."""

from dataclasses import dataclass

Box = tuple[float, float, float, float]
"""x1, y1, x2, y2 in pixels of the photograph as stored; (x2, y2) lies outside the box."""


@dataclass(frozen=True)
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
class Dataset:
    """Photographs in the order of their ids, queries in the order of theirs, and a fingerprint of both.

    The fingerprint changes when a photograph or the ground truth changes; it does not depend on where the folder lies.
    A training set has no queries; its labels are its classes.
    """

    name: str
    images: tuple[Image, ...]
    queries: tuple[Query, ...]
    fingerprint: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the landmarks or classes, sorted."""
        return tuple(sorted({image.label for image in self.images if image.label is not None}))

    def image(self, image_id: str) -> Image:
        """Return the photograph with this id; KeyError if there is none."""
        return self._by_id()[image_id]

    def query(self, query_id: str) -> Query:
        """Return the query with this id; KeyError if there is none."""
        return {query.id: query for query in self.queries}[query_id]

    def _by_id(self) -> dict[str, Image]:
        index = self.__dict__.get("_index")
        if index is None:
            index = {image.id: image for image in self.images}
            object.__setattr__(self, "_index", index)
        return index
