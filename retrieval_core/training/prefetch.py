"""The coming batches, made in threads while the device works on this one: a GPU must not wait for photographs."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

import torch

Made = TypeVar("Made")
MOST_AHEAD = 4  # steps; a step of the published recipe is about 270 MB of pictures


def threads_for(device: torch.device) -> int:
    """How many batches are made ahead: none where the processor that would make them is the one that trains."""
    return 0 if device.type == "cpu" else min(MOST_AHEAD, os.cpu_count() or 1)


def in_order(make: Callable[[int], Made], numbers: Iterable[int], threads: int) -> Iterator[Made]:
    """`make(number)` for every number, in their order, each begun while up to `threads` before it are not yet used.

    `make` must depend on its number alone; what it raises is raised when its turn comes.
    """
    if not threads:
        yield from map(make, numbers)
        return
    numbers = iter(numbers)
    pool = ThreadPoolExecutor(threads)
    try:
        waiting = deque(pool.submit(make, number) for number in islice(numbers, threads))
        while waiting:
            made = waiting.popleft().result()
            waiting.extend(pool.submit(make, number) for number in islice(numbers, 1))
            yield made
    finally:
        pool.shutdown(cancel_futures=True)
