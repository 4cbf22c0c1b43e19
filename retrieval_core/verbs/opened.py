"""Datasets: open one that is here, or add one's own."""

from dataclasses import dataclass
from pathlib import Path

from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.runs.added import never_trained_on
from retrieval_core.stored.bins import carry_over
from retrieval_core.verbs import html
from retrieval_core.workspace import Workspace

SHOWN = 12  # photographs in a notebook


@dataclass(frozen=True, eq=False, repr=False)
class Opened:
    """A dataset in a cache folder. `dataset` holds its photographs and queries, with their ids."""

    workspace: Workspace
    dataset: Dataset

    @property
    def name(self) -> str:
        """The name that it has in the cache."""
        return self.dataset.name

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its photographs, in their order."""
        return tuple(image.id for image in self.dataset.images)

    @property
    def queries(self) -> tuple[str, ...]:
        """The ids of its queries, in their order."""
        return tuple(query.id for query in self.dataset.queries)

    def __len__(self) -> int:
        return len(self.dataset.images)

    def __repr__(self) -> str:
        counts = f"{len(self):,} photographs, {len(self.dataset.labels)} landmarks, {len(self.queries)} queries"
        return f"<dataset {self.name}: {counts}>"

    def _repr_html_(self) -> str:
        first = self.dataset.images[:SHOWN]
        return html.heading(repr(self)[1:-1]) + html.pictures((image.path, image.label or image.id) for image in first)


def open(name: str, cache: str | Path | None = None) -> Opened:
    """Open a dataset that was built, fetched or added.

    Args:
        name: as `data list` prints it.
        cache: the folder of everything that is computed (default: RETRIEVAL_CACHE, else `cache` in the current folder).

    Raises:
        RetrievalError: it is not here; the message says how to get it.

    >>> import retrieval_core as rc
    >>> rc.open("photos")
    <dataset photos: 12 photographs, 3 landmarks, 2 queries>
    """
    workspace = Workspace(cache)
    return Opened(workspace, open_dataset(workspace, name))


def add(
    name: str,
    path: str | Path,
    cache: str | Path | None = None,
    *,
    layout: str | None = None,
    ground_truth: str | Path | None = None,
    training: bool = False,
) -> Opened:
    """Register photographs of one's own under a name, as `data add` does; the folder is only read. Adding it again is no error.

    Under another name the same photographs have the bins that were kept of them.

    Args:
        name: the name that it gets in the cache.
        path: a folder of photographs, a folder with a folder for each landmark, or a CSV file.
        cache: as for `open`.
        layout: as `data add --layout`; found out by default.
        ground_truth: the folder of the queries' text files, where it does not lie with the photographs.
        training: whether it is a set to train on.

    Raises:
        RetrievalError: the name is taken, the path can't be read as a dataset, or a model was trained on these photographs.

    >>> import retrieval_core as rc
    >>> photos = rc.add("photos", "path/to/photos", ground_truth="path/to/lab")
    >>> len(photos), photos.ids[:2], photos.queries
    (12, ('bridge/0', 'bridge/1'), ('bridge_1', 'mill_1'))
    """
    workspace = Workspace(cache)
    check = None if training else never_trained_on(workspace)
    added = add_dataset(workspace, name, path, layout, ground_truth=ground_truth, training=training, check=check)
    carry_over(workspace, added.name)
    return Opened(workspace, added)
