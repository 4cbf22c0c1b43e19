import errno
import os
import subprocess
import sys
import time

import pytest

from retrieval_core import workspace as workspace_module
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.runs import jobs
from retrieval_core.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    return Workspace(tmp_path / "cache")


def three_steps():
    yield Progress("first", 1, 2, values={"loss": 0.5}, overall=0.25)
    yield Progress("first", 2, 2, overall=0.5)
    yield Progress("second", 1, 1, overall=1.0)


def test_there_is_no_run_in_an_empty_cache(workspace):
    assert jobs.current(workspace) is None


def test_a_watched_run_tells_its_stages_and_ends_done(workspace):
    seen = []
    for _step in jobs.watched(workspace, ["run"], three_steps()):
        seen.append(jobs.current(workspace).state)
    state = jobs.current(workspace)
    assert seen == ["running"] * 3
    assert state.state == "done"
    assert [stage for stage, _ in state.finished] == ["first", "second"]
    assert state.command == "python -m retrieval_core run"
    assert state.overall == 1.0


def test_an_error_is_kept_for_the_page(workspace):
    def fail():
        yield Progress("first", 0, 1)
        raise RetrievalError("photo.jpg is broken. Replace it.")

    with pytest.raises(RetrievalError):
        list(jobs.watched(workspace, ["run"], fail()))
    state = jobs.current(workspace)
    assert (state.state, state.error) == ("failed", "photo.jpg is broken. Replace it.")


def test_two_runs_at_once_are_refused(workspace):
    running = jobs.watched(workspace, ["run"], three_steps())
    next(running)
    with pytest.raises(RetrievalError, match="Another run"):
        next(jobs.watched(workspace, ["run"], three_steps()))
    with pytest.raises(RetrievalError, match="going on already"):
        jobs.start(workspace, ["run"])
    running.close()
    assert jobs.current(workspace).state == "cancelled"


SLEEPER = """
import signal, sys, time
from retrieval_core.runs import jobs
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace
def steps():
    for k in range(1000):
        yield Progress("sleep", k, 1000, overall=k / 1000)
        time.sleep(0.05)
signal.signal(signal.SIGTERM, signal.default_int_handler)
for step in jobs.watched(Workspace(sys.argv[1]), ["run"], steps()):
    pass
"""


def test_a_killed_run_is_seen_as_interrupted(workspace):
    process = subprocess.Popen([sys.executable, "-c", SLEEPER, str(workspace.root)])
    deadline = time.monotonic() + 20
    while (state := jobs.current(workspace)) is None or state.state != "running" or state.stage != "sleep":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert state.pid == process.pid
    os.kill(process.pid, 9)
    process.wait()
    assert jobs.current(workspace).state == "interrupted"


def test_a_run_that_ends_at_once_gives_its_own_words(workspace):
    with pytest.raises(RetrievalError, match="invalid choice"):
        jobs.start(workspace, ["no-such-command"])


def test_a_map_is_made_while_a_training_goes_on(workspace):
    training = jobs.watched(workspace, ["run"], three_steps())
    next(training)
    looking = jobs.watched(workspace, ["project"], three_steps(), "look")
    next(looking)
    assert [jobs.current(workspace, place).arguments for place in jobs.PLACES] == [("run",), ("project",)]
    with pytest.raises(RetrievalError, match="Another run"):
        next(jobs.watched(workspace, ["evaluate", "--check"], three_steps(), "look"))
    with pytest.raises(RetrievalError, match="A run is at work"), jobs.at_rest(workspace):
        pass
    list(looking)
    assert [jobs.current(workspace, place).state for place in jobs.PLACES] == ["running", "done"]
    training.close()
    with jobs.at_rest(workspace), pytest.raises(RetrievalError, match="Another run"):
        next(jobs.watched(workspace, ["run"], three_steps()))
    list(jobs.watched(workspace, ["run"], three_steps()))


def test_a_place_that_there_is_not_is_refused(workspace):
    with pytest.raises(RetrievalError, match="run, look"):
        next(jobs.watched(workspace, ["run"], three_steps(), "nowhere"))


def full(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_does_not_hide_the_error_of_the_work(workspace, monkeypatch):
    def fail():
        yield Progress("first", 0, 1)
        monkeypatch.setattr(workspace_module.os, "fsync", full)
        raise RetrievalError("The disk is full: weights can't be written.")

    with pytest.raises(RetrievalError, match="weights can't be written"):
        list(jobs.watched(workspace, ["run"], fail()))
    monkeypatch.undo()
    assert jobs.current(workspace).state == "interrupted"
    list(jobs.watched(workspace, ["run"], three_steps()))


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs /proc")
def test_a_process_that_was_started_is_reaped_when_it_ends_or_is_cancelled(workspace, monkeypatch, tmp_path):
    script = tmp_path / "sleeper.py"
    script.write_text(SLEEPER.replace("range(1000)", "range(int(sys.argv[2]))"))
    real = subprocess.Popen

    def popen(command, **options):
        assert command[3:5] == ["--cache", str(workspace.root)]
        return real([command[0], str(script), command[4], command[5]], **options)

    monkeypatch.setattr(jobs.subprocess, "Popen", popen)
    for count, end in (("6", "done"), ("1000", "cancelled")):
        state = jobs.start(workspace, [count])
        assert (state.state, jobs.current(workspace).pid) == ("running", state.pid)
        if end == "cancelled":
            wait_until(lambda: jobs.current(workspace).stage == "sleep")
            jobs.cancel(workspace)
        wait_until(lambda: jobs.current(workspace).state != "running")
        wait_until(lambda pid=state.pid: not os.path.exists(f"/proc/{pid}/stat"))
        assert jobs.current(workspace).state == end
    jobs.cancel(workspace)  # there is nothing to cancel any more


def wait_until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
