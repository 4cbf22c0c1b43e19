"""The steps that make maps, and what a map shows beside its points: neighbour lists of a model, thumbnails of a dataset."""

import shutil
import time
from collections.abc import Mapping

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.thumbnails import sheet_count, write_sheet
from retrieval_core.projection.maps import compute_map
from retrieval_core.projection.pivots import MOST_WHOLE, PIVOTS, compute_pivot_map
from retrieval_core.ranking.neighbour_lists import MOST_LISTED, listed, neighbour_lists
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


def project(
    workspace: Workspace, run: str, name: str, model: str, method: str, subset: str = "all", parameters: Mapping | None = None,
    seed: int = 0, most_whole: int = MOST_WHOLE, pivots: int = PIVOTS,
) -> Steps:  # fmt: skip
    """Map a dataset's descriptors to the plane, unless this map was made before.

    Of more than `most_whole` photographs `pivots` are laid out and the rest is placed among them; if that is cut off, it goes on
    where it stopped.
    """
    choice = artefacts.map_choice(method, subset, dict(parameters or {}), seed)
    path = artefacts.map_path(workspace, name, run, model, choice)
    with (yield from locked(workspace, name, run, model, path.name)):
        results = open_results(workspace, name, run, model)
        inputs = artefacts.map_inputs(workspace, results.dataset, run, model, choice)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        ids = artefacts.subset_ids(results.dataset, subset)
        matrix = results.rows(subset)
        begin = time.monotonic()
        if len(ids) > most_whole:
            folder = half_done(path, inputs | {"pivots": pivots})
            made = yield from compute_pivot_map(ids, matrix, method, parameters, seed, folder, pivots)
        else:
            made = yield from compute_map(ids, matrix, method, parameters, seed)
        notes = {"choice": choice, "n": len(ids), "quality": made.quality, "parameters": made.parameters}
        notes |= {"pivots": made.pivots} if made.pivots else {}
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin, notes=notes) as temporary:
            write_arrays(temporary, {"xy": made.xy, "overlap": made.overlap}, {"ids": list(ids)})
        if made.pivots:
            shutil.rmtree(folder, ignore_errors=True)


def list_neighbours(workspace: Workspace, run: str, name: str, model: str, subset: str = "all") -> Steps:
    """Find the nearest neighbours of every photograph of a subset, unless it has none or too many for that."""
    ids = artefacts.subset_ids(open_dataset(workspace, name), subset)
    if not 0 < len(ids) <= MOST_LISTED:
        return
    path = artefacts.neighbours_path(workspace, name, run, model, subset)
    with (yield from locked(workspace, name, run, model, f"neighbours-{subset}")):
        results = open_results(workspace, name, run, model)
        inputs = artefacts.neighbours_inputs(workspace, results.dataset, run, model, subset)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        matrix = results.rows(subset)
        begin = time.monotonic()
        positions, similarities = yield from neighbour_lists(matrix, listed(len(ids)))
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin) as temporary:
            write_arrays(temporary, {"positions": positions, "similarities": similarities}, {"subset": subset})


def thumbnails(workspace: Workspace, name: str) -> Steps:
    """Put the thumbnails of a dataset on sheets."""
    with (yield from locked(workspace, name, "thumbnails")):
        dataset = open_dataset(workspace, name)
        inputs = artefacts.sheets_inputs(dataset)
        for number in range(sheet_count(dataset.images)):
            path = artefacts.sheet_path(workspace, name, number)
            if not (yield from is_fresh(workspace, path, inputs)):
                with workspace.writing(path, inputs) as temporary:
                    yield from write_sheet(dataset.images, number, temporary)
