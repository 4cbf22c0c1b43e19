"""The step that looks for clusters in descriptors that are there, and counts how similar pairs of photographs are."""

import time
from collections.abc import Sequence
from dataclasses import replace

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.clusters import check_clusters, label_codes
from retrieval_core.evaluation.density_clusters import SMALLEST, density_clusters
from retrieval_core.evaluation.pair_similarities import pair_similarities
from retrieval_core.progress import Progress
from retrieval_core.runs.making import Steps, is_fresh, locked
from retrieval_core.runs.map_steps import list_neighbours
from retrieval_core.search_choices import described_key
from retrieval_core.stored.artefacts import SUBSETS
from retrieval_core.stored.clusters import clusters_inputs, clusters_path
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace

NO_CLUSTERS = "{} makes sets of visual words, and no vectors: there is no mean of a landmark. Choose a model without asmk in its key."


def find_clusters(workspace: Workspace, dataset: str, run: str, models: Sequence[str]) -> Steps:
    """Make neighbour lists, clusters and pair similarities of models that have described a dataset, where they are not there.

    Raises RetrievalError, before anything is made, where a model has not described the dataset or has no vectors, and where the
    dataset has too few landmarks or too many photographs.
    """
    found = [open_results(workspace, dataset, run, key) for key in dict.fromkeys(map(described_key, models))]
    for results in found:
        if not results.preset.has_vector:
            raise RetrievalError(NO_CLUSTERS.format(results.model))
        check_clusters(results.dataset)
        _ = results.descriptors
    for number, results in enumerate(found):
        for progress in _all_of(results):
            part = progress.done / progress.total if progress.total else 0.0
            yield replace(progress, stage=f"{progress.stage} {results.model}", overall=(number + part / 2) / len(found))
    yield Progress("all done", 1, 1, overall=1.0)


def _all_of(results: Results) -> Steps:
    for subset in SUBSETS:
        yield from list_neighbours(results.workspace, results.run, results.dataset.name, results.model, subset)
    yield from _cluster(results)


def _cluster(results: Results) -> Steps:
    workspace, dataset = results.workspace, results.dataset
    path, inputs = clusters_path(results), clusters_inputs(results)
    with (yield from locked(workspace, dataset.name, results.run, results.model, path.stem)):
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin, arrays = time.monotonic(), {}
        for subset in SUBSETS:
            yield Progress("clusters", 0, 1)
            lists = results.neighbours(subset)
            if lists is None:
                raise RetrievalError(f"The neighbour lists of {results.model} were made of other descriptors meanwhile. Run it again.")
            arrays[subset] = density_clusters(results.rows(subset), *lists)
        pairs = yield from pair_similarities(results.descriptors[0].matrix, label_codes(dataset))
        arrays |= {"right": pairs.right, "wrong": pairs.wrong}
        notes = {"smallest": SMALLEST}
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin, notes=notes) as temporary:
            write_arrays(temporary, arrays, {})
