"""The step of the knob p: one pass describes a dataset at every exponent of GeM; kept are the curve, the places and the first found."""

import shutil
import time
from collections.abc import Generator, Iterator
from functools import partial
from typing import cast

import numpy as np
import torch

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.datasets.pixels import Pixels
from retrieval_core.descriptors.aggregation.network import DescribingNetwork
from retrieval_core.descriptors.extract import at_scales, batches_of, extract_dataset
from retrieval_core.descriptors.gem_powers import POWERS, AtPowers, gem_of_logarithms
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.errors import RetrievalError
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.pooling import FLOOR
from retrieval_core.progress import Progress, relabelled
from retrieval_core.projection.alignment import align
from retrieval_core.projection.maps import ProjectedMap
from retrieval_core.projection.pca import principal_components
from retrieval_core.ranking.neighbour_lists import MOST_LISTED, neighbour_lists
from retrieval_core.ranking.search import search
from retrieval_core.runs.knob_steps import Point, scored, timed, written
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.runs.steps import decoded
from retrieval_core.stored.knobs import knob_inputs, knob_path
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace

FIRST = 12  # photographs that are kept of each ranking
MOST_BYTES = 2e9  # of the descriptors at all exponents, which are held up to three times while they are made


def turn_p(workspace: Workspace, run: Run, name: str, model: str, device: str = "auto") -> Steps:
    """Make the curve of GeM's p, and what is seen while it is turned: places, and the first of every ranking, at each exponent.

    RetrievalError where the model is not pooled by GeM, or the dataset is too large for all exponents at once.
    """
    results = open_results(workspace, name, run.name, model)
    with (yield from locked(workspace, name, run.name, model, "knob-p")):
        path, inputs = knob_path(results, "p"), knob_inputs(results, "p")
        if (yield from is_fresh(workspace, path, inputs)):
            return
        begin, chosen, folder, recipe = time.monotonic(), pick_device(device), half_done(path, inputs), results.recipe
        network = AtPowers(load_network(workspace, run, results.preset, chosen), POWERS)
        rows = sum(map(len, (group.ids for group in results.descriptors)))
        if (needed := 4 * rows * network.dim) > MOST_BYTES:
            raise RetrievalError(f"The descriptors of {name} at {len(network.powers)} exponents take {needed / 1e9:.1f} GB, more than "
                                 f"{MOST_BYTES / 1e9:.0f}. Choose a smaller dataset, or a model of fewer dimensions.")  # fmt: skip
        pixels = yield from decoded(workspace, results.dataset, recipe["size"], results.preset.square)
        matrices = yield from extract_dataset(
            cast(DescribingNetwork, network), None, results.dataset, pixels, recipe, chosen, folder
        )  # fmt: skip
        images, queries = (np.asarray(network.apart(torch.from_numpy(matrix))) for matrix in matrices)
        whitening = load_whitening(workspace, run, results.preset)
        took = pooling_times(network, pixels, chosen, recipe["scales"])
        points = list(_points(results, network, images, queries, whitening, took))
        curve = yield from scored(results, iter(points), "p")
        arrays, about = written(curve)
        seen = yield from looked_at([points[number] for number in np.argsort([point[0] for point in points], kind="stable")], curve.own)
        with workspace.writing(path, inputs, device=str(chosen), seconds=time.monotonic() - begin) as temporary:
            write_arrays(temporary, arrays | seen, about)
        shutil.rmtree(folder)


def _points(
    results: Results, network: AtPowers, images: np.ndarray, queries: np.ndarray, whitening: Whitening | None,
    took: dict[float, float],
) -> Iterator[Point]:  # fmt: skip
    """The stored descriptors at the model's own exponent, then those at the others, whitened as the model was learnt to whiten."""
    database, asked = (group.matrix for group in results.descriptors)
    size = database[:1].nbytes
    yield network.own, database, asked, size, took[network.own]
    for power, *found in zip(network.powers, images, queries, strict=True):
        made = found if whitening is None else [whitening.transform(matrix) for matrix in found]
        yield power, made[0], made[1], size, took[power]


@torch.inference_mode()
def pooling_times(network: AtPowers, pixels: Pixels, device: torch.device, scales: list[float]) -> dict[float, float]:
    """Milliseconds a photograph that the pooling takes at each exponent, of the first batch of photographs."""
    first = next(batches_of(pixels.shapes))
    pictures = torch.from_numpy(np.stack(pixels.read(first))).permute(0, 3, 1, 2).to(device)
    maps = [network.maps(resized) for resized in at_scales(network.normalise(pictures), tuple(scales))]

    def pooled(power: float) -> float:
        return float(sum(gem_of_logarithms(one.clamp(min=FLOOR).log(), power).sum() for one in maps))  # a number: it is done then

    return {power: timed(partial(pooled, power), len(first)) for power in (network.own, *network.powers)}


def looked_at(points: list[Point], own: int) -> Generator[Progress, None, dict[str, np.ndarray]]:
    """What is seen at each of P exponents, as arrays: `places` (P, N, 2) float32 by PCA, each turned onto the one before it, from the
    model's own on; the first K of the ranking of every query and every photograph, as positions int32 and similarities float32.

    Photographs are left out of their own rankings; of more than MOST_LISTED there are none.
    """
    places, found = [_placed(points[own][1])] * len(points), list[list[np.ndarray]]()
    for step, numbers in ((1, range(own + 1, len(points))), (-1, range(own - 1, -1, -1))):
        for number in numbers:
            places[number] = align(_placed(points[number][1]), places[number - step])
    for number, (_, images, queries, *_) in enumerate(points):
        found.append([*search(queries, images, FIRST)])
        if len(images) <= MOST_LISTED:
            found[-1] += yield from relabelled(neighbour_lists(images, FIRST), stage="p", done=number, total=len(points))
    names = ("query_positions", "query_similarities", "photograph_positions", "photograph_similarities")
    return {"places": np.stack([one.xy for one in places])} | {
        name: np.stack(arrays) for name, arrays in zip(names, zip(*found, strict=True), strict=False)
    }


def _placed(images: np.ndarray) -> ProjectedMap:
    """Descriptors (N, D) on their first two principal axes."""
    coordinates = principal_components(images, min(2, *images.shape), 0)[:, :2]
    return ProjectedMap(tuple(map(str, range(len(images)))), coordinates, "pca", {}, 0, {}, np.empty(0))
