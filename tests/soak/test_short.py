"""The soaks in a short form, each in a process of its own; the long ones run by command."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tiny_runs import tiny_python_path

HERE = Path(__file__).parent
WELL = "nothing lost, nothing wrong, nothing unreadable"


def soak(script: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, HERE / script, *arguments], capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
def test_a_run_that_is_killed_again_and_again_ends_as_one_that_is_not():
    printed = soak("killed_runs.py", "4", "1", "2")
    assert WELL in printed
    assert "kills                    4" in printed


def test_threads_and_processes_share_a_cache():
    assert WELL in soak("busy_cache.py", "5")


def test_a_full_disk_is_said_and_costs_nothing():
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    probe = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    if probe.returncode:
        pytest.skip("no file system can be mounted here")
    assert WELL in soak("full_disk.py", "1")


def test_a_small_crowd_is_answered_without_an_error(cache):
    shutil.rmtree(cache / "jobs", ignore_errors=True)  # Start says in red of what failed last, whoever let it fail
    environment = {**os.environ, "PYTHONPATH": tiny_python_path()}
    command = [sys.executable, HERE / "crowd.py", "--cache", cache, "--sessions", "3", "--minutes", "0.2"]
    printed = subprocess.run(command, capture_output=True, text=True, timeout=600, env=environment).stdout
    assert re.search(r"\| clicks +\| +[1-9]", printed), printed
    assert re.search(r"\| errors +\| +0 \|", printed), printed
