"""Which processor computes."""

import torch

from retrieval_core.errors import RetrievalError, check_choice

DEVICES = ("auto", "cuda", "mps", "cpu")


def pick_device(name: str = "auto") -> torch.device:
    """The named device; `auto` is CUDA, then MPS, then the CPU. RetrievalError if it is not there."""
    check_choice("device", name, DEVICES)
    present = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(device for device, there in present.items() if there)
    if not present[name]:
        raise RetrievalError(f"There is no {name} device here. Use --device auto.")
    return torch.device(name)


def autocast(device: torch.device) -> torch.autocast:
    """Mixed precision for the convolutions and linear layers: bfloat16, which needs no loss scaling.

    Switched off, so that float32 stays, on a device that has no instructions for it: a processor without them takes eight times
    as long, a GPU emulates them.
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=has_bfloat16(device))


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device itself computes with bfloat16."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "mps":
        return torch.backends.mps.is_macos_or_newer(14, 0)  # before that, Metal doesn't know the type
    found: dict[str, bool] = getattr(torch.cpu, "get_capabilities", dict)()  # not in older versions, which then keep float32
    return bool(found.get("avx512_bf16") or found.get("amx_bf16"))
