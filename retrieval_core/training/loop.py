"""One loop for both losses: batches, steps, validation, checkpoints. Read `train` from top to bottom."""

import json
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.descriptors.extract import extract_pixels
from retrieval_core.descriptors.whitening import Whitening
from retrieval_core.networks.initialisation import fit_to_pictures
from retrieval_core.networks.malloc import keep_freed_memory
from retrieval_core.networks.network import build_network, normalise
from retrieval_core.networks.weights import State, inherit, load_weights, save_weights
from retrieval_core.presets import Preset, Schedule
from retrieval_core.progress import Progress, relabelled
from retrieval_core.training.augmentation import STRONG, Augmentation, make_batch
from retrieval_core.training.batches import classification_batch, triplet_batch
from retrieval_core.training.checkpoint import load_checkpoint, save_checkpoint
from retrieval_core.training.mining import Mined, draw_pool, mine
from retrieval_core.training.optimiser import make_optimiser, one_cycle, set_rate
from retrieval_core.training.prefetch import in_order, threads_for
from retrieval_core.training.split import Split, split_landmarks
from retrieval_core.training.triplet import triplet_loss
from retrieval_core.training.validation import validation_map

CHECKPOINT_EVERY = 30  # seconds of training that a kill can cost
LOG_EVERY = 5  # steps between two lines of training.jsonl
LABEL_SMOOTHING = 0.1
INITIAL_SAMPLE = 256  # photographs that the first weights are fitted to
WHITENING_SAMPLE = 3000  # photographs that the FC's start is learnt from

Batch = tuple[torch.Tensor, np.ndarray]
"""Pictures (B, 3, S, S) in 0…1 and the class numbers (B,) of their landmarks."""


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
    called again with the same arguments and ends with the same weights.
    """
    folder.mkdir(parents=True, exist_ok=True)
    keep_freed_memory()
    split = split_landmarks([image.label for image in pixels.images])
    network = build_network(stage, split.count if stage.loss == "classification" else None, seed).to(device)
    new = inherit(network, parent or {})
    run = _Run(stage, schedule, network, make_optimiser(network, schedule, new), pixels, split, seed, device, folder)
    if (folder / "checkpoint.safetensors").exists():
        run.restore()
    else:
        (folder / "training.jsonl").unlink(missing_ok=True)  # of a run that was killed before its first checkpoint
        if not parent:
            fit_to_pictures(network, run.first_pictures())
        if stage.head:
            yield from run.part("start the FC", run.start_head())
        if parent:
            yield from run.part("validate", run.validate())
    saved = time.monotonic()
    run.read_ahead()
    while run.step < schedule.steps:
        if stage.loss == "triplet" and run.step % schedule.mine_every == 0:
            yield from run.part("mine hard negatives", run.mine())
            run.read_ahead()
        values = run.advance()
        yield Progress(f"train {stage.key}", run.step, schedule.steps, values=values)
        if run.step * schedule.validations % schedule.steps < schedule.validations:
            yield from run.part("validate", run.validate())
        if time.monotonic() - saved > CHECKPOINT_EVERY and run.step < schedule.steps:
            run.save()
            saved = time.monotonic()
    return run.finish()


class _Run:
    """The state of a training between two steps."""

    def __init__(self, stage, schedule, network, optimiser, pixels, split: Split, seed, device, folder: Path):
        self.stage, self.schedule, self.network, self.optimiser = stage, schedule, network, optimiser
        self.pixels, self.split, self.seed, self.device, self.folder = pixels, split, seed, device, folder
        self.step = 0
        self.best, self.best_step = -1.0, 0  # validation mAP in percent, and where it was reached
        self.mined = Mined(np.empty(0, np.int64), np.empty((0, 0), np.int64))
        self.coming: Iterator[list[Batch]] = iter(())

    def random(self, purpose: int, step: int | None = None) -> np.random.Generator:
        """Random numbers of a step (default: this one) for one purpose; nothing is carried from step to step."""
        return np.random.default_rng((self.seed, purpose, self.step if step is None else step))

    def part(self, message: str, steps: Generator[Progress, None, None]) -> Generator[Progress, None, None]:
        """Report an inner stage without moving the bar."""
        return relabelled(steps, stage=f"train {self.stage.key}", done=self.step, total=self.schedule.steps, message=message)

    def first_pictures(self) -> torch.Tensor:
        """Pictures that a network without a parent is fitted to."""
        random = self.random(5)
        positions = np.sort(random.permutation(self.split.train)[:INITIAL_SAMPLE])
        pictures = self.pixels.read(positions)
        return normalise(make_batch(pictures, self.schedule.image_size, Augmentation(), random).to(self.device))

    def start_head(self) -> Generator[Progress, None, None]:
        """Start the FC as the PCA whitening of the training descriptors (`naver/deep-image-retrieval`)."""
        positions = np.sort(self.random(2).permutation(self.split.train)[:WHITENING_SAMPLE])
        head, self.network.fc = self.network.fc, None
        matrix = yield from extract_pixels(self.network, self.pixels, positions, self.device)
        self.network.fc = head
        whitening = Whitening.fit(matrix, power=self.schedule.whitening_power, eps=1e-3)
        with torch.no_grad():
            head.weight.copy_(torch.from_numpy(whitening.projection.T))
            head.bias.copy_(torch.from_numpy(-whitening.mean @ whitening.projection))

    def mine(self) -> Generator[Progress, None, None]:
        """Look for hard negatives with the network as it is now."""
        pool = draw_pool(self.split.classes, self.schedule.pool, self.random(3))
        matrix = yield from extract_pixels(self.network, self.pixels, self.split.train[pool], self.device)
        self.mined = mine(pool, matrix, self.split.classes[pool], self.schedule.negatives)

    def advance(self) -> dict[str, float]:
        """Take one step and return what is worth watching."""
        self.network.train()
        if self.schedule.frozen_batch_norm:
            for layer in self.network.modules():
                if isinstance(layer, nn.BatchNorm2d):
                    layer.eval()
        torch.manual_seed(self.seed * 1_000_003 + self.step)  # dropout
        rate = self.schedule.learning_rate * one_cycle(self.step, self.schedule.steps)
        set_rate(self.optimiser, rate)
        self.optimiser.zero_grad(set_to_none=True)
        found = [self.backward(*batch) for batch in next(self.coming)]
        self.optimiser.step()
        self.step += 1
        values = {name: sum(values[name] for values in found) / len(found) for name in found[0]} | {"rate": rate}
        if self.network.pool is not None:
            values["p"] = float(self.network.pool.p.detach())
        if self.step % LOG_EVERY == 0 or self.step == self.schedule.steps:
            self.log(values)
        return values

    def read_ahead(self) -> None:
        """Begin to make the batches from this step on: all of them, or those until negatives are mined anew."""
        end = self.schedule.steps
        if self.stage.loss == "triplet":
            end = min(end, (self.step // self.schedule.mine_every + 1) * self.schedule.mine_every)
        self.coming = in_order(self.batches, range(self.step, end), threads_for(self.device))

    def batches(self, step: int) -> list[Batch]:
        """What a step learns from, in as many parts as its gradients are added up of."""
        random, made = self.random(4, step), []
        augmentation = STRONG if self.stage.augmentation else Augmentation(self.schedule.smallest_crop)
        for part in range(self.schedule.accumulate):
            if self.stage.loss == "triplet":
                batch = triplet_batch(self.mined, self.split.classes, self.schedule.batch, self.schedule.per_landmark, random)
            else:
                number = step * self.schedule.accumulate + part
                batch = classification_batch(len(self.split.train), self.schedule.batch, number, self.seed)
            images = make_batch(self.pixels.read(self.split.train[batch]), self.schedule.image_size, augmentation, random)
            made.append((images.pin_memory() if self.device.type == "cuda" else images, self.split.classes[batch]))
        return made

    def backward(self, pictures: torch.Tensor, numbers: np.ndarray) -> dict[str, float]:
        """Add the gradient of one of the step's batches and return what is worth watching of it."""
        images = normalise(pictures.to(self.device, non_blocking=True))
        classes = torch.from_numpy(numbers).to(self.device)
        if self.stage.loss == "triplet":
            descriptors = self.network.descriptors(images)
            loss, values = triplet_loss(descriptors, classes, self.schedule.margin, self.schedule.negatives)
        else:
            logits = self.network.logits(images)
            loss = functional.cross_entropy(logits, classes, label_smoothing=LABEL_SMOOTHING)
            values = {"accuracy": float((logits.argmax(1) == classes).float().mean())}
        (loss / self.schedule.accumulate).backward()
        return {"loss": float(loss.detach()), **values}

    def validate(self) -> Generator[Progress, None, None]:
        """Measure validation mAP and keep the weights if they are the best so far."""
        measured = yield from validation_map(self.network, self.pixels, self.split, self.device)
        self.log({"validation_map": measured})
        if measured > self.best:
            self.best, self.best_step = measured, self.step
            save_weights(self.network.state_dict(), self.folder / "best.safetensors", {"step": str(self.step)})

    def log(self, values: dict[str, float]) -> None:
        """Add a line to training.jsonl."""
        with (self.folder / "training.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.step, **{name: round(v, 6) for name, v in values.items()}}) + "\n")

    def save(self) -> None:
        """Write a checkpoint."""
        extra = {"anchors": torch.from_numpy(self.mined.anchors), "negatives": torch.from_numpy(self.mined.negatives)}
        notes = {"step": self.step, "best": self.best, "best_step": self.best_step}
        save_checkpoint(self.folder / "checkpoint.safetensors", self.network, self.optimiser, extra, notes)

    def restore(self) -> None:
        """Go back to the checkpoint; what was logged after it will be logged again."""
        path = self.folder / "checkpoint.safetensors"
        extra, notes = load_checkpoint(path, self.network, self.optimiser)
        self.step, self.best, self.best_step = notes["step"], notes["best"], notes["best_step"]
        self.mined = Mined(extra["anchors"].numpy(), extra["negatives"].numpy())
        log = self.folder / "training.jsonl"
        # Only lines that end are whole: the kill may have come while one was written.
        lines = [line for line in log.read_text(encoding="utf-8").splitlines(keepends=True) if line.endswith("\n")]
        log.write_text("".join(line for line in lines if json.loads(line)["step"] <= self.step), encoding="utf-8")

    def finish(self) -> tuple[dict[str, torch.Tensor], dict]:
        """The best weights, and what the manifest is to remember of them."""
        state = load_weights(self.folder / "best.safetensors")
        return state, {"validation_map": round(self.best, 3), "step": self.best_step, "steps": self.schedule.steps}
