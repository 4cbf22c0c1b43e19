"""`starts build`: lessons one after the other, each with the weights that the one before left."""

import json

import numpy as np
import pytest
import torch
from caches import result_and_reports
from safetensors import safe_open

from retrieval_core.runs import build_starts as module
from retrieval_core.training.distillation.distil import Lesson, distil
from retrieval_core.workspace import Workspace

LESSONS = (Lesson(2, 1e-3, 64, 80, batch=6), Lesson(3, 1e-3, 80, 96, batch=6))


@pytest.fixture
def groups(monkeypatch, tmp_path):
    """Noise instead of rendered buildings, fractals and photographs, and a folder that is not the program's."""
    random = np.random.default_rng(0)
    made = tuple([random.integers(0, 255, (96, 96, 3), np.uint8) for _ in range(5)] for _ in range(3))

    def pictures(_):
        yield from ()
        return made

    monkeypatch.setattr(module, "teaching_pictures", pictures)
    monkeypatch.setattr(module, "FOLDER", tmp_path / "starts")
    monkeypatch.setattr(module, "LESSONS", {"resnet18": LESSONS})
    return made


def test_a_lesson_begins_with_what_the_one_before_left(groups, tmp_path):
    result_and_reports(module.build_starts(Workspace(tmp_path / "cache"), ["resnet18"]))
    (first, _), _ = result_and_reports(distil("resnet18", LESSONS[0], groups, tmp_path / "1", 0))
    (second, _), _ = result_and_reports(distil("resnet18", LESSONS[1], groups, tmp_path / "2", 1, first))
    wanted = module.packed("resnet18", second, torch.empty(0))
    with safe_open(tmp_path / "starts" / "resnet18.safetensors", "pt") as file:
        about = {name: json.loads(value) for name, value in json.loads(file.metadata()["about"]).items()}
        assert set(file.keys()) == set(wanted)
        assert all(torch.equal(file.get_tensor(name), tensor) for name, tensor in wanted.items())
    assert [lesson["steps"] for lesson in about["lessons"]] == [2, 3]
    assert about["teacher"] == "EfficientNet-Lite0"
