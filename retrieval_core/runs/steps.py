"""The steps of a run, one function each: look whether the artefact is fresh, else make it and publish it.

Every step holds the lock of its artefact, so two processes never make the same thing twice. Half-done work lies in a
folder whose name holds the hash of the inputs; a step that was killed finds it and goes on from there.
"""

import shutil
import time
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.pixels import Pixels, open_pixels
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.extract import extract_dataset, extract_pixels
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.evaluation.average_precision import mean_average_precision, score_rankings
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.network import RetrievalNetwork, build_network
from retrieval_core.networks.weights import imagenet_weights, inherit, load_weights, local_file, local_weights, save_weights
from retrieval_core.presets import Preset, get_preset
from retrieval_core.progress import Progress, relabelled
from retrieval_core.projection.maps import ProjectedMap, compute_map
from retrieval_core.ranking.search import rank
from retrieval_core.stored import artefacts
from retrieval_core.stored.artefacts import Origin, Settings
from retrieval_core.stored.results import dataset_images, load_descriptors, load_map, map_choice
from retrieval_core.training.loop import train
from retrieval_core.training.test_set_guard import training_set
from retrieval_core.workspace import Workspace, short_hash, write_json

Steps = Generator[Progress, None, None]
WHITENING_WORDS = {"pca": "PCA", "learned": "from matching pairs,"}


def train_stage(workspace: Workspace, stage: Preset, settings: Settings, origin: Origin) -> Steps:
    """Make the weights of a stage: fetched or read for an ImageNet start, else trained from the parent's weights.

    Weights that were imported are used as they are, whatever the settings; damaged ones raise a RetrievalError.
    """
    path = artefacts.weights_path(workspace, stage, origin)
    inputs = artefacts.weights_inputs(workspace, stage, settings, origin)
    with workspace.lock(str(path.relative_to(workspace.root))):
        if (yield from _was_imported(workspace, path)) or (yield from is_fresh(workspace, path, inputs)):
            return
        if stage.is_start and origin.start == "imagenet":
            yield Progress(f"fetch {stage.key}", 0, 1)
            file = local_file(Path(settings.weights), stage.backbone) if settings.weights else None
            state = local_weights(file, stage.backbone) if file else imagenet_weights(stage.backbone, settings.download)
            with workspace.writing(path, inputs, notes={"file": file.name} if file else {}) as temporary:
                save_weights(state, temporary, {"stage": stage.key, "start": origin.start})
            return
        device = pick_device(settings.device)
        dataset = yield from training_set(workspace, "shapes" if stage.is_start else origin.training)
        schedule = stage.schedule(settings.schedule)
        pixels = yield from _pixels(workspace, dataset, schedule.extract_size, stage.square)
        parent = None
        if stage.parent:
            parent = load_weights(artefacts.weights_path(workspace, get_preset(stage.parent).weights_stage, origin))
        folder = _half_done(path, inputs)
        begin = time.monotonic()
        state, notes = yield from train(stage, schedule, parent, pixels, settings.seed, device, folder)
        seconds = time.monotonic() - begin
        shutil.copyfile(folder / "training.jsonl", path.parent / "training.jsonl")
        with workspace.writing(path, inputs, device=str(device), seconds=seconds, notes=notes) as temporary:
            save_weights(state, temporary, {"stage": stage.key, "start": origin.start})
        shutil.rmtree(folder)


def learn_whitening(workspace: Workspace, preset: Preset, settings: Settings, origin: Origin) -> Steps:
    """Learn a model's whitening from the training landmarks, never from the dataset that is scored."""
    path = artefacts.whitening_path(workspace, preset, origin)
    inputs = artefacts.whitening_inputs(workspace, preset, settings, origin)
    with workspace.lock(str(path.relative_to(workspace.root))):
        if (yield from _was_imported(workspace, path)) or (yield from is_fresh(workspace, path, inputs)):
            return
        dataset = yield from training_set(workspace, origin.training)
        folder = _half_done(path, inputs)
        device = pick_device(settings.device)
        network = load_network(workspace, preset, origin, device)
        pixels = yield from _pixels(workspace, dataset, inputs["size"], preset.square)
        matrix = yield from extract_pixels(network, pixels, range(len(dataset.images)), device, folder, preset.scales)
        with workspace.writing(path, inputs) as temporary:
            learnt = (
                Whitening.fit_pairs(matrix, [image.label for image in dataset.images]) if preset.whitening == "learned"
                else Whitening.fit(matrix, preset.schedule(settings.schedule).whitening_power, eps=1e-3)
            )  # fmt: skip
            learnt.save(temporary)
        shutil.rmtree(folder)


def describe(workspace: Workspace, name: str, preset: Preset, settings: Settings, origin: Origin) -> Steps:
    """Describe a dataset's photographs and query crops under one model."""
    folder = workspace.folder(name, preset.key)
    inputs = artefacts.descriptors_inputs(workspace, name, preset, settings, origin)
    with workspace.lock(name, preset.key, "descriptors"):
        fresh = True
        for file in ("ids.json", "queries.npy", "descriptors.npy"):
            fresh &= yield from is_fresh(workspace, folder / file, inputs)
        if fresh:
            return
        dataset = open_dataset(workspace, name)
        device = pick_device(settings.device)
        network = load_network(workspace, preset, origin, device)
        half_done = _half_done(folder / "descriptors.npy", inputs)
        begin = time.monotonic()
        recipe = _recipe(preset, settings, origin, inputs)
        own_file = artefacts.start_file(workspace, preset, origin)
        pixels = yield from _pixels(workspace, dataset, recipe["size"], preset.square)
        whitening = load_whitening(workspace, preset, origin)
        matrix, queries = yield from extract_dataset(network, whitening, dataset, pixels, recipe, device, half_done)
        notes = {"recipe": recipe | ({"start_file": own_file} if own_file else {})}
        common = {"device": str(device), "seconds": time.monotonic() - begin, "notes": notes}
        ids = {
            "images": [image.id for image in dataset.images],
            "queries": [query.id for query in dataset.queries],
        }
        with workspace.writing(folder / "ids.json", inputs, **common) as temporary:
            write_json(temporary, ids)
        for file, rows in (("queries.npy", queries), ("descriptors.npy", matrix)):
            with workspace.writing(folder / file, inputs, **common) as temporary, temporary.open("wb") as handle:
                np.save(handle, rows)
        shutil.rmtree(half_done)


def score(workspace: Workspace, name: str, model: str) -> Steps:
    """Rank the dataset for every query and score the rankings in both protocols."""
    path = workspace.folder(name, model) / "scores.json"
    inputs = artefacts.scores_inputs(workspace, name, model)
    with workspace.lock(name, model, "scores"):
        if (yield from is_fresh(workspace, path, inputs)):
            return
        database, queries = load_descriptors(workspace, name, model)
        yield Progress(f"score {model}", 0, len(queries.ids))
        dataset = open_dataset(workspace, name)
        scores = score_rankings(dataset, rank(queries.ids, queries.matrix, database.ids, database.matrix))
        means = {
            f"map_{protocol}": None if (mean := mean_average_precision(scores, protocol)) is None else 100 * mean
            for protocol in ("oxford", "finite_sum")
        }
        with workspace.writing(path, inputs, notes={"recipe": database.recipe}) as temporary:
            write_json(temporary, {**means, "recipe": database.recipe, "scores": [asdict(entry) for entry in scores]})
        yield Progress(f"score {model}", len(queries.ids), len(queries.ids))


def project(
    workspace: Workspace, name: str, model: str, method: str, subset: str = "all", parameters=None, seed: int = 0
) -> Generator[Progress, None, ProjectedMap]:
    """Map a dataset's descriptors to the plane, or return the map that was made before."""
    choice = map_choice(method, subset, parameters, seed)
    path = artefacts.map_path(workspace, name, model, choice)
    inputs = artefacts.map_inputs(workspace, name, model, choice)
    with workspace.lock(name, model, path.name):
        if not (yield from is_fresh(workspace, path, inputs)):
            database, _ = load_descriptors(workspace, name, model)
            ids = dataset_images(workspace, name, subset)
            matrix = database.rows(ids)
            begin = time.monotonic()
            layout = yield from compute_map(ids, matrix, method, parameters, seed)
            notes = {"choice": choice, "n": len(ids), "quality": layout.quality, "parameters": layout.parameters,
                     "ids": list(ids)}  # fmt: skip
            # One file, so that places and what is known of them can't belong to different maps.
            rows = np.column_stack([layout.xy, layout.overlap])
            with (
                workspace.writing(path, inputs, seconds=time.monotonic() - begin, notes=notes) as temporary,
                temporary.open("wb") as handle,
            ):
                np.save(handle, rows)
    return load_map(workspace, name, model, method, subset, parameters, seed)


def load_network(workspace: Workspace, preset: Preset, origin: Origin, device: torch.device) -> RetrievalNetwork:
    """A trained network, ready to describe; RetrievalError if its weights are missing."""
    path = artefacts.weights_path(workspace, preset.weights_stage, origin)
    workspace.require(path, f"Run: python -m retrieval_core train --models {preset.key}")
    network = build_network(preset)
    inherit(network, load_weights(path))
    return network.to(device).eval()


def load_whitening(workspace: Workspace, preset: Preset, origin: Origin) -> Whitening | None:
    """The whitening that belongs to a model; None where it has none."""
    return Whitening.load(artefacts.whitening_path(workspace, preset, origin)) if preset.whitening else None


def _pixels(workspace: Workspace, dataset: Dataset, size: int, square: bool) -> Generator[Progress, None, Pixels]:
    folder = workspace.ensure_writable(workspace.folder(dataset.name))
    decoding = open_pixels(dataset.images, dataset.fingerprint, size, square, folder)
    return (yield from relabelled(decoding, done=0, total=0))  # the step's own work, which its bar counts, comes after


def is_fresh(workspace: Workspace, path: Path, inputs: dict) -> Generator[Progress, None, bool]:
    """Whether an artefact can be used as it is; a damaged one is set aside, and that is said."""
    state = workspace.state(path, inputs)
    if state == "damaged":
        kept = workspace.set_aside(path)
        yield Progress("check", 0, 1, f"{path} was damaged: it is now {kept.name}, and made anew")
    return state == "fresh"


def _was_imported(workspace: Workspace, path: Path) -> Generator[Progress, None, bool]:
    """Whether weights (or a whitening) were imported, and so are used as they are; RetrievalError if they are damaged."""
    if artefacts.imported_note(workspace, path) is None:
        return False
    workspace.require(path, f"It was imported: import it again, or remove {path.parent} to train it here.")
    yield Progress("check", 1, 1, f"{path} was imported and is used as it is; remove {path.parent} to train it here")
    return True


def _half_done(path: Path, inputs: dict) -> Path:
    """Folder for the half-done work on an artefact; what was begun with other inputs is thrown away."""
    folder = path.with_name(f".{path.stem}-{short_hash(inputs)}")
    for other in path.parent.glob(f".{path.stem}-????????"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _recipe(preset: Preset, settings: Settings, origin: Origin, inputs: dict) -> dict:
    """What a person needs to know of a descriptor, and to make it again."""
    return {
        "model": preset.key,
        "start": origin.start,
        "training": origin.training,
        "schedule": settings.schedule,
        "seed": settings.seed,
        "size": inputs["size"],
        "shape": "squashed to a square" if preset.square else "longest side",
        "crop": inputs["crop"],
        "scales": list(preset.scales),
        "whitening": f"{WHITENING_WORDS[preset.whitening]} learnt on {origin.training}" if preset.whitening else None,
        "weights": inputs["weights"],
        "dataset": inputs["data"],
    }
