"""What a terminal, a pipe or a log file asks of a command: letters that it can show, a quiet end, lines instead of bars."""

import contextlib
import os
import re
import sys
import time
from collections.abc import Generator, Iterator

from retrieval_core.progress import Progress

LINE_EVERY = 30.0  # seconds between two lines of a stage in a log file
PIPE_CLOSED = 141  # what a shell reports of a command that a closed pipe has ended: 128 and the number of SIGPIPE


def show_what_can_be_shown() -> None:
    """Have letters that the terminal doesn't know replaced, on both streams, instead of raising an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def let_go_of_pipes() -> None:
    """Write to nowhere from now on: whoever read the output has closed it, and Python would complain when it exits."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(nowhere, stream.fileno())


def draw(steps: Generator[Progress, None, object]) -> None:
    """Draw progress on stderr: on a terminal a bar a stage, in a log file lines."""
    with contextlib.closing(steps):
        (_bars if _is_terminal() else _lines)(steps)


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _bars(steps: Iterator[Progress]) -> None:
    from tqdm import tqdm

    bar, message = None, ""
    for step in steps:
        if bar is None or bar.desc != step.stage:
            if bar is not None:
                bar.close()
            bar = tqdm(total=step.total, desc=step.stage, mininterval=1, leave=True, dynamic_ncols=True)
        bar.total = step.total
        bar.set_postfix_str(_words(step), refresh=step.message != message)
        message = step.message
        bar.update(step.done - bar.n)
    if bar is not None:
        bar.close()


def _lines(steps: Iterator[Progress]) -> None:
    """A line at the end of every stage, for every new kind of message, and now and then while a stage takes long."""
    last, begun, written = None, 0.0, 0.0
    kinds: set[str] = set()
    for step in steps:
        now = time.monotonic()
        if last is None or step.stage != last.stage:
            _write(last, now - begun)
            begun, written, kinds = now, now, set()
        kind = re.sub(r"\d[\d.,]*", "#", step.message)
        if kind not in kinds or now - written > LINE_EVERY:
            kinds.add(kind)
            if step.message or now - written > LINE_EVERY:
                _write(step, now - begun)
                written = now
        last = step
    _write(last, time.monotonic() - begun)


def _write(step: Progress | None, seconds: float) -> None:
    if step is not None:
        counted = f" {step.done:,} of {step.total:,}" if step.total else ""
        words = _words(step)
        print(f"{step.stage}:{counted}{', ' if counted and words else ' ' if words else ''}{words} ({seconds:.0f} s)", file=sys.stderr,
              flush=True)  # fmt: skip


def _words(step: Progress) -> str:
    values = [f"{name}={value:.3g}" for name, value in step.values.items()]
    return ", ".join([step.message, *values] if step.message else values)
