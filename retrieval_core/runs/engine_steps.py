"""The steps of search engines: insert a model's descriptors into one, and measure what it finds and how fast."""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from shutil import rmtree

import numpy as np
import torch

from retrieval_core.evaluation.search_recall import (
    Measured,
    anonymous_memory,
    hand_back_memory,
    measure_search,
    nearest_exactly,
    searched_rows,
    size_on_disk,
)
from retrieval_core.progress import Progress, relabelled
from retrieval_core.ranking.engines import ENGINES
from retrieval_core.ranking.search_index import Chosen
from retrieval_core.runs.cost_steps import machine
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.stored import engines as stored
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace, read_json, write_json


def build_indexes(workspace: Workspace, dataset: str, run: str, models: Sequence[str], engine: str) -> Steps:
    """Insert the descriptors of models into an engine, where that is not done; what was begun goes on.

    Raises RetrievalError, before anything is inserted, for an unknown engine, a model that has not described the dataset or describes
    by sets of words, and a missing package; Failed where the engine stops.
    """
    found = [open_results(workspace, dataset, run, key) for key in dict.fromkeys(models)]
    asked = [(results, stored.chosen_engine(results, engine)) for results in found]
    for results, chosen in asked:
        stored.check_searchable(results, chosen)
    for number, (results, chosen) in enumerate(asked):
        yield from _within(_build(results, chosen), number, len(asked))
    yield Progress("all done", 1, 1, overall=1.0)


def measure_engines(workspace: Workspace, dataset: str, run: str, engines: Mapping[str, Sequence[str]], again: bool = False) -> Steps:
    """Build the indexes that are missing, by model, and measure those that were not measured on this machine, or `again` all.

    Raises RetrievalError as `build_indexes`.
    """
    asked = [(results, stored.chosen_engine(results, engine)) for key, wanted in engines.items()
             for results in [open_results(workspace, dataset, run, key)] for engine in dict.fromkeys(wanted)]  # fmt: skip
    for results, chosen in asked:
        stored.check_searchable(results, chosen)
    for number, (results, chosen) in enumerate(asked):
        yield from _within(_measure(results, chosen, again), number, len(asked))
    yield Progress("all done", 1, 1, overall=1.0)


def _within(steps: Steps, number: int, count: int) -> Steps:
    """Steps as one of several parts of the whole."""
    for progress in steps:
        part = progress.done / progress.total if progress.total else 0.0
        yield replace(progress, overall=(number + part) / count)


def _build(results: Results, chosen: Chosen) -> Steps:
    build = ENGINES[chosen.name].build
    if build is None:
        return
    workspace, path, inputs = results.workspace, stored.index_path(results, chosen), stored.index_inputs(results, chosen)
    with (yield from locked(workspace, str(path.relative_to(workspace.root)))):
        if (yield from is_fresh(workspace, path, inputs)) and stored.state_of(results, chosen) == "fresh":
            return
        begin, folder, matrix = time.monotonic(), half_done(path, inputs), results.descriptors[0].matrix
        before = read_json(folder / stored.BEGUN, {"seconds": 0.0})["seconds"]
        steps = relabelled(build(matrix, folder, chosen, results.version), message=f"{results.model} in {chosen.text}")
        file = yield from _timed(steps, folder / stored.BEGUN, results.version, begin - before)
        seconds = before + time.monotonic() - begin
        with workspace.writing(path, inputs, seconds=seconds, notes={"engine": chosen.text}) as temporary:
            file.rename(temporary)
        rmtree(folder)


def _timed(steps: Generator[Progress, None, Path], file: Path, version: str, begin: float) -> Generator[Progress, None, Path]:
    """The same steps; the seconds since `begin` are written down, for whoever goes on with them after a kill."""
    while True:
        try:
            progress = next(steps)
        except StopIteration as end:
            return end.value
        write_json(file, {"descriptors": version, "seconds": time.monotonic() - begin})
        yield progress


def _measure(results: Results, chosen: Chosen, again: bool) -> Steps:
    yield from _build(results, chosen)
    workspace, path, inputs = results.workspace, stored.measured_path(results, chosen), stored.measured_inputs(results, chosen)
    with (yield from locked(workspace, str(path.relative_to(workspace.root)))):
        here = machine(torch.device("cpu"))
        fresh = yield from is_fresh(workspace, path, inputs)
        if fresh and not again and stored.read_measured(results, chosen).machine == here:
            return
        begin, matrix = time.monotonic(), results.descriptors[0].matrix
        rows = searched_rows(len(matrix))
        yield Progress("exact search", 0, 1, "what the engines are compared with")
        exactly = nearest_exactly(matrix, rows)
        hand_back_memory()
        before = anonymous_memory()
        index = stored.open_index(results, chosen.text)
        try:
            steps = relabelled(measure_search(index, matrix, rows, exactly), message=f"{results.model} in {chosen.text}")
            recall, took = yield from steps
            held = anonymous_memory()
        finally:
            index.close()
        server = "://" in chosen.address
        memory = None if server or held is None or before is None else max(0, held - before)
        seconds = workspace.record(stored.index_path(results, chosen)).seconds if ENGINES[chosen.name].build else 0.0
        disk = None if server else sum(size_on_disk(part) for part in stored.index_files(results, chosen))
        measured = Measured(recall, (float(np.median(took)), float(np.percentile(took, 95))), len(rows), seconds, disk, memory, here)
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin) as temporary:
            write_json(temporary, asdict(measured))
