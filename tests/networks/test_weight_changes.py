"""How far a training moved each layer, against plain sums over arrays; and its first filters as pictures."""

import numpy as np
import pytest
import torch

from retrieval_core.networks.first_filters import COLUMNS, filter_pictures, filter_sheet, first_layer
from retrieval_core.networks.network import RetrievalNetwork, build_network
from retrieval_core.networks.weight_changes import CHANGE, change_table, left_behind, weight_changes
from retrieval_core.presets import get_preset


@pytest.fixture(scope="module")
def states():
    """Weights of 1d with a classifier, and of 1f after it, some of them moved."""
    parent = build_network(get_preset("1d"), 5, seed=0).state_dict()
    child = build_network(get_preset("1f"), seed=1).state_dict()
    random = torch.Generator().manual_seed(2)
    for name, tensor in parent.items():
        if name in child:
            moves = name.startswith("trunk.layer") and tensor.is_floating_point()
            child[name] = tensor + 0.01 * torch.randn(tensor.shape, generator=random) if moves else tensor.clone()
    return parent, child


def test_the_change_of_a_tensor_is_the_norm_of_its_difference_over_its_norm(states):
    parent, child = states
    table = change_table(weight_changes(get_preset("1f"), parent, child))
    learnt = [name for name in child if not name.endswith("num_batches_tracked")]
    assert set(table.index) == {name.removeprefix("trunk.") for name in learnt}
    for name in learnt:
        row = table.loc[name.removeprefix("trunk.")]
        assert row["values"] == child[name].numel()
        if name not in parent:
            assert np.isnan(row[CHANGE])
            assert np.isnan(row["norm before"])
            continue
        old, new = (state[name].double().numpy().ravel() for state in (parent, child))
        length = np.sqrt((old**2).sum())
        assert row["norm before"] == pytest.approx(length, rel=1e-9)
        if length == 0:  # a shift that began with zeros
            assert np.isnan(row[CHANGE])
        else:
            assert row[CHANGE] == pytest.approx(100 * np.sqrt(((new - old) ** 2).sum()) / length, rel=1e-5)


def test_layers_come_in_the_order_of_the_network_and_say_what_they_are(states):
    parent, child = states
    table = change_table(weight_changes(get_preset("1f"), parent, child))
    order = ["conv1.weight", "bn1.weight", "layer1.0.conv1.weight", "layer1.0.bn1.weight", "layer1.0.conv2.weight",
             "layer4.1.bn2.weight", "pool.p", "fc.weight"]  # fmt: skip
    assert [name for name in table.index if name in order] == order
    assert table.loc[order, "kind"].tolist() == ["convolution", "normalisation"] * 2 + [
        "convolution",
        "normalisation",
        "pooling",
        "linear",
    ]
    assert table.loc["bn1.running_var", "kind"] == "statistics"
    assert left_behind(parent, child) == ["classifier"]


def test_a_tensor_of_another_shape_began_anew():
    parent, child = {"trunk.conv1.weight": torch.ones(2, 3, 1, 1)}, {"trunk.conv1.weight": torch.ones(4, 3, 1, 1)}
    (change,) = weight_changes(get_preset("1d"), parent, child)
    assert change.before is None
    assert change.relative is None
    assert left_behind(parent, child) == ["conv1"]


@pytest.mark.parametrize("key", ["1b", "1d", "warm-resnet50", "warm-lite0"])
def test_the_first_layer_of_every_backbone_sees_three_channels(key):
    with torch.device("meta"):
        state = RetrievalNetwork(get_preset(key)).state_dict()
    first = {"1b": "features.0", "1d": "conv1", "warm-resnet50": "conv1", "warm-lite0": "conv_stem"}[key]
    assert first_layer(state) == f"trunk.{first}.weight"


def test_filters_have_one_scale_before_and_after_and_the_difference_fills_it():
    random = np.random.default_rng(0)
    old = random.normal(size=(20, 3, 5, 5)).astype(np.float32)
    new = old.copy()
    new[7, 1, 2, 3] += 0.01
    found = filter_pictures({"trunk.conv1.weight": torch.from_numpy(old)}, {"trunk.conv1.weight": torch.from_numpy(new)})
    assert found.name == "conv1"
    assert found.moved
    scale = max(abs(old[7]).max(), abs(new[7]).max())
    assert found.enlarged == pytest.approx(scale / 0.01, rel=1e-4)
    assert found.before.size == found.after.size == found.difference.size
    changed = np.argwhere((np.asarray(found.difference.convert("RGB")) % 128).any(2))  # neither grey nor nothing
    assert set(changed[:, 0] // 48) == {0}
    assert set(changed[:, 1] // 48) == {7}
    assert np.asarray(found.difference.convert("RGB")).max() == 255
    assert found.beside("1d", "1f").width > 3 * found.before.width
    same = filter_pictures({"trunk.conv1.weight": torch.from_numpy(old)}, {"trunk.conv1.weight": torch.from_numpy(old)})
    assert not same.moved
    assert filter_pictures({}, {"trunk.conv1.weight": torch.from_numpy(old)}) is None
    assert filter_pictures({}, {"fc.weight": torch.ones(2, 2)}) is None


def test_a_sheet_shows_each_filter_in_its_place():
    filters = np.zeros((COLUMNS + 1, 3, 2, 2), np.float32)
    filters[COLUMNS, 0] = 1  # red, alone in the second row
    sheet = np.asarray(filter_sheet(filters))
    assert sheet[10, 10].tolist() == [128, 128, 128, 255]
    assert sheet[60, 10].tolist() == [255, 128, 128, 255]
    assert sheet[46, 10, 3] == sheet[10, 46, 3] == sheet[60, 60, 3] == 0
