"""A new objective is one value and one row: the loop trains it as it is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from caches import result_of
from handful import CPU, SCHEDULE, lines
from torch.nn import functional

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import MODELS, STAGES, get_preset
from retrieval_core.training import loop
from retrieval_core.training.loop import train
from retrieval_core.training.objective import Objective, Preparation
from retrieval_core.training.objectives import OBJECTIVES, get_objective
from retrieval_core.training.split import split_landmarks


def two_of_each(split, schedule, prepared, number, seed, random):
    chosen = random.permutation(prepared["anchors"])[: schedule.batch // 2]
    return np.concatenate([random.permutation(split.landmarks.photographs(k))[:2] for k in chosen])


def contrastive(network, images, classes, schedule):
    """Hadsell et al., "Dimensionality reduction by learning an invariant mapping", CVPR 2006."""
    distances = torch.cdist(descriptors := network.descriptors(images), descriptors)
    same = classes[:, None] == classes[None, :]
    apart = functional.relu(1 - distances[~same]).square().mean()
    return distances[same].square().mean() + apart, {"apart": float(apart.detach())}


def numbers(network, pixels, split, schedule, device, random):
    return {"anchors": random.permutation(split.count)}
    yield


CONTRASTIVE = Objective(two_of_each, contrastive, preparation=Preparation("look round", lambda schedule: 3, numbers))


def test_a_third_objective_is_one_value_and_one_row(pixels, tmp_path, monkeypatch):
    monkeypatch.setitem(OBJECTIVES, "contrastive", CONTRASTIVE)
    monkeypatch.setattr(loop, "LOG_EVERY", 1)
    stage = replace(get_preset("1d"), loss="contrastive")
    steps = replace(SCHEDULE, steps=8, validations=1)
    whole, notes = result_of(train(stage, steps, None, pixels, 0, CPU, tmp_path / "whole"))
    assert notes["steps"] == 8
    assert not [name for name in whole if name.startswith("classifier")]
    logged = [line for line in lines(tmp_path / "whole") if "loss" in line]
    assert [line["step"] for line in logged] == list(range(1, 9))
    assert all("apart" in line for line in logged)
    assert np.mean([line["loss"] for line in logged[-3:]]) < np.mean([line["loss"] for line in logged[:3]])
    # What it prepared is in the checkpoint: a run that is killed between two preparations goes on with it.
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 0.0)
    going = train(stage, steps, None, pixels, 0, CPU, tmp_path / "killed")
    while next(going).done < 5:
        pass
    going.close()
    state, _ = result_of(train(stage, steps, None, pixels, 0, CPU, tmp_path / "killed"))
    assert all(torch.equal(state[name], tensor) for name, tensor in whole.items())


def test_every_preset_has_an_objective():
    for preset in [*MODELS.values(), *STAGES.values()]:
        assert preset.loss is None or preset.loss in OBJECTIVES


def test_a_mistyped_loss_is_refused_at_once(pixels, tmp_path):
    with pytest.raises(RetrievalError, match=r"Unknown loss 'tripplet'\. Choose one of: classification, triplet, average precision"):
        result_of(train(replace(get_preset("1f"), loss="tripplet"), SCHEDULE, None, pixels, 0, CPU, tmp_path))


def test_only_classification_needs_a_classifier():
    assert {name for name in OBJECTIVES if get_objective(name).classifier} == {"classification"}


def test_triplets_of_photographs_without_a_positive_are_refused(pixels, parent, tmp_path):
    few = [k for k, image in enumerate(pixels.images) if image.path.endswith("0.png") or image.label == "l5"]
    alone = replace(pixels, images=tuple(pixels.images[k] for k in few), shapes=pixels.shapes[few], flat=None)
    assert split_landmarks([image.label for image in alone.images]).landmarks.sizes.tolist() == [1] * 5
    with pytest.raises(RetrievalError, match="No landmark of the training set has two photographs to train on"):
        result_of(train(get_preset("1f"), SCHEDULE, parent, alone, 0, CPU, tmp_path))
