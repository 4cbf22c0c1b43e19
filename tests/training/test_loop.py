"""A whole training on a handful of pictures: killed and continued, judged on held-out landmarks, and logged."""

from dataclasses import replace
from itertools import islice

import pytest
import torch
from caches import result_of
from handful import CPU, SCHEDULE, lines

from retrieval_core.presets import get_preset
from retrieval_core.training import loop
from retrieval_core.training.loop import train
from retrieval_core.training.split import split_landmarks


@pytest.mark.parametrize("key", ["1d", "1g"])
def test_a_run_that_is_killed_twice_ends_with_the_same_weights_and_the_same_log(key, pixels, parent, tmp_path, monkeypatch):
    arguments = (get_preset(key), SCHEDULE, parent, pixels, 3, CPU)
    whole, notes = result_of(train(*arguments, tmp_path / "whole"))
    killed = tmp_path / "killed"
    list(islice(train(*arguments, killed), 3))  # before the first checkpoint: begins anew
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 0.0)
    steps = train(*arguments, killed)
    while not (killed / "checkpoint.safetensors").exists() or lines(killed)[-1]["step"] < 4:
        next(steps)
    steps.close()
    with (killed / "training.jsonl").open("a") as log:
        log.write('{"step": 5, "lo')  # the kill came in the middle of a line
    resumed, resumed_notes = result_of(train(*arguments, killed))
    assert resumed_notes == notes
    assert set(resumed) == set(whole)
    assert all(torch.equal(resumed[name], tensor) for name, tensor in whole.items())
    assert lines(killed) == lines(tmp_path / "whole")


def test_another_seed_gives_other_weights(pixels, parent, tmp_path):
    one, other = (
        result_of(train(get_preset("1d"), replace(SCHEDULE, steps=2, validations=1), None, pixels, seed, CPU, tmp_path / str(seed)))[0]
        for seed in (0, 1)
    )
    assert not torch.equal(one["trunk.conv1.weight"], other["trunk.conv1.weight"])


def test_if_training_only_harms_the_parents_weights_are_kept(pixels, parent, tmp_path, monkeypatch):
    measured = iter([50.0, 40.0, 49.9])

    def fall(*_):
        return next(measured)
        yield

    monkeypatch.setattr(loop, "validation_map", fall)
    state, notes = result_of(train(get_preset("1d"), SCHEDULE, parent, pixels, 0, CPU, tmp_path))
    assert notes == {"validation_map": 50.0, "step": 0, "steps": 6}
    assert all(torch.equal(state[name], tensor) for name, tensor in parent.items() if not name.startswith("classifier"))


@pytest.mark.parametrize("key", ["1d", "1g"])
def test_batches_that_are_made_ahead_train_the_same_weights(key, pixels, parent, tmp_path, monkeypatch):
    schedule = replace(SCHEDULE, accumulate=2)
    plain, _ = result_of(train(get_preset(key), schedule, parent, pixels, 0, CPU, tmp_path / "plain"))
    monkeypatch.setattr(loop, "threads_for", lambda device: 3)
    ahead, _ = result_of(train(get_preset(key), schedule, parent, pixels, 0, CPU, tmp_path / "ahead"))
    assert all(torch.equal(plain[name], ahead[name]) for name in plain)
    assert lines(tmp_path / "plain") == lines(tmp_path / "ahead")


@pytest.mark.parametrize("key", ["1d", "1f"])
def test_held_out_landmarks_are_never_trained_on(key, pixels, parent, tmp_path, monkeypatch):
    split, trained = split_landmarks([image.label for image in pixels.images]), []
    make_batch = loop.make_batch

    def watch(pictures, *rest):
        trained.extend(picture.tobytes() for picture in pictures)
        return make_batch(pictures, *rest)

    monkeypatch.setattr(loop, "make_batch", watch)
    result_of(train(get_preset(key), SCHEDULE, parent, pixels, 0, CPU, tmp_path))
    held_out = {picture.tobytes() for picture in pixels.read(split.validation)}
    assert trained
    assert not held_out & set(trained)


def test_the_log_holds_what_is_worth_watching(pixels, parent, tmp_path):
    result_of(train(get_preset("1f"), SCHEDULE, parent, pixels, 0, CPU, tmp_path))
    logged = lines(tmp_path)
    assert [line["step"] for line in logged if "validation_map" in line] == [0, 3, 6]
    assert {"loss", "active", "d(a,p)", "d(a,n)", "rate", "p"} <= set(logged[-2]) | set(logged[-1])
    assert all(0 <= line["active"] <= 1 for line in logged if "active" in line)


def test_the_fc_starts_as_the_pca_whitening_of_the_training_descriptors(pixels, parent, tmp_path):
    state, notes = result_of(train(get_preset("1f"), replace(SCHEDULE, steps=0), parent, pixels, 0, CPU, tmp_path))
    assert notes["step"] == 0
    axes = state["fc.weight"]
    kept = axes.norm(dim=1) > 0
    assert 1 < kept.sum() < 20  # 20 training photographs span 19 dimensions at most
    directions = torch.nn.functional.normalize(axes[kept].double(), dim=1)
    torch.testing.assert_close(directions @ directions.T, torch.eye(len(directions), dtype=torch.float64), atol=1e-4, rtol=0)


def test_frozen_layers_do_not_move(pixels, parent, tmp_path):
    frozen = replace(SCHEDULE, frozen=("trunk.conv1.",), steps=2, validations=1, learning_rate=1e-2)
    before = parent["trunk.conv1.weight"].clone()
    state, _ = result_of(train(get_preset("1d"), frozen, parent, pixels, 0, CPU, tmp_path))
    assert torch.equal(state["trunk.conv1.weight"], before)
