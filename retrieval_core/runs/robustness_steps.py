"""The step that changes the queries of a dataset, describes and ranks them anew, and scores what is found: the database stays."""

import shutil
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from PIL import Image as PILImage

from retrieval_core.datasets.images import read_image
from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.no_precision import why_no_precision
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.changed_picture import ChangedPicture, change_picture
from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.descriptors.extract import keep_rows
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.evaluation.average_precision import Score, score_rankings
from retrieval_core.evaluation.robustness import Robustness
from retrieval_core.progress import Progress, relabelled
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.search import named
from retrieval_core.runs.describer import Describer, open_describer
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.stored.ranking import order_rows, query_pictures
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.robustness import robustness_inputs, robustness_path
from retrieval_core.workspace import Workspace, write_json


class _Model:
    """A model and its network, which is loaded when it is first needed: where all is done already it never is."""

    def __init__(self, results: Results, device: str):
        self.results, self.device = results, device

    @cached_property
    def describer(self) -> Describer:
        return open_describer(self.results, self.device)


def break_queries(
    workspace: Workspace, dataset: str, run: str, models: Sequence[str], changes: Sequence[str] = tuple(CHANGES), device: str = "auto"
) -> Steps:
    """Score the queries of a dataset at every strength of some changes under some models, where that was not done before.

    Raises RetrievalError, before anything is described, for an unknown change, where a model has not described the dataset, where its
    descriptors were imported, and where no query has anything to find.
    """
    for change in changes:
        check_choice("change", change, CHANGES)
    if run == IMPORTED_RUN:
        raise RetrievalError(f"The descriptors of {dataset} were imported: there is no network to describe a changed picture.")
    found = [open_results(workspace, dataset, run, key) for key in dict.fromkeys(models)]
    for results in found:
        _ = results.descriptors
        if not any(query.positives for query in results.dataset.queries):
            raise RetrievalError(why_no_precision(workspace, results.dataset))
    for number, results in enumerate(found):
        model = _Model(results, device)
        for place, change in enumerate(changes):
            for progress in _break(model, change):
                done = number * len(changes) + place + (progress.done / progress.total if progress.total else 0.0)
                yield replace(progress, stage=f"{change} {results.model}", overall=done / len(found) / len(changes))
    yield Progress("all done", 1, 1, overall=1.0)


def _break(model: _Model, change: str) -> Steps:
    """One change under one model, strength by strength; the strengths that are described are kept if the work is stopped."""
    results, chosen = model.results, CHANGES[change]
    workspace, path, inputs = results.workspace, robustness_path(results, change), robustness_inputs(results, change)
    with (yield from locked(workspace, results.dataset.name, results.run, results.model, path.stem)):
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin, folder, count = time.monotonic(), half_done(path, inputs), len(chosen.strengths)
        scores = []
        for place, strength in enumerate(chosen.strengths):
            rows = yield from _describe(model, change, strength, place, folder)
            ranking = _score(results, rows, change, strength)
            scores.append((yield from relabelled(ranking, done=(place + 1) * len(rows), total=count * len(rows))))
        found = Robustness(change, chosen.strengths, tuple(scores))
        with workspace.writing(path, inputs, device=str(model.describer.device), seconds=time.monotonic() - begin) as temporary:
            write_json(temporary, asdict(found))
        shutil.rmtree(folder)


def _describe(model: _Model, change: str, strength: float, place: int, folder: Path) -> Generator[Progress, None, np.ndarray]:
    """Descriptors (Q, D) of all queries at a strength, the stored ones where nothing is changed; `place` is that of the strength."""
    _, queries = model.results.descriptors
    if strength == CHANGES[change].unchanged:
        return np.asarray(queries.matrix)
    if (file := folder / f"{place}.npy").exists():
        return np.load(file, allow_pickle=False)
    dataset, rows, count = model.results.dataset, [], len(queries.ids)
    for row, query_id in enumerate(queries.ids):
        yield Progress("describe", place * count + row, len(CHANGES[change].strengths) * count)
        rows.append(model.describer.describe_changed(_changed(dataset, query_id, change, strength)))
    matrix = np.concatenate(rows)
    keep_rows(matrix, file)
    return matrix


def _score(results: Results, rows: np.ndarray, change: str, strength: float) -> Generator[Progress, None, tuple[Score, ...]]:
    """Rank the stored photographs for changed queries by what the model does after the search, and score the rankings."""
    dataset, (database, queries) = results.dataset, results.descriptors
    if strength == CHANGES[change].unchanged:
        ordered = order_rows(results, rows, query_pictures(dataset, queries.ids), queries.ids)
    else:
        pictures = [Picture((dataset.photographs, query_id, change, strength), partial(_picture, dataset, query_id, change, strength))
                    for query_id in queries.ids]  # fmt: skip
        ordered = order_rows(results, rows, pictures)
    yield Progress("rank", 0, 1)
    return tuple(score_rankings(dataset, named(queries.ids, database.ids, *(yield from ordered))))


def _changed(dataset: Dataset, query_id: str, change: str, strength: float) -> ChangedPicture:
    query = dataset.query(query_id)
    return change_picture(read_image(dataset.image(query.image_id).path), query.box, {change: strength}, query_id)


def _picture(dataset: Dataset, query_id: str, change: str, strength: float) -> PILImage.Image:
    return _changed(dataset, query_id, change, strength).picture
