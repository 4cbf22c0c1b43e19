"""What a lesson is shown on, and what a figure of it is."""

from dataclasses import dataclass
from functools import cached_property

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace


@dataclass(frozen=True)
class Shown:
    """The run on show: what every figure, question and claim of a lesson is taken from."""

    workspace: Workspace
    dataset_name: str
    run: str

    @cached_property
    def dataset(self) -> Dataset:
        """The dataset."""
        return open_dataset(self.workspace, self.dataset_name)

    def results(self, model: str) -> Results:
        """What there is of a model."""
        return open_results(self.workspace, self.dataset_name, self.run, model)


@dataclass(frozen=True)
class Figure:
    """A number of the run, with its interval where it has one; `words` as it is written in a text, `command` repeats it.

    `title` says what it is, as in "mAP (Oxford) of 1d", and `unit` what it is counted in. What has words and no value is a name of the
    data, as that of a query. `missing` says why there is none and what to do, as a sentence; all else but `title` is then empty.
    """

    words: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    command: str = ""
    missing: str = ""
    title: str = ""
    unit: str = ""
