"""What processes tell one another: in three of them, and in one, where nothing changes."""

import json
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import torch.distributed as dist

from retrieval_core import exchange, processes
from retrieval_core.errors import Failed, RetrievalError
from retrieval_core.progress import Progress, finished

TALKING = Path(__file__).with_name("talking.py")


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    """What each of three processes heard."""
    folder = tmp_path_factory.mktemp("talk")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    common = {
        "WORLD_SIZE": "3",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "TORCHELASTIC_RUN_ID": "talk",
        "OMP_NUM_THREADS": "1",
    }
    places = [{"RANK": str(place), "LOCAL_RANK": str(place)} for place in range(3)]
    talking = [
        subprocess.Popen(
            [sys.executable, TALKING, folder / place["RANK"]], stderr=subprocess.PIPE, env={**os.environ, **common, **place}
        )
        for place in places
    ]
    said = [one.communicate(timeout=300)[1].decode() for one in talking]
    assert [one.returncode for one in talking] == [0, 0, 0], said
    return [json.loads((folder / place["RANK"]).read_text()) for place in places]


def test_everybody_has_what_process_0_has(heard):
    assert [one["place"] for one in heard] == [0, 1, 2]
    for one in heard:
        assert one["alone"] == [1, True]
        assert one["same"] == {"from": 0}
        assert one["arrays"] == {"one": [[[0, 1], [2, 3]], np.dtype(int).str], "none": [[], "<f4"]}
        assert one["shares"] == [[0, 2], [2, 4], [4, 7]]


def test_process_0_has_what_all_made_in_its_order(heard):
    first, *others = heard
    assert first["uneven"] == [[float(number)] * number for number in range(1, 8)]
    assert first["few"] == [[2.0] * 2, [3.0] * 3]
    assert first["none"] == []
    for one in others:
        assert (one["uneven"], one["few"], one["none"]) == ([None] * 7, [None] * 2, [])


def test_what_fails_in_one_fails_in_all_with_the_same_words(heard):
    assert [one["broken"] for one in heard] == ["RetrievalError: -5 is broken. Mend it."] * 3
    assert [one["failed"] for one in heard[:2]] == ["Failed: Process 2 of 3 failed: ValueError: a mistake of ours"] * 2
    assert heard[2]["failed"] == "ValueError: a mistake of ours"
    assert [one["after"] for one in heard] == ["still together"] * 3


def test_who_waits_for_one_that_is_gone_is_told(heard):
    assert all("has ended" in one["gone"] for one in heard[:2])


def test_in_one_process_nothing_changes():
    assert (processes.started(), processes.count(), processes.rank()) == (1, 1, 0)
    assert processes.leads()
    assert processes.speaks()
    assert processes.is_first()
    assert processes.job_process() == os.getpid()
    array = np.arange(3)
    assert exchange.same(array) is array
    assert exchange.same_arrays({"one": array})["one"] is array
    assert exchange.agreed(lambda: 5) == 5
    assert list(exchange.in_turn([1, 2], lambda items: iter([f"made of {one}" for one in items]))) == ["made of 1", "made of 2"]
    assert exchange.shares(5) == [slice(0, 5)]

    def steps():
        yield Progress("work", 1, 1)
        return "done"

    assert finished(exchange.together({"do": "work"}, steps())) == "done"


def test_a_process_that_helps_says_nothing_and_is_ended_with_torchrun(monkeypatch):
    for name, value in {"TORCHELASTIC_RUN_ID": "one", "WORLD_SIZE": "4", "RANK": "3", "LOCAL_RANK": "1"}.items():
        monkeypatch.setenv(name, value)
    assert processes.started() == 4
    assert not processes.leads()
    assert not processes.speaks()
    assert processes.job_process() == os.getppid()
    assert (processes.count(), processes.is_first()) == (1, True)  # until they work together


def test_who_has_waited_too_long_is_told_in_words():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        store = dist.TCPStore("127.0.0.1", free.getsockname()[1], is_master=True, master_listen_fd=free.detach())
    with pytest.raises(Failed, match="has not answered for 30 minutes"), processes.none_gone():
        store.wait(["a word"], timedelta(milliseconds=10))


def test_whoever_does_not_come_is_missed(monkeypatch):
    monkeypatch.setattr(processes, "PATIENCE", timedelta(milliseconds=10))
    with pytest.raises(Failed, match="Of 3 processes 2 did not come"):
        processes._met(dist.HashStore(), 0, 3)


def test_other_errors_keep_their_words():
    with pytest.raises(RuntimeError, match="a mistake of ours"), processes.none_gone():
        raise RuntimeError("a mistake of ours")


def test_more_processes_than_gpus_are_refused(monkeypatch):
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "64")
    with pytest.raises(RetrievalError, match=r"64 processes and \d+ GPUs.*--device cpu"), processes.joined("cuda"):
        pass
