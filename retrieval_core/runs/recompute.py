"""Compute again what a score stands on, from the photographs up, and hold it against what is stored; nothing is written."""

import tempfile
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.imported import START as IMPORTED
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.descriptors.extract import extract_dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import PROTOCOLS, mean_average_precision, score_rankings
from retrieval_core.networks.device import pick_device
from retrieval_core.presets import get_preset
from retrieval_core.progress import Progress
from retrieval_core.ranking.search import rank
from retrieval_core.runs.steps import load_network, load_whitening
from retrieval_core.stored import artefacts
from retrieval_core.stored.results import load_descriptors, load_scores
from retrieval_core.workspace import Workspace

FAR = 0.01  # distance between two unit vectors that rounding on another processor does not explain
APART = 0.1  # points of AP: the accuracy with which scores must come out again


@dataclass(frozen=True)
class Recheck:
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
        verdict = "agrees with what is stored" if self.agrees else "DIFFERS from what is stored"
        means = "no AP" if self.fresh_map is None else f"mAP {self.fresh_map:.2f}, stored {self.stored_map:.2f}"
        described = (
            "descriptors as imported (there is nothing to describe them from)" if self.descriptors is None
            else f"descriptors at most {self.descriptors:.1e} apart"
        )  # fmt: skip
        return (f"{self.model} {verdict}: {self.photographs:,} photographs and {self.queries} queries, {described}, "
                f"AP at most {self.ap:.3f} points apart, {means}, {self.seconds:.1f} s")  # fmt: skip


def recheck(workspace: Workspace, name: str, model: str, device: str = "auto") -> Generator[Progress, None, Recheck]:
    """Decode and describe all photographs and queries of a dataset anew, rank, score, and compare.

    Imported descriptors are ranked and scored anew. Raises RetrievalError if there is nothing stored to compare with, or if the
    photographs or the weights have changed since, so that agreement could not be expected.
    """
    begin = time.monotonic()
    stored, stored_queries = load_descriptors(workspace, name, model)
    before = {score.query_id: score for score in load_scores(workspace, name, model)}
    dataset = open_dataset(workspace, name)
    distance = None
    matrix, queries = stored.matrix, stored_queries.matrix
    if stored.recipe["start"] != IMPORTED:
        matrix, queries = yield from _describe(workspace, dataset, model, stored.recipe, device)
        distance = max(_apart(matrix, stored.matrix), _apart(queries, stored_queries.matrix))
    yield Progress(f"score {model}", 0, len(stored_queries.ids))
    scores = score_rankings(dataset, rank(stored_queries.ids, queries, stored.ids, matrix))
    pairs = [(score.ap(protocol), before[score.query_id].ap(protocol)) for score in scores for protocol in PROTOCOLS]
    apart = max((100 * abs(fresh - old) for fresh, old in pairs if fresh is not None and old is not None), default=0.0)
    means = [mean_average_precision(entries, "oxford") for entries in (before.values(), scores)]
    return Recheck(
        model, len(stored.ids), len(stored_queries.ids), distance, apart,
        *(None if mean is None else 100 * mean for mean in means), seconds=time.monotonic() - begin,
    )  # fmt: skip


def _describe(workspace: Workspace, dataset, model: str, recipe: dict, device: str):
    """Fresh descriptors by a recipe; RetrievalError if what it names is no longer here."""
    preset = get_preset(model)
    weights = workspace.record(artefacts.weights_path(workspace, preset.weights_stage, artefacts.origin_of(recipe)))
    gone = "photographs" if dataset.fingerprint != recipe["dataset"] else None
    gone = "weights" if weights is None or weights.sha256 != recipe["weights"] else gone
    if gone:
        raise RetrievalError(
            f"The {gone} behind model {model} of {dataset.name} have changed since: its descriptors are stale. "
            f"Run: python -m retrieval_core run --dataset {dataset.name} --models {model}"
        )
    chosen = pick_device(device)
    network = load_network(workspace, preset, artefacts.origin_of(recipe), chosen)
    whitening = load_whitening(workspace, preset, artefacts.origin_of(recipe))
    # Not into the cache, whose decoded pictures are part of what is checked.
    with tempfile.TemporaryDirectory(dir=workspace.ensure_writable(workspace.folder(dataset.name)), prefix=".recheck-") as folder:
        pixels = yield from open_pixels(dataset.images, dataset.fingerprint, recipe["size"], preset.square, Path(folder))
        return (yield from extract_dataset(network, whitening, dataset, pixels, recipe, chosen))


def _apart(first: np.ndarray, second: np.ndarray) -> float:
    """The largest distance between two rows of the same number."""
    return max((float(np.linalg.norm(a - b)) for a, b in zip(first, second, strict=True)), default=0.0)
