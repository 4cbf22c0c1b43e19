"""One loop for every objective: batches, steps, validation, checkpoints. Read `train` from top to bottom."""

import math
import time
from collections.abc import Generator, Iterator
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import torch

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.errors import Failed, RetrievalError
from retrieval_core.exchange import agreed, same, same_arrays, same_tensors
from retrieval_core.networks.malloc import keep_freed_memory
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import State, inherit, load_weights, save_weights
from retrieval_core.presets import Preset, Schedule
from retrieval_core.processes import count, is_first
from retrieval_core.progress import Progress, Result, relabelled
from retrieval_core.training.augmentation import find_augmentation, make_batch
from retrieval_core.training.checkpoint import (
    add_to_log,
    check_weights,
    clean_folder,
    cut_log,
    put_back,
    read_checkpoint,
    replacing,
    save_checkpoint,
)
from retrieval_core.training.finite import NotFiniteError, check_finite, stopped
from retrieval_core.training.objective import Objective, Prepared
from retrieval_core.training.objectives import get_objective
from retrieval_core.training.optimiser import freeze_batch_norm, make_optimiser, one_cycle, set_rate
from retrieval_core.training.prefetch import in_order, threads_for
from retrieval_core.training.shared_batches import SharedNetwork, own_rows
from retrieval_core.training.split import Split, split_landmarks
from retrieval_core.training.start import start_head, start_trunk
from retrieval_core.training.validation import validation_map

CHECKPOINT_EVERY = 30  # seconds of training that a kill can cost
LOG_EVERY = 5  # steps between two lines of training.jsonl

Batch = tuple[torch.Tensor, np.ndarray]
"""Pictures (B, 3, S, S) in 0…1, of several processes each has its own rows, and the class numbers (B,) of all their landmarks."""


def train(
    stage: Preset,
    schedule: Schedule,
    parent: State | None,
    pixels: Pixels,
    seed: int,
    device: torch.device,
    folder: Path,
) -> Generator[Progress, None, tuple[dict[str, torch.Tensor], dict]]:
    """Train a stage on the labelled photographs of `pixels` and return its best weights and what is to be noted.

    Landmarks are held out for validation; the weights with the best validation mAP are kept, those at the start
    included. `folder` gets `training.jsonl` and, every half minute, `checkpoint.safetensors`; a run that was killed is
    called again with the same arguments and ends with the same weights. A checkpoint that can't be used is set aside, which
    is said, and the training begins anew. Several processes share each batch: all call this alike, process 0 writes and returns.

    Raises RetrievalError if the photographs are too few to learn from or to validate with, or if a loss or a weight is no
    longer finite; then the last checkpoint, all of whose values are finite, stays.
    """
    clean_folder(folder)
    keep_freed_memory()
    objective = get_objective(stage.loss)
    split = split_landmarks([image.label for image in pixels.images])
    network = build_network(stage, split.count if objective.classifier else None, seed).to(device)
    new = inherit(network, parent or {})
    optimiser = make_optimiser(network, schedule, new)
    run = _Run(stage, schedule, objective, network, optimiser, pixels, split, seed, device, folder)
    try:
        if not (yield from run.resume()):
            yield from run.begin(parent)
        run.shared = SharedNetwork(network) if count() > 1 else None
        saved = time.monotonic()
        run.read_ahead()
        while run.step < schedule.steps:
            if objective.preparation and run.step % objective.preparation.every(schedule) == 0:
                yield from run.prepare()
                run.read_ahead()
            values = run.advance()
            yield Progress(f"train {stage.key}", run.step, schedule.steps, values=values)
            if run.step * schedule.validations % schedule.steps < schedule.validations:
                yield from run.part("validate", run.validate())
            if time.monotonic() - saved > CHECKPOINT_EVERY and run.step < schedule.steps:
                run.save()
                saved = time.monotonic()
    except NotFiniteError as found:
        raise Failed(stopped(stage, schedule, run.step, folder, device, str(found))) from found
    return run.finish()


class _Run:
    """The state of a training between two steps."""

    def __init__(self, stage, schedule, objective: Objective, network, optimiser, pixels, split: Split, seed, device, folder: Path):
        self.stage, self.schedule, self.objective = stage, schedule, objective
        self.network, self.optimiser = network, optimiser
        self.pixels, self.split, self.seed, self.device, self.folder = pixels, split, seed, device, folder
        self.step = 0
        self.best, self.best_step = -1.0, 0  # validation mAP in percent, and where it was reached
        self.augmentation = find_augmentation(stage.augmentation, schedule.smallest_crop, pixels, split.train)
        self.prepared: Prepared = {}
        self.coming: Iterator[list[Batch]] = iter(())
        self.shared: SharedNetwork | None = None  # where several processes share each batch

    def random(self, purpose: int, step: int | None = None) -> np.random.Generator:
        """Random numbers of a step (default: this one) for one purpose; nothing is carried from step to step."""
        return np.random.default_rng((self.seed, purpose, self.step if step is None else step))

    def part(self, message: str, steps: Generator[Progress, None, Result]) -> Generator[Progress, None, Result]:
        """Report an inner stage without moving the bar."""
        return relabelled(steps, stage=f"train {self.stage.key}", done=self.step, total=self.schedule.steps, message=message)

    def begin(self, parent: State | None) -> Generator[Progress, None, None]:
        """What comes before the first step."""
        train = self.split.train
        try:
            check_finite(parent or {})
        except NotFiniteError as found:
            raise RetrievalError(f"The weights that {self.stage.key} starts from hold values that are not finite ({found}). "
                                 f"Train {self.stage.parent} anew.") from found  # fmt: skip
        cut_log(self.folder / "training.jsonl", -1)  # of a run that was killed before its first checkpoint
        if not parent and is_first():
            start_trunk(self.network, self.pixels, train, self.schedule.image_size, self.device, self.random(5))
        same_tensors(self.network.state_dict().values())
        if self.stage.head:
            head = start_head(self.network, self.pixels, train, self.schedule.whitening_power, self.device, self.random(2))
            yield from self.part("start the FC", head)
            same_tensors(self.network.fc.parameters())
        if parent:
            yield from self.part("validate", self.validate())

    def prepare(self) -> Generator[Progress, None, None]:
        """Do the objective's preparation with the network as it is now."""
        work = self.objective.preparation
        steps = work.make(self.network, self.pixels, self.split, self.schedule, self.device, self.random(3))
        self.prepared = same_arrays((yield from self.part(work.message, steps)))
        if work.note:  # under the step that learns from it first: whoever goes on from a checkpoint of now prepares again
            found = work.note(self.prepared, lambda place: self.pixels.images[self.split.train[place]].id)
            add_to_log(self.folder / "training.jsonl", self.step + 1, found)

    def advance(self) -> dict[str, float]:
        """Take one step and return what is worth watching."""
        self.network.train()
        if self.schedule.frozen_batch_norm:
            freeze_batch_norm(self.network)
        torch.manual_seed(self.seed * 1_000_003 + self.step)  # dropout
        rate = self.schedule.learning_rate * one_cycle(self.step, self.schedule.steps)
        set_rate(self.optimiser, rate)
        self.optimiser.zero_grad(set_to_none=True)
        parts = agreed(lambda: next(self.coming))
        found = [self.backward(*batch, last=batch is parts[-1]) for batch in parts]
        if not all(math.isfinite(values["loss"]) for values in found):
            raise NotFiniteError("the loss")
        self.optimiser.step()
        self.step += 1
        values = {name: sum(values[name] for values in found) / len(found) for name in found[0]} | {"rate": rate}
        if self.network.pool is not None:
            values["p"] = float(self.network.pool.p.detach())
        if self.step % LOG_EVERY == 0 or self.step == self.schedule.steps:
            self.log(values)
        return values

    def read_ahead(self) -> None:
        """Begin to make the batches from this step on: all of them, or those until the next preparation."""
        end = self.schedule.steps
        if self.objective.preparation:
            every = self.objective.preparation.every(self.schedule)
            end = min(end, (self.step // every + 1) * every)
        self.coming = in_order(self.batches, range(self.step, end), threads_for(self.device))

    def batches(self, step: int) -> list[Batch]:
        """What a step learns from, in as many parts as its gradients are added up of."""
        random, made = self.random(4, step), []
        for number in range(step * self.schedule.accumulate, (step + 1) * self.schedule.accumulate):
            batch = self.objective.draw(self.split, self.schedule, self.prepared, number, self.seed, random)
            own, size = own_rows(len(batch)), self.schedule.image_size
            images = make_batch(self.pixels.read(self.split.train[batch[own]]), size, self.augmentation, random, len(batch), own)
            made.append((images.pin_memory() if self.device.type == "cuda" else images, self.split.classes[batch]))
        return made

    def backward(self, pictures: torch.Tensor, numbers: np.ndarray, last: bool) -> dict[str, float]:
        """Add the gradient of one of the step's batches and return what is worth watching of it."""
        images = self.network.normalise(pictures.to(self.device, non_blocking=True))
        classes = torch.from_numpy(numbers).to(self.device)
        with self.shared.begin(len(numbers), last) if self.shared else nullcontext():
            loss, values = self.objective.loss(self.shared or self.network, images, classes, self.schedule)
            (loss / self.schedule.accumulate).backward()
        return {"loss": float(loss.detach()), **values}

    def validate(self) -> Generator[Progress, None, None]:
        """Measure validation mAP and keep the weights if they are the best so far."""
        check_finite(self.network.state_dict())
        measured = yield from validation_map(self.network, self.pixels, self.split, self.device)
        self.log({"validation_map": measured})
        if is_first() and measured > self.best:
            self.best, self.best_step = measured, self.step
            with replacing(self.folder / "best.safetensors") as temporary:
                save_weights(self.network.state_dict(), temporary, {"step": str(self.step)})

    def log(self, values: dict[str, float]) -> None:
        """Add the figures of this step to training.jsonl; JSON has no word for those that are not finite."""
        known = {name: round(value, 6) for name, value in values.items() if math.isfinite(value)}
        add_to_log(self.folder / "training.jsonl", self.step, known)

    def save(self) -> None:
        """Write a checkpoint."""
        extra = {name: torch.from_numpy(array) for name, array in self.prepared.items()}
        notes = {"step": self.step, "best": self.best, "best_step": self.best_step}
        save_checkpoint(self.folder / "checkpoint.safetensors", self.network, self.optimiser, extra, notes)

    def resume(self) -> Generator[Progress, None, bool]:
        """Go back to the checkpoint if there is one; what was logged after it will be logged again.

        False if there is none, or if it, or the best weights that go with it, can't be used: that is said.
        """
        path = self.folder / "checkpoint.safetensors"
        if there := is_first() and path.exists():
            try:
                self.go_back(path)
            except RetrievalError as fault:
                kept, there = path.replace(path.with_suffix(".damaged")), False
                message = f"{fault} The checkpoint is now {kept.name}, and the training begins anew."
                yield Progress(f"train {self.stage.key}", 0, self.schedule.steps, message)
        if not same(there):
            return False
        agreed(lambda: None if is_first() else self.go_back(path))
        cut_log(self.folder / "training.jsonl", self.step)
        return True

    def go_back(self, path: Path) -> None:
        """Go back to a checkpoint; RetrievalError if it, or the best weights that go with it, can't be used."""
        tensors, notes = read_checkpoint(path)
        if notes["best"] >= 0:
            check_weights(self.folder / "best.safetensors")
        extra = put_back(path, tensors, self.network, self.optimiser)
        self.step, self.best, self.best_step = notes["step"], notes["best"], notes["best_step"]
        self.prepared = {name: tensor.numpy() for name, tensor in extra.items()}

    def finish(self) -> tuple[dict[str, torch.Tensor], dict]:
        """The best weights, and what the manifest is to remember of them; no weights in a process that helps."""
        state = load_weights(self.folder / "best.safetensors") if is_first() else {}
        return state, {"validation_map": round(self.best, 3), "step": self.best_step, "steps": self.schedule.steps}
