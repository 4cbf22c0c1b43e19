"""Weights between a start and what was trained from it: each number by hand, and what the blend finds on the landmarks held out."""

import pytest
import torch
from caches import result_of

from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.networks.network import build_network
from retrieval_core.presets import get_preset
from retrieval_core.runs.steps import decoded
from retrieval_core.stored.artefacts import weights_path
from retrieval_core.stored.run_list import get_run
from retrieval_core.training.blending import between, blend
from retrieval_core.training.split import split_landmarks
from retrieval_core.training.validation import validation_map
from retrieval_core.workspace import Workspace

STAGE = get_preset("2t")


def test_every_weight_lies_its_share_of_the_way():
    start = {"a": torch.tensor([0.0, 2.0]), "count": torch.tensor(3), "half": torch.tensor([1.0], dtype=torch.float16)}
    trained = {"a": torch.tensor([1.0, 0.0]), "count": torch.tensor(9), "half": torch.tensor([2.0], dtype=torch.float16),
               "new": torch.tensor([5.0])}  # fmt: skip
    found = between(start, trained, 0.25)
    assert torch.equal(found["a"], torch.tensor([0.25, 1.5]))
    assert found["half"].dtype == torch.float16
    assert float(found["half"]) == 1.25
    assert int(found["count"]) == 9
    assert float(found["new"]) == 5
    assert all(torch.equal(between(start, trained, 1.0)[name], trained[name]) for name in trained)


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_what_is_noted_is_measured_on_the_blend(town_cache, share):
    workspace = Workspace(town_cache)
    dataset = open_dataset(workspace, "town-train")
    pixels = result_of(decoded(workspace, dataset, 64, False, keep=False))
    start, trained = build_network(STAGE, None, 1).state_dict(), build_network(STAGE, None, 2).state_dict()
    state, notes = result_of(blend(STAGE, share, start, trained, pixels, torch.device("cpu")))
    network = build_network(STAGE, None)
    network.load_state_dict(between(start, trained, share))
    split = split_landmarks([image.label for image in pixels.images])
    assert notes == {"share": share, "validation_map": result_of(validation_map(network, pixels, split, torch.device("cpu")))}
    assert all(torch.equal(state[name], tensor) for name, tensor in network.state_dict().items())


def test_2t_is_blended_with_2a_as_its_schedule_says(town_cache):
    workspace = Workspace(town_cache)
    run = get_run(workspace, "quick")
    path = weights_path(workspace, run, STAGE)
    record, share = workspace.record(path), STAGE.schedule(run.column).share
    assert record.notes["share"] == record.inputs["schedule"]["share"] == share < 1
    assert record.notes["validation_map"] >= 0
