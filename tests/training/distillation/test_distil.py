"""A backbone learns its teacher's features; a lesson that was stopped goes on to the same weights."""

import numpy as np
import pytest
import torch
from caches import result_and_reports

from retrieval_core.networks.lite0 import load_lite0
from retrieval_core.networks.network import normalise
from retrieval_core.training.distillation import distil as module
from retrieval_core.training.distillation.distil import Lesson, Student, distil, make_pictures, rate, resized

LESSON = Lesson(steps=6, learning_rate=1e-3, side=64, teacher_side=80, batch=6)


@pytest.fixture(scope="module")
def groups():
    random = np.random.default_rng(0)
    return tuple([random.integers(0, 255, (96, 72 + 12 * kind, 3), np.uint8) for _ in range(5)] for kind in range(3))


def test_a_lesson_that_was_stopped_ends_with_the_same_weights(groups, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "CHECKPOINT_EVERY", 0)
    (whole, _), seen = result_and_reports(distil("resnet18", LESSON, groups, tmp_path / "whole"))
    stopped = distil("resnet18", LESSON, groups, tmp_path / "stopped")
    for _ in range(3):
        next(stopped)
    stopped.close()
    (again, seconds), rest = result_and_reports(distil("resnet18", LESSON, groups, tmp_path / "stopped"))
    assert 0 < len(rest) < len(seen) == LESSON.steps
    assert seconds > 0
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    assert all(name.startswith("trunk.") for name in whole)


@pytest.mark.parametrize("backbone", ["alexnet", "resnet18", "resnet50"])
def test_the_loss_of_one_batch_falls(backbone, groups):
    student, teacher = Student(backbone, 0), load_lite0()
    pictures = make_pictures(groups, LESSON, 0, 0)
    with torch.no_grad():
        maps = teacher.forward_features(pictures * 2 - 1)
    optimiser, losses = torch.optim.AdamW(student.parameters(), lr=5e-4), []
    for _ in range(8):
        loss, parts = student.loss(normalise(resized(pictures, 64)), maps)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        assert losses[-1] == pytest.approx(sum(parts.values()), rel=1e-5)
    assert losses[-1] < 0.9 * losses[0]


def test_features_that_are_the_teachers_cost_nothing():
    """The loss of a student whose features and maps are the teacher's own is zero."""
    student = Student("resnet18", 0)
    maps = torch.rand(4, module.TEACHER_CHANNELS, 3, 3)
    student.trunk = torch.nn.Identity()
    student.of_maps = student.of_pooled = torch.nn.Identity()
    loss, _ = student.loss(maps, maps)
    assert float(loss) == pytest.approx(0, abs=1e-5)


def test_pictures_of_a_step_depend_on_seed_and_step_alone(groups):
    first = make_pictures(groups, LESSON, 0, 3)
    assert first.shape == (6, 3, 80, 80)
    assert 0 <= first.min() <= first.max() <= 1
    assert torch.equal(first, make_pictures(groups, LESSON, 0, 3))
    assert not torch.equal(first, make_pictures(groups, LESSON, 0, 4))
    assert not torch.equal(first, make_pictures(groups, LESSON, 1, 3))


def test_the_rate_rises_stays_and_falls_to_nearly_zero():
    rates = [rate(step, 1000) for step in range(1000)]
    assert rates[0] < 0.02
    assert rates[99] == rates[400] == 1.0
    assert 0 < rates[-1] < 0.01
