"""Tests run in several processes at once (pytest-xdist): which go together, and what is made once for all of them."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from caches import copy_cache

BROWSER = "tests/browser"


def together(test: str) -> str:
    """What runs in one process, one after another: the tests of a file, and all that drive a browser, which take times and frames."""
    return BROWSER if test.startswith(f"{BROWSER}/") else test.split("::")[0]


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A cache of this process, which the first process to want one like it has made in a folder and the others copy.

    `make` is given a folder that is there and makes `cache` in it; what else it leaves there is shared and only read.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        make(root := factory.mktemp(name))
        return root / "cache"
    root = factory.getbasetemp().parent / f"{name}-of-all"
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # who comes second waits
        if not (root / "whole").exists():
            root.mkdir()
            make(root)
            (root / "whole").touch()
    return copy_cache(root / "cache", factory.mktemp(name) / "cache")
