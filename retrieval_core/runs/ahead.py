"""Describing ahead: a dataset of ours is described while it is rendered, by a model whose weights need no training.

Only the order of the work is another. A batch of which nothing can change any more is described as ever, and left where the step
`describe` looks for what is done: it makes the rest, and the result is the same to the bit.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from threading import Event

import numpy as np

from retrieval_core.datasets.catalog import build_dataset
from retrieval_core.datasets.oxford import find_photographs
from retrieval_core.datasets.parallel_rendering import finished_at_head
from retrieval_core.datasets.pixels import Pixels, read_shapes
from retrieval_core.datasets.types import Image
from retrieval_core.errors import Locked
from retrieval_core.presets import Preset, lineage
from retrieval_core.progress import finished
from retrieval_core.projection.maps import FEWEST, compute_map
from retrieval_core.runs.making import Steps, half_done
from retrieval_core.stored import artefacts
from retrieval_core.stored.run import Run
from retrieval_core.workspace import Workspace

PAUSE = 0.2  # seconds between two looks at what is rendered


def build_and_describe(workspace: Workspace, name: str, run: Run, preset: Preset, device: str, download: bool = False) -> Steps:
    """Render a built-in dataset unless it is there, and describe what is rendered meanwhile.

    The weights of the model must be such as are fetched, not trained. Raises what rendering or describing raises, once both have
    stopped.
    """
    described: list[int] = []
    ended = Event()
    with ThreadPoolExecutor(1) as threads:
        describing = threads.submit(_describe, workspace, name, run, preset, device, download, described, ended)
        try:
            for progress in build_dataset(workspace, name):
                if describing.done():
                    describing.result()  # raises what it could not do
                yield replace(progress, message=f"{sum(described):,} described" if described else "")
        finally:
            ended.set()
        describing.result()


def _describe(
    workspace: Workspace, name: str, run: Run, preset: Preset, device: str, download: bool, described: list[int], ended: Event
) -> None:
    """Describe the full batches of a dataset as they are rendered, until `ended`; note the size of each in `described`."""
    from retrieval_core.descriptors.extract import extract_pixels, full_batches  # torch loads while the first are rendered
    from retrieval_core.networks.device import pick_device
    from retrieval_core.runs import steps
    from retrieval_core.runs.loading import load_network

    for stage in lineage(preset.key):
        finished(steps.train_stage(workspace, run, stage, device, download))
    inputs, chosen = artefacts.describing_inputs(workspace, run, preset), pick_device(device)
    path = artefacts.descriptors_path(workspace, name, run.name, preset.key)
    with suppress(Locked), workspace.lock(name, run.name, preset.key, "descriptors", limit=0.0):
        folder, network = half_done(path, inputs), load_network(workspace, run, preset, chosen)
        # Loads and compiles what the first map needs.
        finished(compute_map([str(one) for one in range(FEWEST)], np.eye(FEWEST, dtype=np.float32), "tsne"))
        images: list[Image] = []
        shapes, done = np.empty((0, 2), np.int64), set()
        while not ended.is_set():
            found = _finished(workspace, name)[len(images) :]
            images += found
            shapes = np.concatenate([shapes, read_shapes(found, inputs["size"], preset.square)])
            pixels = Pixels(tuple(images), inputs["size"], preset.square, shapes, None)
            for batch in full_batches(shapes):
                if batch[0] not in done and not ended.is_set():
                    finished(extract_pixels(network, pixels, batch, chosen, folder, inputs["scales"]))
                    done.add(batch[0])
                    described.append(len(batch))
            ended.wait(PAUSE)


def _finished(workspace: Workspace, name: str) -> list[Image]:
    """The photographs that a dataset begins with and that will not change any more, in their order."""
    root = workspace.folder(name) / "photographs"
    return [Image(*found) for found in islice(find_photographs(root).items(), finished_at_head(root))]
