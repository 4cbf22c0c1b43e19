"""A schedule of a few steps, and what a training returned and logged."""

import json
from pathlib import Path

import torch

from retrieval_core.presets import Schedule

CPU = torch.device("cpu")
SCHEDULE = Schedule(
    image_size=40, extract_size=40, steps=6, batch=8, learning_rate=1e-3, margin=0.3, per_landmark=2, negatives=2, pool=20,
    mine_every=2, validations=2,
)  # fmt: skip


def lines(folder: Path) -> list[dict]:
    """The lines of a training's log."""
    return [json.loads(line) for line in (folder / "training.jsonl").read_text().splitlines()]
