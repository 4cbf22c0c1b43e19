"""Weights as files, handed on by name and shape, and what is said when they are not there."""

import pytest
import torch
import torchvision

from retrieval_core.errors import RetrievalError
from retrieval_core.networks import weights
from retrieval_core.networks.network import build_network
from retrieval_core.networks.weights import imagenet_in_cache, imagenet_weights, inherit, load_weights, save_weights
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


class _Release:
    """Stands for an entry of torchvision's table of weights."""

    def __init__(self, backbone, error=None):
        self.backbone, self.error = backbone, error
        self.url, self.meta = f"https://example.invalid/{backbone}-12345678.pth", {"_file_size": 1.0}

    def get_state_dict(self, progress, check_hash):
        if self.error:
            raise self.error
        return getattr(torchvision.models, self.backbone)(weights=None).state_dict()
