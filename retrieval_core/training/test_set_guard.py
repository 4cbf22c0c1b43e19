"""Never on the test set: no photograph that a retrieval dataset holds may be trained on, whatever its name.

Guarded from both sides: before training, and when a retrieval dataset comes after it. The same file and its near duplicates are
refused; near duplicates only until a person says that they are different photographs.
"""

from collections.abc import Generator, Iterable
from dataclasses import replace

from retrieval_core.datasets.catalog import BUILT_IN, is_ready, list_datasets, open_dataset
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.training.overlap import SAME_FILE, Pair, find_overlap, find_overlap_of_gone, same_files, unconfirmed
from retrieval_core.training.split import LEAST
from retrieval_core.workspace import Workspace


def check_trainable(workspace: Workspace, name: str) -> Dataset | None:
    """The dataset, if one can train on it; None for one of ours that is not built yet.

    Raises RetrievalError if there is no such dataset, it is one that models are scored on, or has fewer than LEAST landmarks.
    """
    if any(entry.retrieval for entry in list_datasets(workspace) if entry.name == name):
        raise RetrievalError(f"{name!r} is a dataset that models are scored on: it can't be trained on. A training set is added with: "
                             "python -m retrieval_core data add NAME PATH --training")  # fmt: skip
    if name in BUILT_IN and not is_ready(workspace, name):
        return None
    dataset = open_dataset(workspace, name)
    if len(dataset.labels) < LEAST:
        raise RetrievalError(f"{name!r} has {len(dataset.labels)} landmarks; training takes {LEAST} or more. Put the photographs of "
                             "each into a folder of its own.")  # fmt: skip
    return dataset


def training_set(workspace: Workspace, name: str) -> Generator[Progress, None, Dataset]:
    """The labelled photographs of a dataset, to train on.

    Raises RetrievalError as `check_trainable` and `refuse_training` do, and for one of ours that is not built.
    """
    dataset = check_trainable(workspace, name) or open_dataset(workspace, name)
    yield from refuse_training(workspace, dataset)
    return labelled_part(dataset)


def labelled_part(dataset: Dataset) -> Dataset:
    """A dataset without its unlabelled photographs: what is trained on."""
    labelled = tuple(image for image in dataset.images if image.label is not None)
    return dataset if len(labelled) == len(dataset.images) else replace(dataset, images=labelled)


def refuse_training(workspace: Workspace, training: Dataset) -> Generator[Progress, None, None]:
    """Before training: raise a RetrievalError if the training set shares a photograph with a retrieval dataset.

    All retrieval datasets that are registered and whose photographs are there are looked at.
    """
    for entry in list_datasets(workspace):
        if not (entry.retrieval and entry.ready) or _disjoint(training.name, entry.name):
            continue
        try:
            retrieval = open_dataset(workspace, entry.name)
        except RetrievalError:
            continue  # broken or gone: nobody can be scored on it
        _refuse(workspace, training.name, retrieval.name, (yield from _overlap(workspace, training, retrieval)))


def refuse_retrieval(workspace: Workspace, retrieval: Dataset, trained_on: Iterable[str]) -> Generator[Progress, None, None]:
    """Before a retrieval dataset is described or scored: raise a RetrievalError if models were trained on a photograph of it.

    `trained_on` names the training sets of these models' weights. One whose photographs are gone from the disk is compared
    by the hashes that were kept of them; without those it can't be compared, and the report says so.
    """
    for name in sorted(set(trained_on)):
        if _disjoint(name, retrieval.name):
            continue
        try:
            training = open_dataset(workspace, name)
        except RetrievalError as error:
            pairs = yield from find_overlap_of_gone(workspace, name, retrieval)
            if pairs is None:
                text = f"{name}, which models were trained on, can't be compared with {retrieval.name}: {error}"
                yield Progress("test set guard", 0, 1, text)
                continue
        else:
            pairs = yield from _overlap(workspace, training, retrieval)
        _refuse(workspace, name, retrieval.name, pairs)


def _overlap(workspace: Workspace, training: Dataset, retrieval: Dataset) -> Generator[Progress, None, list[Pair]]:
    """What the two share. Our own renderings look like no photograph: in them only the same files are looked for, which is quick."""
    if training.name in BUILT_IN:
        return same_files(training, retrieval)
    return (yield from find_overlap(workspace, training, retrieval))


def _disjoint(training: str, retrieval: str) -> bool:
    """Whether both are rendered by our own code, which gives the training landmarks buildings, seeds and places of their own.

    Their photographs may still look alike: LOG.md has the figures.
    """
    return training in BUILT_IN and retrieval in BUILT_IN


def _refuse(workspace: Workspace, training: str, retrieval: str, pairs: list[Pair]) -> None:
    command = workspace.command("data", "overlap", training, retrieval)
    same = [pair for pair in pairs if pair.kind == SAME_FILE]
    if same:
        first = same[0]
        raise RetrievalError(
            f"{first.training_path} of the training set {training} is the photograph {first.retrieval_path} of {retrieval}, on which "
            f"models are scored ({len(same):,} such in all). What was trained on is no test: remove them from one of the two, and "
            f"train again what was trained on them. All of them: {command}"
        )
    near = unconfirmed(workspace, pairs)
    if near:
        first = near[0]
        raise RetrievalError(
            f"{first.training_path} of the training set {training} looks like the photograph {first.retrieval_path} of {retrieval}, "
            f"on which models are scored ({len(near):,} such in all). Look at them on the page Start, or list them: {command}. Remove "
            f"copies from one of the two; if all are different photographs, say so: {command} --confirm-different"
        )
