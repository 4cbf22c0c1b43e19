"""What an objective is: everything that the training loop must know of a loss, as one value."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from retrieval_core.datasets.pixels import Pixels
from retrieval_core.networks.network import RetrievalNetwork
from retrieval_core.presets import Schedule
from retrieval_core.progress import Progress
from retrieval_core.training.split import Split


class Learning(Protocol):
    """A network as a loss sees it: the whole batch comes out, also where several processes share it."""

    def descriptors(self, images: torch.Tensor) -> torch.Tensor:
        """Descriptors (B, D) of a batch."""
        ...

    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """Class scores (B, classes) of a batch."""
        ...


Prepared = Mapping[str, np.ndarray]
"""What a preparation found, by name; the checkpoint keeps it."""

Draw = Callable[[Split, Schedule, Prepared, int, int, np.random.Generator], np.ndarray]
"""(split, schedule, prepared, number of the batch from 0, seed, random) → places (B,) in `split.train`.

It depends on its arguments alone, and the random numbers on seed and step: a run that continues draws the same.
"""

Loss = Callable[[Learning, torch.Tensor, torch.Tensor, Schedule], tuple[torch.Tensor, dict[str, float]]]
"""(network, normalised pictures (B, 3, S, S), class numbers (B,), schedule) → the loss, and figures to watch by name."""

Prepare = Callable[[RetrievalNetwork, Pixels, Split, Schedule, torch.device, np.random.Generator], Generator[Progress, None, Prepared]]
"""(network, pixels, split, schedule, device, random) → what batches are drawn from, with the network as it is now.

Of several processes that describe the photographs together, process 0 makes it; the others have it from there.
"""


Note = Callable[[Prepared, Callable[[int], str]], dict[str, Any]]
"""(prepared, place in `split.train` → image id) → what the log keeps of a preparation, by name; JSON-able."""


@dataclass(frozen=True)
class Preparation:
    """Work that is done before the first step and then again every so many steps, as the network learns."""

    message: str
    every: Callable[[Schedule], int]  # steps
    make: Prepare
    note: Note | None = None


@dataclass(frozen=True)
class Objective:
    """How a batch is drawn, what its loss is, whether that takes a classifier, and what is prepared before."""

    draw: Draw
    loss: Loss
    classifier: bool = False
    preparation: Preparation | None = None
