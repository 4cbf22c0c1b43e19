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
    """Mixed precision for the convolutions and linear layers: bfloat16, which needs no loss scaling."""
    return torch.autocast(device.type, dtype=torch.bfloat16)
