"""Devices by name."""

import pytest
import torch

from retrieval_core.errors import RetrievalError
from retrieval_core.networks.device import autocast, has_bfloat16, pick_device


def test_auto_takes_the_fastest_that_is_there(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert pick_device("auto").type == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert pick_device("auto").type == "mps"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert pick_device("auto").type == "cpu"


def test_a_device_that_is_not_there_is_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(RetrievalError, match="no cuda device"):
        pick_device("cuda")
    with pytest.raises(RetrievalError, match="gpu"):
        pick_device("gpu")


@pytest.mark.parametrize(("has", "enabled"), [({}, False), ({"avx512_bf16": False}, False), ({"avx512_bf16": True}, True)])
def test_a_processor_without_bfloat16_computes_in_float32(monkeypatch, has, enabled):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: has, raising=False)
    layer, image = torch.nn.Conv2d(3, 4, 3), torch.rand(1, 3, 8, 8)
    with autocast(torch.device("cpu")):
        assert layer(image).dtype == (torch.bfloat16 if enabled else torch.float32)


@pytest.mark.parametrize("native", [False, True])
def test_a_gpu_without_bfloat16_computes_in_float32(monkeypatch, native):
    # Emulation counts as support unless it is asked for otherwise.
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation=True: native or including_emulation)
    monkeypatch.setattr(torch, "autocast", lambda kind, dtype, enabled: (kind, dtype, enabled))
    assert autocast(torch.device("cuda")) == ("cuda", torch.bfloat16, native)


@pytest.mark.parametrize("newer", [False, True])
def test_mps_has_bfloat16_since_macos_14(monkeypatch, newer):
    monkeypatch.setattr(torch.backends.mps, "is_macos_or_newer", lambda major, minor: newer and (major, minor) == (14, 0))
    assert has_bfloat16(torch.device("mps")) is newer
