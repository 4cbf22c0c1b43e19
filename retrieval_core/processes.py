"""Several processes under torchrun: who is who, who waits for whom, and how the end of one ends all. In one process: nothing.

Process 0 does the whole work, and alone it locks, prints and writes. The others wait for its orders; while one is followed all run the
same steps, each with its share, and meet in the functions of `exchange.py`. Outside of that whoever asks is alone: `count()` is 1.
"""

import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from retrieval_core.errors import Failed, RetrievalError

PATIENCE = timedelta(minutes=30)  # that one waits for the others' part of a step
MEETING = 0.05  # seconds between two looks who has come
LAST_WORD = timedelta(seconds=10)  # that one waits to hear whether process 0 has said why it ended
LOOK = timedelta(seconds=30)  # between two looks whether process 0 is still there, while there is no order
_GONE = re.compile(r"gloo|NCCL|ProcessGroup|TCPStore|wait timeout|Connection (closed|reset)|Broken pipe", re.IGNORECASE)


@dataclass
class _Group:
    """This process among the others: its rank, how many there are, where they leave words, how many orders there were."""

    rank: int
    count: int
    store: Any
    orders: int = 0
    at_work: bool = False


_group: _Group | None = None


def started() -> int:
    """How many processes torchrun has started; 1 without it."""
    return int(os.environ.get("WORLD_SIZE", "1")) if "TORCHELASTIC_RUN_ID" in os.environ else 1


def leads() -> bool:
    """Whether this is process 0, which does the whole work."""
    return started() == 1 or os.environ["RANK"] == "0"


def speaks() -> bool:
    """Whether this process says what all of them find before they have joined: the first of each machine."""
    return started() == 1 or os.environ["LOCAL_RANK"] == "0"


def job_process() -> int:
    """The process that ends the whole work when it is asked to: this one, or the torchrun that started it."""
    return os.getpid() if started() == 1 else os.getppid()


def count() -> int:
    """How many processes do the work of now."""
    return _group.count if _group and _group.at_work else 1


def rank() -> int:
    """Which of them this is, from 0."""
    return _group.rank if _group and _group.at_work else 0


def is_first() -> bool:
    """Whether this process writes, says and decides."""
    return rank() == 0


@contextmanager
def joined(kind: str) -> Iterator[None]:
    """Join the processes that torchrun has started, which compute on devices of this kind, cpu or cuda; leave them at the end.

    RetrievalError where a machine has more processes than GPUs.
    """
    global _group
    import torch
    import torch.distributed as dist

    if kind == "cuda":
        here, there = int(os.environ["LOCAL_WORLD_SIZE"]), torch.cuda.device_count()
        if here > there:
            raise RetrievalError(f"{here} processes and {there} GPUs: each process takes one. Start --nproc-per-node {there}, or train "
                                 "with --device cpu.")  # fmt: skip
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    with none_gone():
        common, place, world = next(dist.rendezvous("env://", timeout=PATIENCE))
        store = _met(common, place, world)
        backend = "cpu:gloo,cuda:nccl" if kind == "cuda" else "gloo"
        dist.init_process_group(backend, store=store, rank=place, world_size=world, timeout=PATIENCE)
    _group = _Group(place, world, store)
    try:
        yield
    finally:
        _end(_group)
        _group = None
        dist.destroy_process_group()


def tell(order: Mapping[str, Any]) -> bool:
    """Give the others an order (JSON-able); False where there are none. For process 0."""
    if _group is None:
        return False
    _group.store.set(f"order/{_group.orders}", json.dumps(order))
    _group.orders += 1
    return True


def orders() -> Iterator[dict[str, Any]]:
    """The orders of process 0, each to be followed `at_work` before the next is asked for; they end when process 0 does."""
    assert _group is not None
    while True:
        with none_gone():
            while not _said(_group.store, f"order/{_group.orders}", LOOK):
                pass
            order = json.loads(_group.store.get(f"order/{_group.orders}"))
        if not order:
            return
        _group.orders += 1
        yield order


@contextmanager
def at_work() -> Iterator[None]:
    """Work together with the others: `count` and `rank` speak of all of them."""
    assert _group is not None
    _group.at_work = True
    try:
        with none_gone():
            yield
    finally:
        _group.at_work = False


@contextmanager
def none_gone() -> Iterator[None]:
    """Say in words that a process has ended, or has not been heard of for too long."""
    try:
        yield
    except RuntimeError as error:
        if not _GONE.search(str(error)):
            raise
        minutes = PATIENCE.total_seconds() / 60
        said = str(error).splitlines()[0][:200]
        raise Failed(f"One of the processes that worked together has ended, or has not answered for {minutes:.0f} minutes ({said}). "
                     "What was finished stays; the same command goes on from there.") from error  # fmt: skip


def has_said_why() -> bool:
    """Whether process 0 has ended with a word of its own, so that nobody else needs to say one. For the others."""
    with suppress(RuntimeError):
        return _group is not None and _said(_group.store, "ended", LAST_WORD)
    return False


def _met(common, place: int, world: int):
    """A store of these processes alone; Failed where one does not come. The common store is torchrun's, and keeps what was left there
    before it started all anew.

    Everybody says hello with a new word, and process 0 answers each word, until all have thanked: nobody alive answers an old one.
    """
    import torch.distributed as dist

    own = secrets.token_hex(8)
    if place:
        common.set(f"hello/{place}", own)
        common.wait([f"welcome/{own}"], PATIENCE)
        name = common.get(f"welcome/{own}").decode()
        common.set(f"thanks/{name}/{place}", "1")
        return dist.PrefixStore(name, common)
    missing, deadline = set(range(1, world)), time.monotonic() + PATIENCE.total_seconds()
    while missing and time.monotonic() < deadline:
        for other in missing:
            if common.check([f"hello/{other}"]):
                common.set(f"welcome/{common.get(f'hello/{other}').decode()}", own)
        time.sleep(MEETING)
        missing = {other for other in missing if not common.check([f"thanks/{own}/{other}"])}
    if missing:
        raise Failed(f"Of {world} processes {len(missing)} did not come: see whether they run on every machine, and start all again.")
    return dist.PrefixStore(own, common)


def _end(group: _Group) -> None:
    """Let the others go, and let them know that the last word is process 0's."""
    if group.rank == 0:
        with suppress(RuntimeError):
            group.store.set("ended", "1")
            group.store.set(f"order/{group.orders}", json.dumps({}))


def _said(store, key: str, patience: timedelta) -> bool:
    """Whether a word comes within some time; RuntimeError where the store is gone."""
    import torch.distributed as dist

    try:
        store.wait([key], patience)
    except dist.DistStoreError:
        return False
    return True
