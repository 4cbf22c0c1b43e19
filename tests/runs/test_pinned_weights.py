"""Weights that a network by name was published with: what came first is what comes later."""

import shutil

import pytest
import timm

from retrieval_core.datasets.pins import PINS
from retrieval_core.errors import Failed
from retrieval_core.named_networks import find_network, to_note
from retrieval_core.networks.weights import named_as_ours
from retrieval_core.presets import get_preset
from retrieval_core.progress import Progress
from retrieval_core.runs import steps
from retrieval_core.runs.settings import Settings, settle
from retrieval_core.workspace import Workspace, read_json

VIT = "timm:test_vit.r160_in1k"


@pytest.fixture
def published(monkeypatch):
    """What the network is published with: a hash that a test may change."""
    found = {"sha256": "a" * 64}

    def start_weights(origin, backbone, own, download):
        yield Progress(f"fetch {backbone}", 0, 1)
        notes = {"file": "model.safetensors", "network": to_note(find_network(backbone)), **found}
        return named_as_ours(timm.create_model("test_vit").state_dict(), ()), notes

    monkeypatch.setattr(steps, "start_weights", start_weights)
    return found


def test_other_weights_than_those_that_came_first_are_refused_until_they_are_trusted(tmp_path, published):
    workspace, stage = Workspace(tmp_path), get_preset(VIT).weights_stage
    run = settle(workspace, Settings(device="cpu", models=(VIT,), start="shapes"))
    pins = tmp_path / "archives" / PINS
    list(steps.train_stage(workspace, run, stage))
    assert read_json(pins, {}) == {VIT: f"sha256:{'a' * 64}"}
    shutil.rmtree(tmp_path / "published")
    list(steps.train_stage(workspace, run, stage))

    shutil.rmtree(tmp_path / "published")
    published["sha256"] = "b" * 64
    with pytest.raises(Failed, match=rf"{VIT} is not the file that was fetched before.*take the line '{VIT}' out of {pins}"):
        list(steps.train_stage(workspace, run, stage))
    assert not list(tmp_path.rglob("weights.safetensors"))
    assert read_json(pins, {}) == {VIT: f"sha256:{'a' * 64}"}
    pins.write_text("{}")
    list(steps.train_stage(workspace, run, stage))
    assert read_json(pins, {}) == {VIT: f"sha256:{'b' * 64}"}
