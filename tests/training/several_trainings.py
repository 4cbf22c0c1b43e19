"""Trainings of a few steps in float32, by name, in one process or under torchrun: gradients of the first step, and the last weights.

python several_trainings.py PHOTOGRAPHS FOLDER NAME…
"""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import torch
from caches import result_of
from handful import CPU, SCHEDULE
from safetensors.torch import save_file

from retrieval_core import processes
from retrieval_core.datasets.class_folders import read_class_folders
from retrieval_core.datasets.pixels import open_pixels
from retrieval_core.networks import device
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset
from retrieval_core.training import loop

ODD = replace(SCHEDULE, steps=3, batch=9, validations=1)
CASES = {
    "classification": ("1d", ODD),
    "classification, fc7 with dropout, no parent": ("1b", replace(ODD, steps=1, image_size=64)),
    "triplet": ("1f", replace(ODD, frozen_batch_norm=True)),
    "triplet, batch norm over all": ("1f", ODD),
    "triplet, augmented": ("1g", replace(ODD, frozen_batch_norm=True)),
    "triplet, gradients added up": ("1f", replace(ODD, accumulate=2, frozen_batch_norm=True)),
    "average precision": ("1f-ap", replace(ODD, frozen_batch_norm=True)),
    "fewer rows than processes": ("1d", replace(ODD, batch=2)),
}


def learn(name: str, photographs: Path, folder: Path) -> None:
    """Train a case, and leave what came out."""
    key, schedule = CASES[name]
    dataset = read_class_folders(photographs, "tiny")
    pixels = result_of(open_pixels(dataset.images, dataset.photographs, 64, key == "1b", folder, keep=False))
    parent = build_network(get_preset("1d"), 60, seed=9).state_dict() if key != "1b" else None
    found: dict[str, torch.Tensor] = {}
    advance, finish = loop._Run.advance, loop._Run.finish

    def first_gradients(run):
        values = advance(run)
        if run.step == 1:
            gradients = {name: one.grad for name, one in run.network.named_parameters() if one.grad is not None}
            found.update({f"gradient/{name}": one.clone() for name, one in gradients.items()})
        return values

    def last_weights(run):
        found.update({f"weight/{name}": one for name, one in run.network.state_dict().items()})
        return finish(run)

    with patch.object(loop._Run, "advance", first_gradients), patch.object(loop._Run, "finish", last_weights):
        result_of(loop.train(get_preset(key), schedule, parent, pixels, 3, CPU, folder / name))
    rank = processes.rank()
    save_file({key: tensor.contiguous() for key, tensor in found.items()}, folder / f"{name}-{rank}.safetensors")


def main(photographs: Path, folder: Path, *names: str) -> None:
    """Train the cases, together where there are several processes."""
    with ExitStack() as held:
        held.enter_context(patch.object(device, "has_bfloat16", lambda _: False))
        if processes.started() > 1:
            held.enter_context(processes.joined("cpu"))
            held.enter_context(processes.at_work())
        for name in names:
            learn(name, photographs, folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]), *sys.argv[3:])
