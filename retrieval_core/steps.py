"""The steps of a run, one function each: look whether the artefact is fresh, else make it and publish it.

Every step holds the lock of its artefact, so two processes never make the same thing twice, and a step that was killed
finds its own half-done work (`.<name>-<hash of the inputs>`) and goes on from there.
"""

import shutil
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np

from retrieval_core import artefacts
from retrieval_core.artefacts import TRAINING_SET, Settings
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.pixels import Pixels, open_pixels
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.extract import Descriptors, extract_images, extract_queries
from retrieval_core.descriptors.whitening import PCAWhitening
from retrieval_core.evaluation.average_precision import score_rankings, summarise
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.network import RetrievalNetwork, build_network
from retrieval_core.networks.weights import imagenet_weights, load_weights, save_weights
from retrieval_core.presets import Preset, get_preset
from retrieval_core.progress import Progress
from retrieval_core.projection.layouts import Layout, compute_layout
from retrieval_core.ranking.search import search
from retrieval_core.results import dataset_images, layout_choice, load_descriptors, load_layout
from retrieval_core.training.loop import train
from retrieval_core.workspace import Workspace, short_hash, write_json

Steps = Generator[Progress, None, None]


def train_stage(workspace: Workspace, stage: Preset, settings: Settings, start: str) -> Steps:
    """Make the weights of a stage: fetched for an ImageNet start, trained from the parent's weights otherwise."""
    path = artefacts.weights_path(workspace, stage, start)
    inputs = artefacts.weights_inputs(workspace, stage, settings, start)
    with workspace.lock(str(path.relative_to(workspace.root))):
        if (yield from _is_fresh(workspace, path, inputs)):
            return
        if stage.is_start and start == "imagenet":
            yield Progress(f"fetch {stage.key}", 0, 1)
            state = imagenet_weights(stage.backbone, settings.download)
            with workspace.writing(path, inputs) as temporary:
                save_weights(state, temporary, {"stage": stage.key, "start": start})
            return
        device = pick_device(settings.device)
        dataset = open_dataset(workspace, "shapes" if stage.is_start else TRAINING_SET)
        schedule = stage.schedule(settings.schedule)
        network = build_network(stage, classes=None)
        pixels = yield from _pixels(workspace, dataset, schedule.image_size)
        parent = None
        if stage.parent:
            parent = load_weights(artefacts.weights_path(workspace, get_preset(stage.parent), start))
        folder = path.parent / f".training-{short_hash(inputs)}"
        begin = time.monotonic()
        result = yield from train(network, parent, stage, schedule, pixels, dataset, settings.seed, device, folder)
        with workspace.writing(
            path, inputs, device=str(device), seconds=time.monotonic() - begin, notes=result
        ) as temporary:
            save_weights(network, temporary, {"stage": stage.key, "start": start})
        (folder / "training.jsonl").replace(path.parent / "training.jsonl")
        shutil.rmtree(folder)


def learn_whitening(workspace: Workspace, preset: Preset, settings: Settings, start: str) -> Steps:
    """Learn a model's PCA whitening from the training photographs, never from the dataset that is scored."""
    path = artefacts.whitening_path(workspace, preset, start)
    inputs = artefacts.whitening_inputs(workspace, preset, settings, start)
    with workspace.lock(str(path.relative_to(workspace.root))):
        if (yield from _is_fresh(workspace, path, inputs)):
            return
        dataset = open_dataset(workspace, TRAINING_SET)
        network = load_network(workspace, preset, start)
        partial = path.parent / f".descriptors-{short_hash(inputs)}"
        size = preset.schedule(settings.schedule).extract_size
        pixels = yield from _pixels(workspace, dataset, size)
        descriptors = yield from extract_images(network, preset, pixels, dataset.images, device, partial)
        with workspace.writing(path, inputs) as temporary:
            PCAWhitening.fit(descriptors.matrix).save(temporary)
        shutil.rmtree(partial, ignore_errors=True)
