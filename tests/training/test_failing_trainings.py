"""A training that fails says why and what to do, and leaves nothing behind that the next run would stumble over."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest
import torch
from caches import result_of
from handful import CPU, SCHEDULE, lines
from safetensors.torch import load_file, save_file

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import get_preset
from retrieval_core.training import checkpoint, loop
from retrieval_core.training.checkpoint import replacing, save_checkpoint, temporary_name
from retrieval_core.training.finite import NotFiniteError, check_finite
from retrieval_core.training.loop import train
from retrieval_core.training.objectives import OBJECTIVES


@pytest.fixture(autouse=True)
def _a_checkpoint_after_every_step(monkeypatch):
    monkeypatch.setattr(loop, "CHECKPOINT_EVERY", 0.0)
    monkeypatch.setattr(checkpoint, "publish", lambda temporary, path: temporary.replace(path))  # the disk need not be waited for


def spoil(monkeypatch, name, at, change):
    """Let the objective's loss become `change(loss)` in the step `at`, counted from 1."""
    objective, calls = OBJECTIVES[name], []

    def loss(*given):
        calls.append(1)
        value, watched = objective.loss(*given)
        return change(value) if len(calls) == at else value, watched

    monkeypatch.setitem(OBJECTIVES, name, replace(objective, loss=loss))


def spoilt_gradient(loss):
    """A finite loss whose gradient is infinite: that of a root at zero."""
    return loss + 0 * loss + (loss - loss).abs().sqrt()


@pytest.mark.parametrize(("key", "change", "after"), [
    ("1d", lambda loss: loss * float("nan"), 3), ("1f", lambda loss: loss + float("inf"), 3), ("1d", spoilt_gradient, 4),
])  # fmt: skip
def test_a_loss_that_is_not_finite_stops_the_run(key, change, after, pixels, parent, tmp_path, monkeypatch):
    stage = get_preset(key)
    with monkeypatch.context() as spoilt:
        spoil(spoilt, stage.loss, 4, change)
        with pytest.raises(RetrievalError) as raised:
            result_of(train(stage, SCHEDULE, parent, pixels, 0, CPU, tmp_path / "spoilt"))
    words = str(raised.value)
    assert f"training of {key} stopped after {after} of 6 steps: " in words
    assert "is not finite. The last checkpoint is kept." in words
    assert "--seed" in words
    assert "learning_rate" in words
    for file in ("checkpoint.safetensors", "best.safetensors"):
        check_finite(load_file(tmp_path / "spoilt" / file))
    # Without what spoilt it, the run goes on from there and ends as one that nothing happened to.
    state, _ = result_of(train(stage, SCHEDULE, parent, pixels, 0, CPU, tmp_path / "spoilt"))
    whole, _ = result_of(train(stage, SCHEDULE, parent, pixels, 0, CPU, tmp_path / "whole"))
    assert all(torch.equal(state[name], tensor) for name, tensor in whole.items())
    assert lines(tmp_path / "spoilt") == lines(tmp_path / "whole")


def test_a_gradient_that_is_not_finite_in_the_last_step_leaves_the_best_weights(pixels, parent, tmp_path, monkeypatch):
    spoil(monkeypatch, "classification", 6, spoilt_gradient)
    with pytest.raises(RetrievalError, match=r"after 6 of 6 steps: .* is not finite"):
        result_of(train(get_preset("1d"), SCHEDULE, parent, pixels, 0, CPU, tmp_path))
    check_finite(load_file(tmp_path / "best.safetensors"))


def test_a_start_that_is_not_finite_is_refused(pixels, parent, tmp_path):
    bad = dict(parent) | {"trunk.conv1.weight": parent["trunk.conv1.weight"] * float("nan")}
    with pytest.raises(RetrievalError, match=r"1f starts from hold values that are not finite \(trunk.conv1.weight\). Train 1d anew"):
        result_of(train(get_preset("1f"), SCHEDULE, bad, pixels, 0, CPU, tmp_path))


def not_finite(path):
    tensors = load_file(path)
    name = next(name for name in tensors if name.startswith("network/trunk.layer2") and name.endswith("conv1.weight"))
    tensors[name].view(-1)[7] = float("nan")
    save_file(tensors, path, {"notes": json.dumps({"step": 2, "best": 0.0, "best_step": 0})})


def cut_short(path):
    os.truncate(path, path.stat().st_size // 2)


def of_another_network(path):
    tensors = {name: tensor for name, tensor in load_file(path).items() if "layer4" not in name}
    save_file(tensors, path, {"notes": json.dumps({"step": 2, "best": 0.0, "best_step": 0})})


SHORT = get_preset("1d"), replace(SCHEDULE, steps=4, validations=1)


@pytest.fixture(scope="module")
def undisturbed(pixels, parent, tmp_path_factory):
    """What a training returns that nothing happens to, and its log."""
    folder = tmp_path_factory.mktemp("whole")
    state, notes = result_of(train(*SHORT, parent, pixels, 0, CPU, folder))
    return state, notes, lines(folder)


@pytest.mark.parametrize(
    ("file", "harm", "words"),
    [
        ("checkpoint", not_finite, "holds values that are not finite"),
        ("checkpoint", cut_short, "can't be read"),
        ("checkpoint", lambda path: path.write_bytes(b""), "can't be read"),
        ("checkpoint", of_another_network, "is of another network"),
        ("best", cut_short, "can't be read"),
        ("best", lambda path: path.unlink(), "can't be read"),
    ],
)
def test_a_checkpoint_that_cannot_be_used_is_set_aside(file, harm, words, pixels, parent, undisturbed, tmp_path):
    arguments = *SHORT, parent, pixels, 0, CPU, tmp_path
    going = train(*arguments)
    while next(going).done < 3:
        pass
    going.close()
    harm(tmp_path / f"{file}.safetensors")
    first = next(train(*arguments))
    assert words in first.message
    assert "training begins anew" in first.message
    assert (tmp_path / "checkpoint.damaged").exists()
    state, found = result_of(train(*arguments))
    whole, notes, logged = undisturbed
    assert found == notes
    assert all(torch.equal(state[name], tensor) for name, tensor in whole.items())
    assert lines(tmp_path) == logged


def test_a_log_that_was_lost_or_harmed_does_not_stop_the_training(pixels, parent, tmp_path):
    arguments = *SHORT, parent, pixels, 0, CPU, tmp_path
    for harm in (lambda log: log.unlink(), lambda log: log.write_bytes(b"\0\xff\n[]\n7\n")):
        going = train(*arguments)
        while next(going).done < 3:
            pass
        going.close()
        harm(tmp_path / "training.jsonl")
        result_of(train(*arguments))
        assert lines(tmp_path)[-1]["step"] == 4
        (tmp_path / "checkpoint.safetensors").unlink()


def test_too_few_landmarks_are_refused_before_anything_is_computed(pixels, tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "build_network", lambda *_: pytest.fail("built a network"))
    two = [k for k, image in enumerate(pixels.images) if image.label in ("l0", "l1")]
    few = replace(pixels, images=tuple(pixels.images[k] for k in two), shapes=pixels.shapes[two])
    with pytest.raises(RetrievalError, match="2 landmarks"):
        result_of(train(get_preset("1d"), SCHEDULE, None, few, 0, CPU, tmp_path))


def test_a_write_that_is_cut_off_leaves_the_best_weights_as_they_were(pixels, parent, tmp_path, monkeypatch):
    def full(state, path, metadata):
        path.write_bytes(b"half of it")
        raise OSError("No space left on device")

    begun = train(get_preset("1d"), SCHEDULE, parent, pixels, 0, CPU, tmp_path)
    while not (tmp_path / "best.safetensors").exists():
        next(begun)
    begun.close()
    before = (tmp_path / "best.safetensors").read_bytes()
    monkeypatch.setattr(loop, "save_weights", full)
    monkeypatch.setattr(loop, "validation_map", lambda *_: iter_return(99.0))
    with pytest.raises(OSError, match="No space"):
        result_of(train(get_preset("1d"), SCHEDULE, parent, pixels, 0, CPU, tmp_path))
    assert (tmp_path / "best.safetensors").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def iter_return(value):
    return value
    yield


def test_what_a_killed_run_was_writing_is_removed(pixels, parent, tmp_path):
    left = temporary_name(tmp_path / "checkpoint.safetensors")
    left.write_bytes(b"half of it")
    next(train(get_preset("1d"), SCHEDULE, parent, pixels, 0, CPU, tmp_path))
    assert not left.exists()


def test_temporary_names_are_hidden_beside_the_file_and_never_the_same(tmp_path):
    names = {temporary_name(tmp_path / "best.safetensors") for _ in range(100)}
    assert len(names) == 100
    assert {path.parent for path in names} == {tmp_path}
    assert all(path.name.startswith(".best.safetensors.") for path in names)
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "a") as temporary:
        (temporary.with_name("gone")).replace(temporary)
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_that_is_not_finite_is_never_written(tmp_path):
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.AdamW(network.parameters())
    save_checkpoint(tmp_path / "c", network, optimiser, {}, {})
    before = (tmp_path / "c").read_bytes()
    with pytest.raises(NotFiniteError, match="extra/it"):
        save_checkpoint(tmp_path / "c", network, optimiser, {"it": torch.tensor([1.0, -float("inf")])}, {})
    assert (tmp_path / "c").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_values_so_large_that_their_squares_overflow_are_finite():
    check_finite({"large": torch.tensor([3e38, -3e38]), "whole": torch.tensor(2**62), "none": torch.empty(0)})
    for value in (np.nan, np.inf, -np.inf):
        with pytest.raises(NotFiniteError, match=r"^bad$"):
            check_finite({"good": torch.zeros(3), "bad": torch.tensor([0.0, value])})
