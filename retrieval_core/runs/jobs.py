"""A run in its own process: start it, watch it, cancel it; it outlives the page that asked for it.

Every run, from a page or a terminal, holds `cache/job.lock` while it works and keeps `cache/job.json` up to date, so a
page shows either. Whether a run is alive is decided by the lock alone, which the system frees when a process dies.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace, read_json, write_json

WRITE_EVERY = 0.3  # seconds between two writes of job.json: often enough for a bar, too rare to cost anything
START_TIMEOUT = 30  # seconds that a new process may take until it holds the lock
ENDED = ("done", "failed", "cancelled", "interrupted")


@dataclass(frozen=True)
class JobState:
    """The newest run. `state` is running, done, failed, cancelled or interrupted (killed; run again to go on)."""

    state: str
    arguments: tuple[str, ...]
    pid: int
    started: float  # seconds since the epoch
    updated: float
    stage: str = ""
    done: int = 0
    total: int = 0
    message: str = ""
    overall: float | None = None
    values: dict[str, float] = field(default_factory=dict)
    finished: tuple[tuple[str, float], ...] = ()  # (stage, seconds) in their order
    error: str = ""

    @property
    def command(self) -> str:
        """What a person types to get the same run."""
        return " ".join(("python -m retrieval_core", *self.arguments))

    @property
    def seconds(self) -> float:
        """Time from the start until now, or until the end."""
        return (time.time() if self.state == "running" else self.updated) - self.started

    @property
    def eta_seconds(self) -> float | None:
        """Time that is left at the pace so far; None while too little is known."""
        if self.state != "running" or not self.overall or self.overall < 0.01:
            return None
        return self.seconds * (1 - self.overall) / self.overall


def current(workspace: Workspace) -> JobState | None:
    """The run that is going on, or the last one; None if there never was one."""
    entry = read_json(_file(workspace))
    if entry is None:
        return None
    entry["finished"] = tuple(tuple(pair) for pair in entry["finished"])
    state = JobState(**{**entry, "arguments": tuple(entry["arguments"])})
    if state.state == "running" and not _is_locked(workspace):
        # The process died without a last word, or ended between our two looks: read again before we call it dead.
        entry = read_json(_file(workspace))
        return replace(state, state=entry["state"] if entry["state"] in ENDED else "interrupted")
    return state


def start(workspace: Workspace, arguments: list[str]) -> JobState:
    """Start `python -m retrieval_core ARGUMENTS` in a process of its own and return when it is at work.

    Raises RetrievalError if another run is going on, or with the run's own words if it ended at once.
    """
    workspace.ensure_writable()
    if _is_locked(workspace):
        raise RetrievalError("A run is going on already. Wait for it or cancel it, then start again.")
    log = workspace.root / "job.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "retrieval_core", *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            env={**os.environ, "RETRIEVAL_CACHE": str(workspace.root)}, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        state = current(workspace)
        if state is not None and state.pid == process.pid:
            return state
        if process.poll() is not None:
            raise RetrievalError(f"The run ended at once: {log.read_text(errors='replace').strip()[-2000:]}")
        time.sleep(0.05)
    process.kill()
    raise RetrievalError(f"The run did not start within {START_TIMEOUT} s. See {log}.")


def cancel(workspace: Workspace) -> None:
    """Ask the run to stop; what it has finished stays, and the next run continues from its last checkpoint."""
    state = current(workspace)
    if state is not None and state.state == "running":
        with suppress(ProcessLookupError):
            os.kill(state.pid, signal.SIGTERM)


def watched(workspace: Workspace, arguments: list[str], steps: Iterator[Progress]) -> Iterator[Progress]:
    """Pass the steps of a run through, hold the lock meanwhile and keep `job.json` up to date.

    Raises RetrievalError if another run holds the lock.
    """
    workspace.ensure_writable()
    lock = FileLock(workspace.root / "job.lock")
    try:
        lock.acquire(timeout=1)
    except Timeout as error:
        raise RetrievalError(
            f"Another run is at work in {workspace.root}. Wait for it, cancel it, or choose another --cache."
        ) from error
    now = time.time()
    state = JobState("running", tuple(arguments), os.getpid(), now, now)
    stage_start = written = 0.0
    try:
        _write(workspace, state)
        for step in steps:
            now = time.time()
            if step.stage != state.stage:
                state, stage_start = _close_stage(state, stage_start, now), now
            state = replace(
                state, stage=step.stage, done=step.done, total=step.total, message=step.message,
                values=dict(step.values), overall=step.overall, updated=now,
            )  # fmt: skip
            if now - written > WRITE_EVERY:
                _write(workspace, state)
                written = now
            yield step
        state = replace(_close_stage(state, stage_start, time.time()), state="done", overall=1.0)
    except (KeyboardInterrupt, GeneratorExit):
        state = replace(state, state="cancelled")
        raise
    except BaseException as error:
        state = replace(state, state="failed", error=str(error) or type(error).__name__)
        raise
    finally:
        _write(workspace, replace(state, updated=time.time()))
        lock.release()


def _close_stage(state: JobState, stage_start: float, now: float) -> JobState:
    if not state.stage:
        return state
    return replace(state, finished=(*state.finished, (state.stage, round(now - stage_start, 2))))


def _write(workspace: Workspace, state: JobState) -> None:
    write_json(_file(workspace), asdict(state))


def _file(workspace: Workspace) -> Path:
    return workspace.root / "job.json"


def _is_locked(workspace: Workspace) -> bool:
    if not workspace.root.is_dir():
        return False
    lock = FileLock(workspace.root / "job.lock")
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True
