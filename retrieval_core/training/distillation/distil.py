"""Teach a backbone the features of EfficientNet-Lite0: knowledge distillation without a label.

Sources: Hinton et al., "Distilling the knowledge in a neural network", 2015; feature maps: Romero et al., "FitNets", ICLR 2015;
similarities within a batch: Tung and Mori, "Similarity-preserving knowledge distillation", ICCV 2019; mixed pictures, and a
teacher that sees just what its student sees: Beyer et al., "Knowledge distillation: a good teacher is patient and consistent",
CVPR 2022.
"""

import json
import time
from collections.abc import Generator
from dataclasses import dataclass
from functools import partial, reduce
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from retrieval_core.errors import Failed
from retrieval_core.networks.backbones import build_trunk, initialise
from retrieval_core.networks.device import autocast
from retrieval_core.networks.initialisation import fit_to_pictures
from retrieval_core.networks.lite0 import load_lite0
from retrieval_core.networks.malloc import keep_freed_memory
from retrieval_core.networks.network import normalise
from retrieval_core.networks.pooling import gem
from retrieval_core.networks.weights import State
from retrieval_core.progress import Progress
from retrieval_core.training.augmentation import Augmentation, make_batch
from retrieval_core.training.checkpoint import put_back, read_checkpoint, save_checkpoint
from retrieval_core.training.distillation.pictures import Group
from retrieval_core.training.prefetch import in_order

TEACHER_CHANNELS = 1280
SHARES = (0.5, 0.2, 0.3)  # of a batch: buildings, fractals, photographs
CHANGES = Augmentation(smallest_crop=0.35, stretch=0.3, rotation=0.3, tilt=0.2, contrast=0.4, colour=0.5)
MIXED = 0.5  # share of the pictures of a batch that another one is mixed into
SIMILARITY = 10.0  # weight of the similarities within a batch
WARM_UP, COOL_DOWN = 100, 0.35  # steps in which the rate rises; share of the steps in which it falls to zero
AHEAD = 1  # batches made while a step is computed: cropping and turning take one core
CHECKPOINT, CHECKPOINT_EVERY = "checkpoint.safetensors", 120  # seconds


@dataclass(frozen=True)
class Lesson:
    """How a backbone is taught. The teacher sees the same pictures at another size: its features at that size are the better ones."""

    steps: int
    learning_rate: float
    side: int  # of the pictures that the backbone sees, pixels
    teacher_side: int
    batch: int = 64
    weight_decay: float = 0.02


LESSONS: dict[str, tuple[Lesson, ...]] = {
    "alexnet": (Lesson(1500, 1e-3, 112, 160),),
    "resnet18": (Lesson(1800, 2e-3, 96, 144), Lesson(2000, 2e-3, 112, 160)),
    "resnet50": (Lesson(1800, 2e-3, 112, 160), Lesson(1000, 2e-3, 112, 160)),
}
"""What each backbone is taught: lessons one after the other, each with the weights that the one before left."""


class Student(nn.Module):
    """A trunk, and the two linear maps from its features to the teacher's: of every position, and of the pooled vector."""

    def __init__(self, backbone: str, seed: int):
        super().__init__()
        self.trunk = build_trunk(backbone, "gem")
        self.of_maps = nn.Conv2d(self.trunk.channels, TEACHER_CHANNELS, 1)
        self.of_pooled = nn.Linear(self.trunk.channels, TEACHER_CHANNELS)
        initialise(self, torch.Generator().manual_seed(seed))

    def descriptors(self, images: torch.Tensor) -> torch.Tensor:
        """GeM-pooled features (B, C)."""
        return gem(self.trunk(images), 3.0)

    def loss(self, images: torch.Tensor, maps: torch.Tensor) -> tuple[torch.Tensor, dict[str, float]]:
        """How far the features of `images` (B, 3, S, S) are from the teacher's `maps` (B, 1280, h, w): the loss and its parts."""
        with autocast(images.device):
            own = self.trunk(images)
        own = own.float()
        pooled, wanted = gem(own, 3.0), gem(maps, 3.0)
        high, wide = maps.shape[2:]
        fitted = functional.adaptive_avg_pool2d(own, (high, wide)) if own.shape[2] > maps.shape[2] else functional.interpolate(
            own, maps.shape[2:], mode="bilinear", align_corners=False)  # fmt: skip
        parts = {
            "maps": 1 - functional.cosine_similarity(self.of_maps(fitted), maps, dim=1).mean(),
            "pooled": 1 - functional.cosine_similarity(self.of_pooled(pooled), wanted, dim=1).mean(),
            "similarities": (_similarities(pooled) - _similarities(wanted)).square().mean() * SIMILARITY,
        }
        return reduce(torch.add, parts.values()), {name: float(value.detach()) for name, value in parts.items()}


def distil(
    backbone: str, lesson: Lesson, groups: tuple[Group, ...], folder: Path, seed: int = 0, learnt: State | None = None
) -> Generator[Progress, None, tuple[dict[str, torch.Tensor], float]]:
    """Teach a backbone; return the weights of its trunk and the seconds that it took.

    learnt: the weights of its trunk after an earlier lesson; without them it begins from nothing. A lesson that was killed goes on
    from its checkpoint in `folder`. RetrievalError if the loss is no longer finite.
    """
    keep_freed_memory()
    folder.mkdir(parents=True, exist_ok=True)
    teacher, student = load_lite0(), Student(backbone, seed).to(memory_format=torch.channels_last)
    optimiser = _optimiser(student, lesson)
    step, seconds = _resume(folder / CHECKPOINT, student, optimiser)
    if learnt and not step:
        student.load_state_dict(learnt, strict=False)
    elif not step:
        fit_to_pictures(student, normalise(resized(make_pictures(groups, lesson, seed, 0), lesson.side)))
    saved = begin = time.monotonic()
    for pictures in in_order(partial(make_pictures, groups, lesson, seed), range(step, lesson.steps), AHEAD):
        with torch.inference_mode(), autocast(pictures.device):
            maps = teacher.forward_features((pictures * 2 - 1).contiguous(memory_format=torch.channels_last))
        for group in optimiser.param_groups:
            group["lr"] = lesson.learning_rate * rate(step, lesson.steps)
        optimiser.zero_grad(set_to_none=True)
        student.train()
        loss, parts = student.loss(normalise(resized(pictures, lesson.side)), maps.float().clone())
        if not torch.isfinite(loss):
            raise Failed(f"The lesson of {backbone} stopped at step {step}: the loss is not finite. Lower its learning_rate.")
        loss.backward()
        nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimiser.step()
        step += 1
        if step % 10 == 0:
            with (folder / "lesson.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": step, **{name: round(value, 5) for name, value in parts.items()}}) + "\n")
        yield Progress(f"teach {backbone}", step, lesson.steps, values={"loss": float(loss.detach())})
        if time.monotonic() - saved > CHECKPOINT_EVERY or step == lesson.steps:
            saved = time.monotonic()
            notes = {"step": step, "seconds": seconds + saved - begin}
            save_checkpoint(folder / CHECKPOINT, student, optimiser, {}, notes)
    state = {name: tensor for name, tensor in student.state_dict().items() if name.startswith("trunk.")}
    return state, seconds + time.monotonic() - begin


def rate(step: int, steps: int) -> float:
    """Share of the highest rate: up, level, and at the end down to zero; a lesson can be made longer from where it is level."""
    return min(1.0, (step + 1) / WARM_UP, (steps - step) / (COOL_DOWN * steps))


def make_pictures(groups: tuple[Group, ...], lesson: Lesson, seed: int, step: int) -> torch.Tensor:
    """The pictures (B, 3, S, S) of a step in 0…1 at the teacher's size: cropped, turned, recoloured, mirrored and mixed."""
    random = np.random.default_rng((seed, 14, step))
    chosen = []
    for group, share in zip(groups, SHARES, strict=True):
        chosen += [group[k] for k in random.integers(len(group), size=round(share * lesson.batch))]
    batch = make_batch(chosen, lesson.teacher_side, CHANGES, random)
    mirrored = torch.from_numpy(random.random(len(batch)) < 0.5).view(-1, 1, 1, 1)
    batch = torch.where(mirrored, batch.flip(3), batch)
    parts = torch.from_numpy(np.where(random.random(len(batch)) < MIXED, random.random(len(batch)), 0)).float().view(-1, 1, 1, 1)
    return batch * (1 - parts) + batch[torch.from_numpy(random.permutation(len(batch)))] * parts


def resized(pictures: torch.Tensor, side: int) -> torch.Tensor:
    """Square pictures (B, 3, S, S) at another size."""
    return functional.interpolate(pictures, (side, side), mode="bilinear", antialias=True)


def _similarities(vectors: torch.Tensor) -> torch.Tensor:
    unit = functional.normalize(vectors, dim=1)
    return unit @ unit.T


def _optimiser(student: Student, lesson: Lesson) -> torch.optim.AdamW:
    matrices = [parameter for parameter in student.parameters() if parameter.ndim > 1]
    others = [parameter for parameter in student.parameters() if parameter.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": lesson.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=lesson.learning_rate, fused=True)


def _resume(path: Path, student: Student, optimiser: torch.optim.AdamW) -> tuple[int, float]:
    """Go back to a checkpoint; the step that it was written after, and the seconds until then."""
    if not path.exists():
        return 0, 0.0
    tensors, notes = read_checkpoint(path)
    put_back(path, tensors, student, optimiser)
    return notes["step"], notes["seconds"]
