"""What processes do that help process 0: the orders that it gives them, and how each is followed.

They open the same files and read the same photographs, below the same paths; they write and lock nothing.
"""

from pathlib import Path
from typing import Any

import torch

from retrieval_core import processes
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.pixels import Pixels, open_pixels
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.extract import extract_pixels
from retrieval_core.exchange import agreed
from retrieval_core.networks.weights import load_weights
from retrieval_core.presets import Preset, get_preset
from retrieval_core.progress import finished
from retrieval_core.runs.loading import load_network
from retrieval_core.runs.making import Steps
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import as_json, from_json
from retrieval_core.training.loop import train
from retrieval_core.training.test_set_guard import labelled_part
from retrieval_core.workspace import Workspace


def training_order(run: Run, stage: Preset, folder: Path) -> dict[str, Any]:
    """Train a stage of a run, whose half-done work lies in the folder."""
    return {"do": "train", "run": as_json(run), "key": stage.key, "folder": str(folder)}


def describing_order(run: Run, preset: Preset, dataset: str, size: int, labelled: bool) -> dict[str, Any]:
    """Describe a dataset, or its labelled photographs, at a size with a model of a run."""
    return {"do": "describe", "run": as_json(run), "key": preset.key, "dataset": dataset, "size": size, "labelled": labelled}


def serve(workspace: Workspace, device: torch.device) -> None:
    """Follow the orders of process 0 until there are no more; raises what was raised in all processes, or in this one."""
    for order in processes.orders():
        with processes.at_work():
            finished({"train": _train, "describe": _describe}[order["do"]](workspace, device, order))


def _train(workspace: Workspace, device: torch.device, order: dict[str, Any]) -> Steps:
    run, stage = from_json(order["run"]), get_preset(order["key"])
    schedule = stage.schedule(run.column)

    def open_all() -> tuple[dict[str, torch.Tensor] | None, Pixels]:
        dataset = labelled_part(open_dataset(workspace, origins.trained_on(run, stage)))
        parent = load_weights(artefacts.weights_path(workspace, run, get_preset(stage.parent))) if stage.parent else None
        return parent, _pixels(workspace, dataset, schedule.extract_size, stage.square)

    parent, pixels = agreed(open_all)
    yield from train(stage, schedule, parent, pixels, run.seed, device, Path(order["folder"]))


def _describe(workspace: Workspace, device: torch.device, order: dict[str, Any]) -> Steps:
    run, preset = from_json(order["run"]), get_preset(order["key"])

    def open_all():
        dataset = open_dataset(workspace, order["dataset"])
        pixels = _pixels(workspace, labelled_part(dataset) if order["labelled"] else dataset, order["size"], preset.square)
        return load_network(workspace, run, preset, device), pixels

    network, pixels = agreed(open_all)
    yield from extract_pixels(network, pixels, range(len(pixels.images)), device, None, preset.scales)


def _pixels(workspace: Workspace, dataset: Dataset, size: int, square: bool) -> Pixels:
    """What process 0 has decoded, or photographs that are decoded as they are needed."""
    return finished(open_pixels(dataset.images, dataset.photographs, size, square, workspace.folder(dataset.name), keep=False))
