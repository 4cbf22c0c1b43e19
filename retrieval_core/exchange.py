"""What processes tell one another while they work together; in one process nothing is told, and nothing changes."""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from retrieval_core.errors import Failed, RetrievalError
from retrieval_core.processes import at_work, count, is_first, none_gone, rank, tell
from retrieval_core.progress import Progress, Result

Made = TypeVar("Made")


def together(order: Mapping[str, Any], steps: Generator[Progress, None, Result]) -> Generator[Progress, None, Result]:
    """Follow some steps in all processes: the others follow those that `order` (JSON-able) stands for. For process 0."""
    if not tell(order):
        return (yield from steps)
    with at_work():
        agreed(_nothing)  # the others have opened what they need
        return (yield from steps)


def agreed(make: Callable[[], Made]) -> Made:
    """Do what may fail in a process: where it fails in one, the same error is raised in all, and nobody waits for anybody."""
    if count() == 1:
        return make()
    import torch
    import torch.distributed as dist

    fault = made = None
    try:
        made = make()
    except Exception as error:
        fault = error
    with none_gone():
        failed = torch.tensor(int(fault is not None))
        dist.all_reduce(failed)
        if not failed:
            return made
        words = [_words(_written(fault), source) for source in range(count())]
    kind, message = json.loads(next(filter(None, words)))
    if fault is not None and not isinstance(fault, RetrievalError):
        raise fault
    raise (RetrievalError if kind == "RetrievalError" else Failed)(message)


def same(value: Made) -> Made:
    """The value (JSON-able) that process 0 has."""
    if count() == 1:
        return value
    with none_gone():
        return json.loads(_words(json.dumps(value)))


def same_tensors(tensors: Iterable) -> None:
    """Give tensors the values that they have in process 0."""
    if count() == 1:
        return
    import torch
    import torch.distributed as dist

    with none_gone(), torch.no_grad():
        for tensor in tensors:
            dist.broadcast(values := tensor.detach().contiguous(), 0)
            tensor.copy_(values)


def same_arrays(arrays: Mapping[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """The arrays, by name, that process 0 has."""
    if count() == 1:
        return arrays
    import torch

    shapes = same({name: list(array.shape) for name, array in arrays.items()})
    kinds = same({name: array.dtype.str for name, array in arrays.items()})
    found = {name: arrays[name] if is_first() else np.empty(shapes[name], kinds[name]) for name in shapes}
    tensors = {name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in found.items()}
    same_tensors(tensors.values())
    return {name: tensor.numpy() for name, tensor in tensors.items()}


def in_turn(items: Sequence[Made], do: Callable[[Sequence[Made]], Iterator[np.ndarray]]) -> Iterator[np.ndarray | None]:
    """What `do` makes of every item, in their order, for process 0; for the others None as often.

    `do` gets the items that are a process's own, every `count()`th, and gives an array for each; all processes go through the items
    in step, so that what fails in one ends all at once.
    """
    if count() == 1:
        yield from do(items)
        return
    own = do(items[rank() :: count()])
    for begin in range(0, len(items), count()):
        among = range(min(count(), len(items) - begin))
        made = agreed(partial(next, own) if rank() in among else _nothing)
        for source in among:
            yield _to_first(made, source)


def shares(rows: int) -> list[slice]:
    """How that many rows are shared out: a slice for every process, one after the other, as equal as can be."""
    ends = [rows * place // count() for place in range(count() + 1)]
    return [slice(*pair) for pair in pairwise(ends)]


def _nothing() -> None:
    """The part of a process that has nothing to do while others have."""


def _to_first(array: np.ndarray | None, source: int) -> np.ndarray | None:
    """The array of a process, in process 0."""
    if source == 0:
        return array if is_first() else None
    import torch
    import torch.distributed as dist

    with none_gone():
        about = _words(json.dumps([list(array.shape), array.dtype.str]) if rank() == source else "", source)
        if rank() == source:
            dist.send(torch.from_numpy(np.ascontiguousarray(array)), 0)
        if rank():
            return None
        shape, kind = json.loads(about)
        dist.recv(received := torch.from_numpy(np.empty(shape, kind)), source)
        return received.numpy()


def _words(text: str, source: int = 0) -> str:
    """The text that a process has."""
    import torch
    import torch.distributed as dist

    held = torch.frombuffer(bytearray(text.encode()), dtype=torch.uint8) if text else torch.empty(0, dtype=torch.uint8)
    dist.broadcast(length := torch.tensor(len(held)), source)
    if not length:
        return ""
    dist.broadcast(words := held if rank() == source else torch.empty(int(length), dtype=torch.uint8), source)
    return bytes(words.numpy()).decode()


def _written(fault: Exception | None) -> str:
    """An error as words for the other processes."""
    if fault is None:
        return ""
    own = isinstance(fault, RetrievalError)
    message = str(fault) if own else f"Process {rank()} of {count()} failed: {type(fault).__name__}: {fault}"
    return json.dumps([type(fault).__name__, message])
