"""The step that tells the labelled photographs of a dataset from the unlabelled ones, by several methods, and judges each."""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache

import numpy as np

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.datasets.large_arrays import all_finite
from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.feedback.unlabelled.at_random import random_draw_test
from retrieval_core.feedback.unlabelled.choice import MOST_DRAWS, Choice
from retrieval_core.feedback.unlabelled.judging import MOST, Sample, decisions, draw_sample, hidden_count, judge_once, view_of
from retrieval_core.feedback.unlabelled.methods import METHODS
from retrieval_core.progress import Progress
from retrieval_core.projection.maps import check_vectors
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.unlabelled import junk_ids, unlabelled_inputs, unlabelled_path
from retrieval_core.workspace import Workspace, read_json, write_json


def tell_apart(workspace: Workspace, dataset: str, run: str, choices: Mapping[str, Sequence[Choice]]) -> Steps:
    """Judge choices under models, as {model: choices}, and decide of every photograph, where that was not done before.

    Raises RetrievalError, before anything is made, where a model has not described the dataset or has no vectors, and where there
    are too few labelled or unlabelled photographs.
    """
    found = {key: open_results(workspace, dataset, run, key) for key in choices}
    for key in {*found, *(choice.second for several in choices.values() for choice in several if choice.second)}:
        matrix = open_results(workspace, dataset, run, key).descriptors[0].matrix
        check_vectors(matrix)
        if not all_finite(matrix):
            raise RetrievalError(f"A descriptor of model {key} holds values that are not finite. Extract the descriptors again.")
    opened = next(iter(found.values())).dataset
    draw_of(opened, 0)
    work = [(found[key], choice) for key, several in choices.items() for choice in several]
    for number, (results, choice) in enumerate(work):
        for progress in _judge(results, choice):
            done = number + (progress.done / progress.total if progress.total else 0.0)
            yield replace(progress, stage=f"{choice.method} {results.model}", overall=done / len(work))
    yield Progress("all done", 1, 1, overall=1.0)


def draw_of(dataset: Dataset, seed: int) -> Sample:
    """The photographs of a dataset that take part; see draw_sample."""
    numbers, junk = {label: number for number, label in enumerate(dataset.labels)}, junk_ids(dataset)
    labels = np.array([numbers.get(image.label, -1) for image in dataset.images])
    return draw_sample(labels, np.array([image.id in junk for image in dataset.images]), seed, MOST)


def _judge(results: Results, choice: Choice) -> Steps:
    """One choice under one model, draw by draw; the draws that are done are kept if the work is stopped."""
    workspace, path, inputs = results.workspace, unlabelled_path(results, choice), unlabelled_inputs(results, choice)
    with (yield from locked(workspace, results.dataset.name, results.run, results.model, path.stem)):
        if (yield from is_fresh(workspace, path, inputs)):
            return
        yield Progress(choice.method, 0, choice.draws + 1, "find principal components")
        begin, folder = time.monotonic(), half_done(path, inputs)
        sample, method = draw_of(results.dataset, choice.seed), METHODS[choice.method]
        ids = tuple(results.dataset.images[row].id for row in (*sample.labelled, *sample.unlabelled))
        views = [_view(workspace, results.dataset.name, results.run, key, version, ids)
                 for key, version in ((results.model, inputs["descriptors"]), (choice.second, inputs.get("view"))) if key]  # fmt: skip
        measures = []
        for draw in range(choice.draws):
            yield Progress(choice.method, draw, choice.draws + 1, f"draw {draw + 1} of {choice.draws}")
            if (found := read_json(file := folder / f"{draw}.json")) is None:
                seed = choice.seed * MOST_DRAWS + draw
                write_json(file, found := judge_once(method, views, sample, choice.share, choice.prior, seed).tolist())
            measures.append(found)
        yield Progress(choice.method, choice.draws, choice.draws + 1, "decide of every photograph")
        values, count = decisions(method, views, sample, choice.prior, choice.seed), len(sample.labelled)
        labelled, unlabelled = views[0][:count], views[0][count:]
        tests = {"called": random_draw_test(labelled, unlabelled[values[count:] > 0], choice.seed),
                 "junk": random_draw_test(labelled, unlabelled[~sample.counted], choice.seed)}  # fmt: skip
        about = {
            "ids": list(ids), "labelled": count, "hidden": hidden_count(count, choice.share), "counted": int(sample.counted.sum()),
            **{name: asdict(test) for name, test in tests.items()},
        }  # fmt: skip
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin, notes={"choice": choice.as_stored()}) as temporary:
            write_arrays(temporary, {"measures": np.array(measures), "decisions": values.astype(np.float32)}, about)
        shutil.rmtree(folder)


@lru_cache(maxsize=2)
def _view(workspace: Workspace, dataset: str, run: str, model: str, version: str, ids: tuple[str, ...]) -> np.ndarray:
    """The principal components (N, C) of a model's descriptors of these photographs; all methods of a model share them."""
    return view_of(open_results(workspace, dataset, run, model).descriptors[0].rows(ids))
