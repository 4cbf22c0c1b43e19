"""Long work in its own process: start it, watch it, cancel it; it outlives the page that asked for it.

There are two places, so that a map can be made while a training goes on: "run" for what trains and describes, "look" for what
is made of what is there. Work, from a page or a terminal, holds `cache/jobs/<place>.lock` and keeps `<place>.json` up to date,
so a page shows either. Whether it is alive is decided by the lock alone, which the system frees when a process dies.
"""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from retrieval_core.errors import Failed, Locked, RetrievalError, check_choice, room_needed
from retrieval_core.processes import job_process
from retrieval_core.progress import Progress
from retrieval_core.workspace import Workspace, read_json, write_json

PLACES = ("run", "look")
WRITE_EVERY = 0.3  # seconds between two writes of the state: often enough for a bar, too rare to cost anything
START_TIMEOUT = 60  # seconds that a new process may take until it holds the lock
_HOUSE = str(Path(__file__).parents[2])  # where the package lies, whatever folder the app was started in
ENDED = ("done", "failed", "cancelled", "interrupted")


@dataclass(frozen=True)
class JobState:
    """The newest work of a place. `state` is running, done, failed, cancelled or interrupted (killed; run again to go on)."""

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
        """What a person types to get the same work."""
        return shlex.join(["python", "-m", "retrieval_core", *self.arguments])

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


def current(workspace: Workspace, place: str = "run") -> JobState | None:
    """The work that is going on in a place, or the last one; None if there never was any."""
    entry = read_json(_file(workspace, place))
    if entry is None:
        return None
    entry["finished"] = tuple(tuple(pair) for pair in entry["finished"])
    state = JobState(**{**entry, "arguments": tuple(entry["arguments"])})
    if state.state == "running" and not _is_locked(workspace, place):
        # The process died without a last word, or ended between our two looks: read again before we call it dead.
        entry = read_json(_file(workspace, place))
        return replace(state, state=entry["state"] if entry["state"] in ENDED else "interrupted", error=entry["error"])
    return state


def start(workspace: Workspace, arguments: list[str], place: str = "run") -> JobState:
    """Start `python -m retrieval_core ARGUMENTS`, a command that works in this place, in a process of its own.

    Returns when it is at work. Raises RetrievalError if other work is going on there, or with its own words if it ended at once.
    """
    _folder(workspace)
    if _is_locked(workspace, place):
        raise RetrievalError("A run is going on already. Wait for it or cancel it, then start again.")
    log = _file(workspace, place).with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "retrieval_core", "--cache", str(workspace.root), *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
            cwd=Path.cwd(), env=os.environ | {"PYTHONPATH": os.pathsep.join([_HOUSE, *filter(None, [os.environ.get("PYTHONPATH")])])},
        )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # reaped: no zombie when it has ended
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        state = current(workspace, place)
        if state is not None and state.pid == process.pid:
            return state
        if ended:
            raise RetrievalError(f"The run ended at once: {log.read_text(errors='replace').strip()[-2000:]}")
        time.sleep(0.05)
    process.kill()
    raise RetrievalError(f"The run did not start within {START_TIMEOUT} s. See {log}.")


def cancel(workspace: Workspace, place: str = "run") -> None:
    """Ask the work to stop; what it has finished stays, and the next run continues from its last checkpoint."""
    state = current(workspace, place)
    if state is not None and state.state == "running":
        with suppress(ProcessLookupError):
            os.kill(state.pid, signal.SIGTERM)


def watched(
    workspace: Workspace, arguments: list[str], steps: Iterator[Progress], place: str = "run"
) -> Generator[Progress, None, None]:
    """Pass the steps of some work through, hold the lock of its place meanwhile and keep its state up to date.

    Raises RetrievalError if other work holds the lock.
    """
    _folder(workspace)
    held = ExitStack()
    try:
        held.enter_context(workspace.lock("job", check_choice("place", place, PLACES), limit=1.0))
    except Locked as error:
        raise Failed(f"Another run is at work in {workspace.root}. Wait for it, cancel it, or choose another --cache.") from error
    now = time.time()
    state = JobState("running", tuple(arguments), job_process(), now, now)
    stage_start = written = 0.0
    try:
        _write(workspace, place, state)
        for step in _with_room(workspace, steps):
            now = time.time()
            if step.stage != state.stage:
                state, stage_start = _close_stage(state, stage_start, now), now
            state = replace(
                state, stage=step.stage, done=step.done, total=step.total, message=step.message,
                values=dict(step.values), overall=step.overall, updated=now,
            )  # fmt: skip
            if now - written > WRITE_EVERY:
                _write(workspace, place, state)
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
        with suppress(RetrievalError, OSError):  # on a full disk the error that is on its way says more
            _write(workspace, place, replace(state, updated=time.time()))
        held.close()


def _with_room(workspace: Workspace, steps: Iterator[Progress]) -> Iterator[Progress]:
    """The steps, with a full disk said in words."""
    with room_needed(workspace.root):
        yield from steps


def _close_stage(state: JobState, stage_start: float, now: float) -> JobState:
    if not state.stage:
        return state
    return replace(state, finished=(*state.finished, (state.stage, round(now - stage_start, 2))))


def _write(workspace: Workspace, place: str, state: JobState) -> None:
    write_json(_file(workspace, place), asdict(state))


def _folder(workspace: Workspace) -> Path:
    return workspace.ensure_writable(workspace.folder("jobs"))


def _file(workspace: Workspace, place: str) -> Path:
    return workspace.folder("jobs") / f"{place}.json"


def _is_locked(workspace: Workspace, place: str) -> bool:
    if not (workspace.root / ".locks" / f"job--{place}.lock").exists():  # or looking would make it
        return False
    try:
        with workspace.lock("job", place, limit=0.0):
            return False
    except Locked:
        return True
    except OSError:  # a cache that is read-only: nobody works in it
        return False


@contextmanager
def at_rest(workspace: Workspace) -> Iterator[None]:
    """Keep work from beginning while the cache is tidied; RetrievalError if some is going on."""
    with ExitStack() as held:
        try:
            for place in PLACES:
                held.enter_context(workspace.lock("job", place, limit=1.0))
        except Locked as error:
            raise Failed(f"A run is at work in {workspace.root}. Wait for it or cancel it, then tidy up.") from error
        yield
