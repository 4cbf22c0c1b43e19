"""The steps that make what the map shows beside its points: neighbour lists of a model, thumbnails of a dataset."""

import time
from collections.abc import Generator

import numpy as np

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.thumbnails import sheet_count, write_sheet
from retrieval_core.progress import Progress
from retrieval_core.ranking.neighbour_lists import neighbour_lists
from retrieval_core.runs.steps import Steps, is_fresh
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import dataset_images, load_descriptors
from retrieval_core.workspace import Workspace


def list_neighbours(workspace: Workspace, name: str, model: str, subset: str = "all") -> Steps:
    """Find the nearest neighbours of every photograph of a subset, unless it has none or too many for that."""
    ids = dataset_images(workspace, name, subset)
    if not 0 < len(ids) <= artefacts.MOST_LISTED:
        return
    paths = artefacts.neighbours_paths(workspace, name, model, subset)
    inputs = artefacts.neighbours_inputs(workspace, name, model, subset)
    with workspace.lock(name, model, f"neighbours-{subset}"):
        fresh = True
        for path in paths:
            fresh &= yield from is_fresh(workspace, path, inputs)
        if fresh:
            return
        database, _ = load_descriptors(workspace, name, model)
        matrix = database.rows(ids)
        begin = time.monotonic()
        found = yield from neighbour_lists(matrix, artefacts.listed(len(ids)))
        seconds = time.monotonic() - begin
        for path, array in zip(paths, found, strict=True):
            with workspace.writing(path, inputs, seconds=seconds) as temporary, temporary.open("wb") as handle:
                np.save(handle, array)


def thumbnails(workspace: Workspace, name: str) -> Generator[Progress, None, None]:
    """Put the thumbnails of a dataset on sheets."""
    dataset = open_dataset(workspace, name)
    inputs = artefacts.sheets_inputs(workspace, name)
    with workspace.lock(name, "thumbnails"):
        for number in range(sheet_count(dataset.images)):
            path = artefacts.sheet_path(workspace, name, number)
            if not (yield from is_fresh(workspace, path, inputs)):
                with workspace.writing(path, inputs) as temporary:
                    yield from write_sheet(dataset.images, number, temporary)
