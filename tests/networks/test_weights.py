"""Weights as files, handed on by name and shape, and what is said when they are not there."""

import pytest
import torch
import torchvision

from retrieval_core.errors import RetrievalError
from retrieval_core.networks import weights
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weight_files import local_file
from retrieval_core.networks.weights import (
    imagenet_in_cache,
    imagenet_weights,
    inherit,
    load_weights,
    local_weights,
    save_weights,
)
from retrieval_core.presets import get_preset


def test_what_is_written_is_read_back_to_the_bit(tmp_path):
    state = build_network(get_preset("1d")).state_dict()
    save_weights(state, tmp_path / "w.safetensors", {"stage": "1d"})
    loaded = load_weights(tmp_path / "w.safetensors")
    assert set(loaded) == set(state)
    assert all(torch.equal(loaded[name], tensor) for name, tensor in state.items())


@pytest.mark.parametrize("content", [None, b"", b"not weights at all"])
def test_a_missing_or_broken_file_is_named(tmp_path, content):
    path = tmp_path / "broken.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RetrievalError, match=r"broken\.safetensors.*[Rr]un the training again"):
        load_weights(path)


def test_only_what_fits_in_name_and_shape_is_inherited():
    network = torch.nn.Linear(3, 2)
    before = network.bias.detach().clone()
    state = {"weight": torch.full((2, 3), 7.0), "bias": torch.zeros(5), "stranger": torch.zeros(1)}
    assert inherit(network, state) == ["bias"]
    assert (network.weight == 7).all()
    assert torch.equal(network.bias, before)


def test_without_consent_nothing_is_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", lambda *a, **k: pytest.fail("fetched without consent"))
    assert not imagenet_in_cache("resnet50")
    with pytest.raises(RetrievalError, match=r"resnet50.*MB.*--download.*--start shapes"):
        imagenet_weights("resnet50", download=False)


@pytest.mark.parametrize("backbone", ["alexnet", "resnet18", "resnet50"])
def test_imagenet_weights_fit_our_networks(backbone, tmp_path, monkeypatch):
    """A file of the right name in torch's cache is used, and fills everything but pooling, FC and classifier."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(weights, "_RELEASES", {backbone: _Release(backbone)})
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / f"{backbone}-12345678.pth").touch()
    assert imagenet_in_cache(backbone)
    stage = next(get_preset(key) for key in ("1a", "1d", "1h") if get_preset(key).backbone == backbone)
    assert set(inherit(build_network(stage), imagenet_weights(backbone, download=False))) <= {
        "pool.p", "fc.weight", "fc.bias",
    }  # fmt: skip


def test_a_failed_download_says_what_to_do(monkeypatch):
    monkeypatch.setattr(weights, "_RELEASES", {"alexnet": _Release("alexnet", OSError("no route to host"))})
    with pytest.raises(RetrievalError, match=r"no route to host.*--start shapes"):
        imagenet_weights("alexnet", download=True)


def own_file(folder, backbone, suffix, change=lambda state: None):
    state = getattr(torchvision.models, backbone)(weights=None).state_dict()
    change(state)
    file = folder / f"{backbone}-mine{suffix}"
    if suffix == ".pth":
        torch.save(state, file)
    else:
        save_weights(state, file, {})
    return file


@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_a_file_of_ones_own_fills_our_network(tmp_path, suffix):
    other_classes = {"fc.weight": torch.zeros(5, 512), "fc.bias": torch.zeros(5)}
    file = own_file(tmp_path, "resnet18", suffix, lambda state: state.update(other_classes))
    assert local_file(tmp_path, "resnet18") == local_file(file, "resnet18") == file
    state = local_weights(file, "resnet18")
    assert not [name for name in state if "fc" in name]
    assert inherit(build_network(get_preset("1d")), state) == ["pool.p"]


WRAPPED = {
    "module.pth": lambda state: {f"module.{name}": tensor for name, tensor in state.items()},
    "backbone.pt": lambda state: {"epoch": 3, "state_dict": {f"backbone.{name}": tensor for name, tensor in state.items()} |
                                  {"head.weight": torch.zeros(1)}},
    "model.PTH": lambda state: {"model": {"state_dict": state}, "optimizer": {"state": {}}},
    "compiled.bin": lambda state: {f"_orig_mod.module.{name}": tensor for name, tensor in state.items()},
    "half.ckpt": lambda state: {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in state.items()},
}  # fmt: skip


@pytest.mark.parametrize("name", WRAPPED)
def test_what_a_training_wraps_around_weights_is_taken_off(tmp_path, name):
    state = torchvision.models.resnet18(weights=None).state_dict()
    file = tmp_path / f"resnet18-{name}"
    torch.save(WRAPPED[name](state), file)
    assert local_file(tmp_path, "resnet18") == file
    found = local_weights(file, "resnet18")
    assert inherit(build_network(get_preset("1d")), found) == ["pool.p"]
    assert torch.allclose(found["trunk.conv1.weight"].float(), state["conv1.weight"], atol=1e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("conv1.weight"), r"conv1\.weight is missing"),
        (lambda state: state.update({"conv9.weight": torch.zeros(1)}), r"conv9\.weight is not known"),
        (
            lambda state: state.update({"conv1.weight": torch.zeros(64, 1, 7, 7)}),
            r"conv1\.weight has the shape \(64, 1, 7, 7\), not \(64, 3, 7, 7\)",
        ),
    ],
)
def test_weights_that_do_not_fit_are_named(tmp_path, change, words):
    with pytest.raises(RetrievalError, match=r"resnet18-mine\.safetensors does not fit resnet18: " + words):
        local_weights(own_file(tmp_path, "resnet18", ".safetensors", change), "resnet18")


def test_weights_of_another_network_are_refused_without_listing_them_all(tmp_path):
    with pytest.raises(RetrievalError, match=r"does not fit resnet50: .*, and \d+ more.*a folder with a file for each"):
        local_weights(own_file(tmp_path, "resnet18", ".pth"), "resnet50")


def test_files_that_are_no_weights_are_named(tmp_path):
    (tmp_path / "text.pth").write_text("not weights")
    torch.save({"epoch": 3, "state_dict": {}}, tmp_path / "checkpoint.pth")
    torch.save(torch.nn.Linear(2, 2), tmp_path / "whole.pth")
    for name, words in (("text.pth", "can't be read"), ("checkpoint.pth", "more than tensors"), ("whole.pth", "can't be read"),
                        ("text.safetensors", "can't be read")):  # fmt: skip
        with pytest.raises(RetrievalError, match=rf"{name}.*{words}"):
            local_weights(tmp_path / name, "resnet18")
    for path, words in ((tmp_path / "nowhere", "does not exist"), (tmp_path, "0 files of weights of alexnet")):
        with pytest.raises(RetrievalError, match=words):
            local_file(path, "alexnet")


def test_the_start_is_read_from_the_file_and_its_hash_is_in_the_recipe(town_cache, tmp_path):
    from retrieval_core.runs.plan import run
    from retrieval_core.runs.settings import Settings, settle
    from retrieval_core.stored.artefacts import weights_path
    from retrieval_core.stored.results import open_results
    from retrieval_core.workspace import Workspace, file_hash

    file = own_file(tmp_path, "alexnet", ".pth")
    (tmp_path / "cache" / "town").mkdir(parents=True)
    for name in ("photographs", "dataset.json"):
        (tmp_path / "cache" / "town" / name).symlink_to(town_cache / "town" / name)
    workspace, chosen = Workspace(tmp_path / "cache"), Settings(device="cpu", weights=str(file), models=("1a",))
    its_run = settle(workspace, chosen)
    assert its_run.name.startswith("quick-imagenet-")
    for _ in run(workspace, "town", chosen, ("describe",)):
        pass
    results = open_results(workspace, "town", its_run.name, "1a")
    assert (results.recipe["start"], results.recipe["start_file"]["sha256"]) == ("imagenet", file_hash(file))
    assert f"--weights {file}" in results.command
    weights = weights_path(workspace, its_run, get_preset("1a"))
    before = weights.stat().st_mtime_ns
    again = Settings(device="cpu", models=("1a",), run=its_run.name)  # names no file: the run knows it
    for _ in run(workspace, "town", again, ("describe",)):
        pass
    assert weights.stat().st_mtime_ns == before
    own_file(tmp_path, "alexnet", ".pth")  # random values, as before: others
    assert settle(workspace, chosen).name != its_run.name  # other weights under the same name are another run
    with pytest.raises(RetrievalError, match="start shapes"):
        Settings(start="shapes", weights=str(file))


class _Release:
    """Stands for an entry of torchvision's table of weights."""

    def __init__(self, backbone, error=None):
        self.backbone, self.error = backbone, error
        self.url, self.meta = f"https://example.invalid/{backbone}-12345678.pth", {"_file_size": 1.0}

    def get_state_dict(self, progress, check_hash):
        if self.error:
            raise self.error
        return getattr(torchvision.models, self.backbone)(weights=None).state_dict()
