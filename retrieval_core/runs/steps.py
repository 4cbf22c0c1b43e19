"""The steps of a run, one function each: look whether the artefact is fresh, else make it and publish it.

Every step holds the lock of its artefact, so two processes never make the same thing twice. Half-done work lies in a
folder whose name holds the hash of the inputs; a step that was killed finds it and goes on from there.
"""

import os
import shutil
import time
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from retrieval_core.datasets.array_files import write_arrays
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.datasets.fetched import ARCHIVES
from retrieval_core.datasets.pins import PINS, check_pinned, pin
from retrieval_core.datasets.pixels import Pixels, open_pixels
from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.extract import extract_dataset, extract_pixels
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.evaluation.average_precision import mean_average_precision, score_rankings
from retrieval_core.exchange import together
from retrieval_core.networks.device import pick_device
from retrieval_core.networks.start_weights import start_weights
from retrieval_core.networks.weight_files import local_file
from retrieval_core.networks.weights import load_weights, save_weights
from retrieval_core.presets import Preset, get_preset, lineage
from retrieval_core.progress import Progress, relabelled
from retrieval_core.runs import shared_work
from retrieval_core.runs.loading import load_network, load_whitening
from retrieval_core.runs.making import Steps, half_done, is_fresh, locked
from retrieval_core.search_choices import AGGREGATIONS
from retrieval_core.stored import artefacts, origins
from retrieval_core.stored.ranking import rank_queries
from retrieval_core.stored.results import open_results
from retrieval_core.stored.run import Run
from retrieval_core.stored.run_list import begin_run
from retrieval_core.training.blending import blend
from retrieval_core.training.loop import train
from retrieval_core.training.test_set_guard import refuse_retrieval, training_set
from retrieval_core.workspace import Workspace, write_json

EPS = 1e-3  # of a whitening: variances below this share of the largest count as much
WHITENING_WORDS = {"pca": "PCA", "learned": "from matching pairs,"}


def train_stage(workspace: Workspace, run: Run, stage: Preset, device: str = "auto", download: bool = False) -> Steps:
    """Make the weights of a stage: fetched or read for an ImageNet start, else trained from the parent's weights.

    What another run made from the same inputs is linked, not made again. Weights that were imported are used as they are;
    damaged ones raise a RetrievalError.
    """
    path = artefacts.weights_path(workspace, run, stage)
    with (yield from locked(workspace, str(path.relative_to(workspace.root)))):
        begin_run(workspace, run, origins.trained_on(run, stage))
        inputs = artefacts.weights_inputs(workspace, run, stage)
        if (yield from is_there(workspace, path, inputs)):
            return
        about = {"stage": stage.key, "start": origins.start_of(run, stage)}
        if origins.is_fetched(run, stage):
            file = local_file(Path(run.weights.path), stage.backbone) if origins.has_own_file(run, stage) else None
            state, notes = yield from start_weights(about["start"], stage.backbone, file, download)
            if about["start"] == "published" and file is None:
                same_as_before(workspace, stage.backbone, notes)
            with workspace.writing(path, inputs, notes=notes) as temporary:
                save_weights(state, temporary, about)
            return
        chosen = pick_device(device)
        dataset = yield from training_set(workspace, origins.trained_on(run, stage))
        schedule = stage.schedule(run.column)
        pixels = yield from decoded(workspace, dataset, schedule.extract_size, stage.square)
        parent = load_weights(artefacts.weights_path(workspace, run, get_preset(stage.parent))) if stage.parent else None
        folder = half_done(path, inputs)
        begin = time.monotonic()
        order = shared_work.training_order(run, stage, folder)
        state, notes = yield from together(order, train(stage, schedule, parent, pixels, run.seed, chosen, folder))
        if schedule.share is not None:
            start = load_weights(artefacts.weights_path(workspace, run, lineage(stage.key)[0]))
            state, blended = yield from blend(stage, schedule.share, start, state, pixels, chosen)
            notes |= blended
        common: dict[str, Any] = {"device": str(chosen), "seconds": time.monotonic() - begin, "notes": notes}
        with workspace.writing(path.with_name(artefacts.TRAINING_LOG), inputs, **common) as temporary:
            shutil.copyfile(folder / artefacts.TRAINING_LOG, temporary)
        with workspace.writing(path, inputs, **common) as temporary:
            save_weights(state, temporary, about)
        shutil.rmtree(folder)


def same_as_before(workspace: Workspace, network: str, notes: dict) -> None:
    """Pin the weights that a network by name was published with; Failed if others came first."""
    pins, found = workspace.root / ARCHIVES / PINS, f"sha256:{notes['sha256']}"
    check_pinned(pins, network, found, f"remove {notes['file']} from the cache of its library, and give --weights FILE")
    pin(pins, network, found)


def learn_whitening(workspace: Workspace, run: Run, preset: Preset, device: str = "auto") -> Steps:
    """Learn a model's whitening from the training landmarks, never from the dataset that is scored.

    That of an aggregation: see `learn_whitenings`.
    """
    path = artefacts.whitening_path(workspace, run, preset)
    with (yield from locked(workspace, str(path.relative_to(workspace.root)))):
        begin_run(workspace, run, run.training)
        inputs = artefacts.whitening_inputs(workspace, run, preset)
        if (yield from is_there(workspace, path, inputs)):
            return
        dataset = yield from training_set(workspace, run.training)
        folder = half_done(path, inputs)
        chosen = pick_device(device)
        network = load_network(workspace, run, preset, chosen)
        pixels = yield from decoded(workspace, dataset, inputs["size"], preset.square)
        describing = extract_pixels(network, pixels, range(len(dataset.images)), chosen, folder, preset.scales)
        matrix = yield from together(shared_work.describing_order(run, preset, dataset.name, inputs["size"], True), describing)
        with workspace.writing(path, inputs) as temporary:
            learnt = (
                Whitening.fit_pairs(matrix, [image.label for image in dataset.images]) if preset.whitening == "learned"
                else Whitening.fit(matrix, inputs["power"], EPS, preset.kept)
            )  # fmt: skip
            learnt.save(temporary)
        shutil.rmtree(folder)


def describe(workspace: Workspace, run: Run, name: str, preset: Preset, device: str = "auto") -> Steps:
    """Describe a dataset's photographs and query crops under one model of a run."""
    path = artefacts.descriptors_path(workspace, name, run.name, preset.key)
    with (yield from locked(workspace, name, run.name, preset.key, "descriptors")):
        begin_run(workspace, run, name)
        dataset = open_dataset(workspace, name)
        inputs = artefacts.descriptors_inputs(workspace, dataset, run, preset)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        yield from refuse_retrieval(workspace, dataset, origins.learnt_from(run, preset))
        chosen = pick_device(device)
        network = load_network(workspace, run, preset, chosen)
        folder = half_done(path, artefacts.describing_inputs(workspace, run, preset))
        begin = time.monotonic()
        recipe = _recipe(workspace, run, preset, inputs)
        begun = any(folder.iterdir())  # most may be described already: what is left is decoded by itself
        pixels = yield from decoded(workspace, dataset, recipe["size"], preset.square, keep=not begun)
        whitening = load_whitening(workspace, run, preset)
        describing = extract_dataset(network, whitening, dataset, pixels, recipe, chosen, folder)
        order = shared_work.describing_order(run, preset, name, recipe["size"], False)
        matrix, queries = yield from together(order, describing)
        about = {"images": [image.id for image in dataset.images], "queries": [query.id for query in dataset.queries], "recipe": recipe}
        common: dict[str, Any] = {"device": str(chosen), "seconds": time.monotonic() - begin, "notes": {"recipe": recipe}}
        with workspace.writing(path, inputs, **common) as temporary:
            write_arrays(temporary, {"images": matrix, "queries": queries}, about)
        shutil.rmtree(folder)


def score(workspace: Workspace, run: str, name: str, model: str) -> Steps:
    """Rank the dataset for every query and score the rankings in both protocols."""
    path = artefacts.scores_path(workspace, name, run, model)
    with (yield from locked(workspace, name, run, model, "scores")):
        results = open_results(workspace, name, run, model)
        inputs = artefacts.scores_inputs(workspace, results.dataset, run, model)
        if (yield from is_fresh(workspace, path, inputs)):
            return
        yield Progress(f"score {model}", 0, len(results.dataset.queries))
        rankings = yield from relabelled(rank_queries(results), stage=f"score {model}")
        scores = score_rankings(results.dataset, rankings)
        means = {
            f"map_{protocol}": None if (mean := mean_average_precision(scores, protocol)) is None else 100 * mean
            for protocol in ("oxford", "finite_sum")
        }
        with workspace.writing(path, inputs) as temporary:
            write_json(temporary, {**means, "recipe": results.recipe, "scores": [asdict(entry) for entry in scores]})
        yield Progress(f"score {model}", len(scores), len(scores))


def is_there(workspace: Workspace, path: Path, inputs: dict) -> Generator[Progress, None, bool]:
    """Whether weights (or a whitening, or a vocabulary) are there: imported, fresh, or made by another run from the same inputs."""
    if artefacts.is_imported(workspace, path):
        workspace.require(path, f"It was imported: import it again, or remove {path.parent} to train it here.")
        yield Progress("check", 1, 1, f"{path} was imported and is used as it is; remove {path.parent} to train it here")
        return True
    if (yield from is_fresh(workspace, path, inputs)):
        return True
    for twin in sorted(path.parents[2].glob(f"*/{path.parent.name}/{path.name}")):
        if twin != path and workspace.state(twin, inputs) == "fresh":
            _link(workspace, twin, path)
            yield Progress("check", 1, 1, f"{path.parent.parent.name} shares {path.parent.name} with the run {twin.parents[1].name}")
            return True
    return False


def _link(workspace: Workspace, twin: Path, path: Path) -> None:
    """Give the artefact of another run a second name here: weights that two runs share are stored once."""
    names = [name for name in (artefacts.TRAINING_LOG, twin.name) if workspace.record(twin.with_name(name))]
    for name in names:
        record = workspace.record(twin.with_name(name))
        with workspace.writing(path.with_name(name), record.inputs, device=record.device, seconds=record.seconds,
                               notes=dict(record.notes)) as temporary:  # fmt: skip
            try:
                os.link(twin.with_name(name), temporary)
            except OSError:  # a file system without links
                shutil.copyfile(twin.with_name(name), temporary)


def decoded(workspace: Workspace, dataset: Dataset, size: int, square: bool, keep: bool = True) -> Generator[Progress, None, Pixels]:
    """A dataset's photographs at working size, decoded into its folder (with `keep`) unless they are there."""
    folder = workspace.ensure_writable(workspace.folder(dataset.name))
    decoding = open_pixels(dataset.images, dataset.photographs, size, square, folder, keep)
    return (yield from relabelled(decoding, done=0, total=0))  # the step's own work, which its bar counts, comes after


def _recipe(workspace: Workspace, run: Run, preset: Preset, inputs: dict) -> dict:
    """What a person needs to know of a descriptor, and to make it again."""
    own = run.weights.files.get(preset.backbone) if run.weights else None
    notes = workspace.record(artefacts.weights_path(workspace, run, preset)).notes
    return {
        "model": preset.key,
        "run": run.name,
        "start": origins.start_of(run, preset),
        "training": run.training,
        "schedule": run.schedule,
        "seed": run.seed,
        "size": inputs["size"],
        "shape": "squashed to a square" if preset.square else "longest side",
        "crop": inputs["crop"],
        "scales": list(preset.scales),
        "whitening": f"{WHITENING_WORDS[preset.whitening]} learnt on {run.training}" if preset.whitening else None,
        "weights": inputs["weights"],
        "dataset": inputs["data"],
        **({"aggregation": AGGREGATIONS[preset.aggregation].title} if preset.aggregation else {}),
        **({"start_file": {"name": own[0], "sha256": own[1]}} if own else {}),
        **({"published": {name: notes[name] for name in ("source", "licence", "sha256")}} if "source" in notes else {}),
    }
