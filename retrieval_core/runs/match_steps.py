"""The step that counts the local matches of every query with its first photographs, for geometric verification."""

import time

import numpy as np

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.progress import relabelled
from retrieval_core.ranking.search import search
from retrieval_core.ranking.verification import FIRST
from retrieval_core.runs.making import Steps, is_fresh, locked
from retrieval_core.stored.matches import matches_inputs, matches_path
from retrieval_core.stored.ranking import picture_count, query_pictures
from retrieval_core.stored.results import open_results
from retrieval_core.workspace import Workspace


def count_matches(workspace: Workspace, run: str, name: str, model: str) -> Steps:
    """Count them, unless that was done before, or there are no pictures: then the ranking says so."""
    results = open_results(workspace, name, run, model)
    path = matches_path(results)
    with (yield from locked(workspace, *path.relative_to(workspace.root).parts)):
        inputs = matches_inputs(results)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        database, queries = results.descriptors
        count = picture_count(results.dataset, query_pictures(results.dataset, queries.ids))
        if count is None:
            return
        begin = time.monotonic()
        positions, _ = search(queries.matrix, database.matrix, FIRST)
        matches = np.zeros(positions.shape, np.int32)
        for row in range(len(positions)):
            matches[row] = yield from relabelled(count(row, positions[row]), stage=f"verify {model}", done=row, total=len(positions))
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin) as temporary:
            write_arrays(temporary, {"positions": positions, "matches": matches}, {"queries": list(queries.ids)})
