"""Compute again what a score stands on, from the photographs up, and hold it against what is stored; nothing is written."""

import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.descriptors.extract import extract_dataset
from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.evaluation.average_precision import PROTOCOLS, mean_average_precision, score_rankings
from retrieval_core.networks.device import pick_device
from retrieval_core.progress import Progress
from retrieval_core.ranking.search import named
from retrieval_core.ranking.selective_match import similarities
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.stored.ranking import order_rows, query_pictures
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace

FAR = 0.01  # distance that rounding on another processor does not explain: see `_apart`
APART = 0.1  # points of AP: the accuracy with which scores must come out again


@dataclass(frozen=True)
class Recomputed:
    """How far fresh and stored lie apart. JSON-able.

    `descriptors` is the largest distance between a stored descriptor and its fresh one, None where there are no photographs to
    describe; `ap` the largest difference of a query's AP, in points, over both protocols; the mAPs (AP as in Oxford) in percent.
    """

    model: str
    photographs: int
    queries: int
    descriptors: float | None
    ap: float
    stored_map: float | None
    fresh_map: float | None
    seconds: float

    @property
    def agrees(self) -> bool:
        """Whether what is stored came out again."""
        return (self.descriptors or 0) <= FAR and self.ap <= APART

    @property
    def words(self) -> str:
        """For a person."""
        outcome = "agrees with what is stored" if self.agrees else "DIFFERS from what is stored"
        means = "no AP" if self.fresh_map is None else f"mAP {self.fresh_map:.2f}, stored {self.stored_map:.2f}"
        described = (
            "descriptors as imported (there is nothing to describe them from)" if self.descriptors is None
            else f"descriptors at most {self.descriptors:.1e} apart"
        )  # fmt: skip
        return (f"{self.model} {outcome}: {self.photographs:,} photographs and {self.queries} queries, {described}, "
                f"AP at most {self.ap:.3f} points apart, {means}, {self.seconds:.1f} s")  # fmt: skip


def recompute(workspace: Workspace, dataset: str, run: str, model: str, device: str = "auto") -> Generator[Progress, None, Recomputed]:
    """Decode and describe all photographs and queries of a dataset anew, rank, score, and compare; the cache stays as it is.

    Imported descriptors are ranked and scored anew. Raises RetrievalError if there is nothing stored to compare with, or if the
    photographs or the weights have changed since, so that agreement could not be expected.
    """
    begin = time.monotonic()
    results = open_results(workspace, dataset, run, model)
    stored, stored_queries = results.descriptors
    before = {score.query_id: score for score in results.scores}
    distance = None
    matrix, queries = stored.matrix, stored_queries.matrix
    if run != IMPORTED_RUN:
        matrix, queries = yield from _describe(results, device)
        distance = max(_apart(matrix, stored.matrix), _apart(queries, stored_queries.matrix))
    yield Progress(f"score {model}", 0, len(stored_queries.ids))
    found = yield from order_rows(results, queries, query_pictures(results.dataset, stored_queries.ids), fresh=matrix)
    scores = score_rankings(results.dataset, named(stored_queries.ids, stored.ids, *found))
    pairs = [(score.ap(protocol), before[score.query_id].ap(protocol)) for score in scores for protocol in PROTOCOLS]
    apart = max((100 * abs(fresh - old) for fresh, old in pairs if fresh is not None and old is not None), default=0.0)
    was, now = (
        None if (mean := mean_average_precision(entries, "oxford")) is None else 100 * mean for entries in (before.values(), scores)
    )
    return Recomputed(model, len(stored.ids), len(stored_queries.ids), distance, apart, was, now, time.monotonic() - begin)


def _describe(results: Results, device: str):
    """Fresh descriptors by the recipe of those that are stored."""
    workspace, preset, recipe = results.workspace, results.preset, results.recipe
    run, chosen = get_run(workspace, results.run), pick_device(device)
    network, whitening = load_network(workspace, run, preset, chosen), load_whitening(workspace, run, preset)
    # Not into the cache, whose decoded pictures are part of what is checked.
    with tempfile.TemporaryDirectory(prefix="recompute-") as folder:
        dataset = results.dataset
        pixels = yield from open_pixels(dataset.images, dataset.photographs, recipe["size"], preset.square, Path(folder))
        return (yield from extract_dataset(network, whitening, dataset, pixels, recipe, chosen))


def _apart(first: np.ndarray, second: np.ndarray) -> float:
    """The largest distance between two unit vectors of the same number; of sets of words what is missing from a similarity of 1."""
    if are_sets(first):
        return max((abs(1.0 - float(similarities(first[[row]], second[[row]])[0, 0])) for row in range(len(first))), default=0.0)
    return max((float(np.linalg.norm(a - b)) for a, b in zip(first, second, strict=True)), default=0.0)
