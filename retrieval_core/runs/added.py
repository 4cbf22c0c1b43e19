"""What is asked of a dataset before it is registered."""

from collections.abc import Callable

from retrieval_core.datasets.types import Dataset
from retrieval_core.progress import finished
from retrieval_core.stored.run_list import trained_on
from retrieval_core.training.test_set_guard import refuse_retrieval
from retrieval_core.workspace import Workspace


def never_trained_on(workspace: Workspace) -> Callable[[Dataset], None]:
    """A check for `add_dataset`: it raises a RetrievalError if a run of this cache was trained on a photograph of the dataset."""

    def check(dataset: Dataset) -> None:
        finished(refuse_retrieval(workspace, dataset, trained_on(workspace)))

    return check
