"""The step that measures what describing a photograph costs a model: counted and timed here, on photographs of the dataset."""

import platform
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median

import numpy as np
import torch

from retrieval_core.datasets.imported import IMPORTED_RUN
from retrieval_core.datasets.pixels import Pixels, open_pixels
from retrieval_core.descriptors.aggregation.network import DescribingNetwork
from retrieval_core.descriptors.cost import count_operations, count_parameters
from retrieval_core.descriptors.extract import Scales, extract_pixels
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.descriptors.word_sets import bytes_a_row
from retrieval_core.errors import RetrievalError
from retrieval_core.evaluation.costs import Cost
from retrieval_core.networks.device import has_bfloat16, pick_device
from retrieval_core.progress import Progress, finished, relabelled
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.runs.making import Steps, is_fresh, locked
from retrieval_core.search_choices import described_key
from retrieval_core.stored.costs import costs_inputs, costs_path, read_cost
from retrieval_core.stored.results import Results, open_results
from retrieval_core.stored.run_list import get_run
from retrieval_core.workspace import Workspace, write_json

SAMPLE = 64  # photographs that are described, spread evenly over the dataset
REPEATS = 5  # that are timed, after one that is not: the first time a processor lays out memory and chooses its kernels


def measure_costs(
    workspace: Workspace, dataset: str, run: str, models: Sequence[str], device: str = "auto", again: bool = False
) -> Steps:
    """Measure the costs of models that have described a dataset, those that were not measured yet on this machine, or `again` all.

    Raises RetrievalError, before anything is measured, where a model has not described the dataset or its descriptors were imported.
    """
    if run == IMPORTED_RUN:
        raise RetrievalError(f"The descriptors of {dataset} were imported: there is no network whose costs could be measured.")
    found = [open_results(workspace, dataset, run, key) for key in dict.fromkeys(map(described_key, models))]
    for results in found:
        _ = results.descriptors
    for number, results in enumerate(found):
        for progress in _measure(results, pick_device(device), again):
            part = progress.done / progress.total if progress.total else 0.0
            yield replace(progress, stage=f"measure {results.model}", overall=(number + part) / len(found))
    yield Progress("all done", 1, 1, overall=1.0)


def _measure(results: Results, device: torch.device, again: bool) -> Steps:
    workspace, preset, place = results.workspace, results.preset, (results.dataset.name, results.run, results.model)
    path, inputs = costs_path(results), costs_inputs(results)
    with (yield from locked(workspace, *place, "costs")):
        fresh = yield from is_fresh(workspace, path, inputs)
        if fresh and not again and read_cost(results).machine == machine(device):
            return
        run, recipe = get_run(workspace, results.run), results.recipe
        network, whitening = load_network(workspace, run, preset, device), load_whitening(workspace, run, preset)
        images = results.dataset.images
        sample = [images[position] for position in np.linspace(0, len(images) - 1, min(SAMPLE, len(images))).astype(int)]
        begin = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="costs-") as folder:
            decoding = open_pixels(sample, results.dataset.photographs, recipe["size"], preset.square, Path(folder))
            pixels = yield from relabelled(decoding, done=0, total=0)
            repeats = yield from _time(network, whitening, pixels, device, recipe["scales"])
            operations = count_operations(network, pixels.shapes, device, recipe["scales"])
        size = round(bytes_a_row(results.descriptors[0].matrix))
        cost = Cost(count_parameters(network), operations, size, median(repeats), repeats, len(sample), recipe["size"],
                    machine(device))  # fmt: skip
        with workspace.writing(path, inputs, device=str(device), seconds=time.monotonic() - begin) as temporary:
            write_json(temporary, asdict(cost))


def _time(
    network: DescribingNetwork, whitening: Whitening | None, pixels: Pixels, device: torch.device, scales: Scales
) -> Generator[Progress, None, tuple[float, ...]]:
    """Milliseconds a photograph, repeat by repeat: from decoded pictures to descriptors, as a dataset is described."""
    repeats = []
    for repeat in range(1 + REPEATS):
        yield Progress("measure", repeat, 1 + REPEATS)
        begin = time.perf_counter()
        # Their progress is not passed on, since whoever draws it would be timed as well.
        matrix = finished(extract_pixels(network, pixels, range(len(pixels.images)), device, scales=tuple(scales)))
        if whitening is not None:
            whitening.transform(matrix)
        repeats.append(1000 * (time.perf_counter() - begin) / len(pixels.images))
    return tuple(repeats[1:])


def machine(device: torch.device) -> str:
    """What a time is measured on, in words: processor, its threads, and the precision that networks have there."""
    precision = "bfloat16" if has_bfloat16(device) else "float32"
    if device.type == "cuda":
        return f"{torch.cuda.get_device_name(device)}, {precision}"
    threads = f"{torch.get_num_threads()} threads, " if device.type == "cpu" else ""
    return f"{_processor()} ({device.type}), {threads}{precision}"


def _processor() -> str:
    """The name of the processor, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "") or platform.processor() or platform.machine()
