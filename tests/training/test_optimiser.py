"""The one-cycle rate, what is frozen or slow, and a checkpoint that continues to the bit."""

import pytest
import torch

from retrieval_core.networks.network import build_network
from retrieval_core.presets import Schedule, get_preset
from retrieval_core.training.checkpoint import put_back, read_checkpoint, save_checkpoint
from retrieval_core.training.optimiser import POOLING_RATE, make_optimiser, one_cycle, set_rate


def schedule(**changes):
    return Schedule(image_size=32, extract_size=32, learning_rate=1e-3, **changes)


def test_the_rate_rises_to_the_highest_and_falls_to_almost_nothing():
    rates = [one_cycle(step, 50) for step in range(50)]
    peak = rates.index(max(rates))
    assert rates[peak] == 1
    assert rates[0] < 0.05
    assert rates[-1] == pytest.approx(0.001)
    assert rates[: peak + 1] == sorted(rates[: peak + 1])
    assert rates[peak:] == sorted(rates[peak:], reverse=True)


def test_frozen_parameters_stay_and_slow_ones_move_slowly():
    network = build_network(get_preset("1c"), 5)
    new = ["classifier.weight", "classifier.bias", "pool.p"]
    optimiser = make_optimiser(network, schedule(frozen=("trunk.features.0.",), slow=0.1), new)
    rates = {id(p): (g["share"], g["weight_decay"]) for g in optimiser.param_groups for p in g["params"]}
    named = dict(network.named_parameters())
    assert id(named["trunk.features.0.weight"]) not in rates
    assert not named["trunk.features.0.weight"].requires_grad
    assert rates[id(named["trunk.features.3.weight"])][0] == 0.1
    assert rates[id(named["classifier.weight"])][0] == 1.0
    assert rates[id(named["trunk.features.3.bias"])][1] == 0  # no decay but on weights
    assert rates[id(named["trunk.features.3.weight"])][1] > 0


def test_the_exponent_learns_ten_times_as_fast_without_decay():
    network = build_network(get_preset("1d"))
    optimiser = make_optimiser(network, schedule(), [])
    set_rate(optimiser, 2e-4)
    group = next(g for g in optimiser.param_groups if any(p is network.pool.p for p in g["params"]))
    others = next(g for g in optimiser.param_groups if any(p is network.trunk.conv1.weight for p in g["params"]))
    assert group["lr"] == pytest.approx(POOLING_RATE * others["lr"])
    assert others["lr"] == pytest.approx(2e-4)
    assert group["weight_decay"] == 0


def test_a_checkpoint_continues_to_the_bit(tmp_path):
    torch.manual_seed(0)
    batches = torch.randn(4, 6, 3)

    def make():
        torch.manual_seed(1)
        network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
        return network, torch.optim.AdamW(network.parameters(), lr=0.05, fused=True)

    def step(network, optimiser, batch):
        optimiser.zero_grad()
        network(batch).square().sum().backward()
        optimiser.step()

    whole, whole_optimiser = make()
    for batch in batches:
        step(whole, whole_optimiser, batch)
    killed, killed_optimiser = make()
    for batch in batches[:2]:
        step(killed, killed_optimiser, batch)
    extra = {"anchors": torch.arange(3), "none": torch.empty(0, 5, dtype=torch.long)}
    save_checkpoint(tmp_path / "c.safetensors", killed, killed_optimiser, extra, {"step": 2, "best": 1 / 3})
    resumed, resumed_optimiser = make()
    tensors, notes = read_checkpoint(tmp_path / "c.safetensors")
    found = put_back(tmp_path / "c.safetensors", tensors, resumed, resumed_optimiser)
    assert notes == {"step": 2, "best": 1 / 3}
    assert all(torch.equal(found[name], tensor) for name, tensor in extra.items())
    for batch in batches[2:]:
        step(resumed, resumed_optimiser, batch)
    for name, tensor in whole.state_dict().items():
        assert torch.equal(tensor, resumed.state_dict()[name]), name
    assert [path.name for path in tmp_path.iterdir()] == ["c.safetensors"]
