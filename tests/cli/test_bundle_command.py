"""The command `bundle`: what it writes and says, on the town and on sets of odd sizes; and what it leaves when it is stopped."""

import os
import signal
import subprocess
import sys
import time

import pytest
import streamlit as st
from tiny_runs import tiny_python_path

from retrieval_core.cli.main import main
from retrieval_core.runs import jobs
from retrieval_core.workspace import Workspace


@pytest.fixture
def bundled(monkeypatch, tmp_path, capsys):
    """Write a bundle of a cache; returns the exit status, what was said, and the file."""
    st.cache_resource.clear()
    monkeypatch.setenv("RETRIEVAL_CACHE", "")  # the command sets it: put back at the end

    def write(cache, *words):
        out = tmp_path / "out" / "home.html"
        status = main(["--cache", str(cache), "bundle", str(out), *words])
        return status, capsys.readouterr(), out

    yield write
    st.cache_resource.clear()


def test_it_says_where_the_file_is_and_how_large(bundled, town_cache):
    status, said, out = bundled(town_cache, "--models", "1a,1d", "--no-photographs")
    assert status == 0, said.err
    assert out.read_bytes().startswith(b"<!doctype html>")
    assert f"{out} is written: {out.stat().st_size / 1e6:.1f} MB, 2 models of run quick on town." in said.out


@pytest.mark.parametrize(("option", "value"), [("models", "1z"), ("dataset", "nowhere"), ("lesson", "nobody"), ("run", "never")])
def test_what_is_not_there_is_named_and_nothing_is_written(bundled, town_cache, option, value):
    status, said, out = bundled(town_cache, f"--{option}", value)
    assert status == 2
    assert said.err.splitlines()[-1].startswith("error: ")
    assert value in said.err
    assert not out.exists()


@pytest.mark.parametrize("name", ["one", "one-labelled-of-nine", "no-landmark", "nothing-to-find", "all-alike", "one-dimension"])
def test_sets_of_odd_sizes_without_a_ground_truth_or_without_a_map(bundled, odd_cache, name):
    status, said, out = bundled(odd_cache, "--dataset", name)
    assert status == 0, said.err
    assert out.stat().st_size > 10_000


def test_a_stopped_one_leaves_nothing(town_cache, tmp_path):
    out = tmp_path / "out" / "home.html"
    command = [sys.executable, "-m", "retrieval_core", "--cache", str(town_cache), "bundle", str(out)]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": tiny_python_path()}, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 300
    while (
        (job := jobs.current(Workspace(town_cache), "look")) is None
        or job.pid != process.pid
        or job.stage in ("", "load the libraries")
    ):
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(120) == 130
    assert not out.parent.exists() or not list(out.parent.iterdir())
    assert jobs.current(Workspace(town_cache), "look").state == "cancelled"
