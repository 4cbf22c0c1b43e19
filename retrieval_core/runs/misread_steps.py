"""The step that makes the strips of small maps on which t-SNE is misread."""

import time
from collections.abc import Sequence
from dataclasses import replace

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress, relabelled
from retrieval_core.projection.maps import FEWEST, NO_MAP
from retrieval_core.projection.misreading.strips import STRIPS, draw_sample
from retrieval_core.runs.making import Steps, is_fresh, locked
from retrieval_core.search_choices import described_key
from retrieval_core.stored.misread import misread_inputs, misread_path, write_misread
from retrieval_core.stored.results import Results, open_results
from retrieval_core.workspace import Workspace


def make_misread(workspace: Workspace, dataset: str, run: str, models: Sequence[str]) -> Steps:
    """Make the strips of models that have described a dataset, where they are not there.

    Raises RetrievalError, before anything is made, where a model has not described the dataset or has no vectors, and where the
    dataset has too few photographs for a map.
    """
    found = [open_results(workspace, dataset, run, key) for key in dict.fromkeys(map(described_key, models))]
    for results in found:
        if not results.preset.has_vector:
            raise RetrievalError(NO_MAP)
        if (count := len(results.dataset.images)) < FEWEST:
            raise RetrievalError(f"A map takes at least {FEWEST} photographs, and {dataset} has {count}.")
        _ = results.descriptors
    for number, results in enumerate(found):
        for progress in _all_of(results):
            yield replace(progress, overall=(number + (progress.overall or 0.0)) / len(found))
    yield Progress("all done", 1, 1, overall=1.0)


def _all_of(results: Results) -> Steps:
    workspace, dataset = results.workspace, results.dataset
    path, inputs = misread_path(results), misread_inputs(results)
    with (yield from locked(workspace, dataset.name, results.run, results.model, path.stem)):
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin, strips = time.monotonic(), {}
        sample = draw_sample(dataset, results.descriptors[0])
        for number, (key, kind) in enumerate(STRIPS.items()):
            told = {"stage": f"{kind.title} {results.model}", "overall": number / len(STRIPS)}
            strips[key] = yield from relabelled(kind.make(sample), **told)
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin) as temporary:
            write_misread(temporary, sample, strips)
