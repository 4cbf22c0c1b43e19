"""The steps of the knobs that are turned on what is described: what is learnt from, and the curve of each.

Dimensions, bits and whitening power take descriptors as they are, of the dataset and of the training landmarks; p takes one pass.
"""

import shutil
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial

import numpy as np

from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.extract import extract_pixels
from retrieval_core.descriptors.quantisation import coders
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.average_precision import PROTOCOLS, score_rankings
from retrieval_core.evaluation.knobs import Curve
from retrieval_core.networks.device import pick_device
from retrieval_core.progress import Progress
from retrieval_core.ranking.search import named, search
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.runs.steps import EPS, decoded
from retrieval_core.search_choices import KEPT
from retrieval_core.stored.knobs import knob_inputs, knob_path, learning_inputs, learning_path
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import begin_run
from retrieval_core.training.test_set_guard import refuse_retrieval, training_set
from retrieval_core.workspace import Workspace

STRENGTHS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0)
"""Powers of a whitening: 0 rotates only, 0.5 evens the variances out, more turns their order round."""
TIMED, REPEATS = 512, 5  # descriptors that are turned to time it, and how often

Point = tuple[float, np.ndarray, np.ndarray, int, float]
"""A value, the descriptors of photographs (N, D) and of queries (Q, D) there, bytes a descriptor, milliseconds a photograph."""


def describe_learning(workspace: Workspace, run: Run, name: str, model: str, device: str = "auto") -> Steps:
    """Describe the training landmarks under a model, for a dataset that is none of them: what the knobs learn from."""
    results = open_results(workspace, name, run.name, model)
    path = learning_path(workspace, run, results.preset)
    with (yield from locked(workspace, str(path.relative_to(workspace.root)))):
        begin_run(workspace, run, run.training)
        dataset = yield from training_set(workspace, run.training)
        yield from refuse_retrieval(workspace, results.dataset, {run.training})
        inputs = learning_inputs(workspace, run, results.preset)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin, chosen, folder = time.monotonic(), pick_device(device), half_done(path, inputs)
        network = load_network(workspace, run, results.preset, chosen)
        pixels = yield from decoded(workspace, dataset, inputs["size"], results.preset.square)
        matrix = yield from extract_pixels(network, pixels, range(len(dataset.images)), chosen, folder, results.preset.scales)
        if (whitening := load_whitening(workspace, run, results.preset)) is not None:
            matrix = whitening.transform(matrix)
        with workspace.writing(path, inputs, device=str(chosen), seconds=time.monotonic() - begin) as temporary:
            write_arrays(temporary, {"images": matrix}, {"images": [image.id for image in dataset.images]})
        shutil.rmtree(folder)


def turn_learnt(workspace: Workspace, run: Run, name: str, model: str, knob: str) -> Steps:
    """Make the curve of a knob that learns from the descriptors of the training landmarks: dimension, power or bits."""
    results = open_results(workspace, name, run.name, model)
    with (yield from locked(workspace, name, run.name, model, f"knob-{knob}")):
        path, inputs = knob_path(results, knob), knob_inputs(results, knob)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin = time.monotonic()
        yield Progress(knob, 0, 1, "learn from the training landmarks")
        training = read_arrays(learning_path(workspace, run, results.preset))[0]["images"]
        if len(training) < 2:
            raise RetrievalError(f"{run.training} has one photograph: nothing can be learnt from it. Add more with data add.")
        images, queries = (group.matrix for group in results.descriptors)
        power = results.preset.schedule(run.column).whitening_power
        curve = yield from scored(results, own_first(results, knob, POINTS[knob](images, queries, training, power)), knob)
        with workspace.writing(path, inputs, seconds=time.monotonic() - begin) as temporary:
            write_arrays(temporary, *written(curve))


def own_first(results: Results, knob: str, others: Iterator[Point]) -> Iterator[Point]:
    """The model as it is, at the value where it stands, before all others."""
    images, queries = (group.matrix for group in results.descriptors)
    value = {"dimension": float(images.shape[1]), "power": np.nan, "bits": 8.0 * images.itemsize}[knob]
    yield value, images, queries, images[:1].nbytes, 0.0
    yield from others


def dimension_points(images: np.ndarray, queries: np.ndarray, training: np.ndarray, power: float) -> Iterator[Point]:
    """PCA to ever fewer dimensions, whitened as `pcaN` whitens."""
    rotation, width = Whitening.fit(training, 0.0, EPS), images.shape[1]
    for kept in dict.fromkeys([width, *(kept for kept in reversed(KEPT) if kept < width)]):
        yield _whitened(rotation.scaled(power, EPS, kept), float(kept), images, queries)


def power_points(images: np.ndarray, queries: np.ndarray, training: np.ndarray, power: float) -> Iterator[Point]:
    """PCA whitening of all dimensions with one power after the other; that of the model's schedule is only one of them."""
    rotation = Whitening.fit(training, 0.0, EPS)
    for strength in sorted({*STRENGTHS, power}):
        yield _whitened(rotation.scaled(strength, EPS), strength, images, queries)


def bits_points(images: np.ndarray, queries: np.ndarray, training: np.ndarray, power: float) -> Iterator[Point]:
    """What the photographs' codes stand for; a query stays as it is."""
    for coder in coders(training):
        took = timed(partial(coder.encode, images[:TIMED]), min(TIMED, len(images)))
        yield coder.bits, coder.coded(images), queries, coder.bytes, took


POINTS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray, float], Iterator[Point]]] = {
    "dimension": dimension_points, "power": power_points, "bits": bits_points,
}  # fmt: skip
"""What makes the points of a knob of descriptors of photographs, of queries, of the training landmarks, and the schedule's power."""


def _whitened(whitening: Whitening, value: float, images: np.ndarray, queries: np.ndarray) -> Point:
    took = timed(partial(whitening.transform, images[:TIMED]), min(TIMED, len(images)))
    made = whitening.transform(images)
    return value, made, whitening.transform(queries), made[:1].nbytes, took


def timed(work: Callable[[], object], count: int) -> float:
    """Milliseconds a photograph that some work on `count` takes: the fastest repeat, since the others had other work beside them."""
    work()
    found = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - begin) / count)
    return min(found)


def scored(results: Results, points: Iterator[Point], knob: str) -> Generator[Progress, None, Curve]:
    """The curve of points, the first of which is the default; they are put in rising order."""
    image_ids, query_ids = (group.ids for group in results.descriptors)
    found: list[tuple[float, int, float, list]] = []
    for value, images, queries, size, took in points:
        found.append((value, size, took, precision(results.dataset, image_ids, query_ids, images, queries)))
        yield Progress(knob, len(found), len(found) + 1, f"turn {knob} of {results.model}")
    order = np.argsort([value for value, *_ in found], kind="stable")
    values, sizes, times, scores = zip(*(found[number] for number in order), strict=True)
    ap = {protocol: np.array([[np.nan if one.ap(protocol) is None else one.ap(protocol) for one in row] for row in scores], np.float64)
          for protocol in PROTOCOLS}  # fmt: skip
    return Curve(np.array(values), int(np.flatnonzero(order == 0)[0]), np.array(sizes, np.int64), np.array(times), query_ids, ap)


def precision(dataset: Dataset, image_ids: Sequence[str], query_ids: Sequence[str], images: np.ndarray, queries: np.ndarray) -> list:
    """The AP of every query when descriptors (Q, D) search these of the photographs (N, D)."""
    return score_rankings(dataset, named(query_ids, image_ids, *search(queries, images))) if len(query_ids) else []


def written(curve: Curve) -> tuple[dict[str, np.ndarray], dict]:
    """A curve as arrays, and what they are about."""
    arrays = {"values": curve.values, "bytes": curve.bytes, "milliseconds": curve.milliseconds, **curve.ap}
    return arrays, {"own": curve.own, "queries": list(curve.queries)}
