"""Every variant is trained for a few steps as its model of the table is: from the same start, and what it changes is at work."""

from dataclasses import replace

import pytest
import torch
from caches import result_of
from handful import CPU, SCHEDULE, lines

from retrieval_core.networks.network import build_network
from retrieval_core.presets import VARIANTS, get_preset
from retrieval_core.training import loop
from retrieval_core.training.loop import train

SHORT = replace(SCHEDULE, steps=2, validations=1)


@pytest.mark.parametrize("key", [key for key in VARIANTS if key.startswith("1b-")])
def test_learnt_poolings_are_learnt(pixels, tmp_path, key):
    stage = replace(VARIANTS[key], pooling="gem", dim=256)  # without fc6 and fc7, whose 58 million weights have no part in it
    start = build_network(replace(stage, local_pooling=None), seed=9).state_dict()
    # Weights at the start win where nothing else is measured better: here the last are taken.
    network = build_network(stage, 5, seed=0)
    masks = {name: tensor.clone() for name, tensor in network.state_dict().items() if name not in start and "trunk" in name}
    assert masks
    learning = []
    original = loop._Run.advance

    def advance(run):
        values = original(run)
        learning.append({name: run.network.state_dict()[name].clone() for name in masks})
        return values

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop._Run, "advance", advance)
        state, notes = result_of(train(stage, SHORT, start, pixels, 0, CPU, tmp_path))
    assert notes["steps"] == 2
    assert set(masks) <= set(state)
    assert all(not torch.equal(learning[-1][name], first) for name, first in masks.items())
    assert all(tensor.isfinite().all() for tensor in state.values())


@pytest.mark.parametrize("key", [key for key in VARIANTS if not key.startswith("1b-")])
def test_other_losses_and_augmentations_train_from_the_same_start(pixels, parent, tmp_path, monkeypatch, key):
    monkeypatch.setattr(loop, "LOG_EVERY", 1)
    for stage, folder in ((VARIANTS[key], tmp_path / "variant"), (get_preset(key[:2]), tmp_path / "base")):
        state, _ = result_of(train(stage, SHORT, parent, pixels, 0, CPU, folder))
        assert all(tensor.isfinite().all() for tensor in state.values())
    variant, base = ([line for line in lines(tmp_path / name) if "loss" in line] for name in ("variant", "base"))
    assert len(variant) == len(base) == 2
    assert variant[0]["loss"] != base[0]["loss"]
    assert ("AP" in variant[0]) == (key == "1f-ap")
    first = [next(line for line in lines(tmp_path / name) if "validation_map" in line) for name in ("variant", "base")]
    assert first[0] == first[1]  # before the first step they are one and the same
