"""Commands that torchrun may start in several processes: process 0 does the work, and the others help."""

import contextlib
import io
import signal
import sys
from collections.abc import Callable, Iterator
from functools import wraps

from retrieval_core import processes
from retrieval_core.errors import RetrievalError

Command = Callable[..., int | None]


def several(command: Command) -> Command:
    """A command that may be started in several processes."""

    @wraps(command)
    def begun(workspace, options, arguments) -> int | None:
        if processes.started() == 1:
            return command(workspace, options, arguments)
        from retrieval_core.networks.device import pick_device

        device = pick_device(options.device)
        if device.type == "mps":
            raise RetrievalError("Several processes compute on processors or CUDA GPUs. Give --device cpu, or start without torchrun.")
        if processes.leads():
            with processes.joined(device.type):
                return command(workspace, options, arguments)
        return _help(workspace, device)

    begun.several = True  # type: ignore[attr-defined]
    return begun


def _help(workspace, device) -> int:
    """Help process 0 until it has ended. What it has said nobody repeats, nor ends before it could say it."""
    from retrieval_core.runs.shared_work import serve

    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # it has nothing to finish, and may be waiting where Python hears of no signal
    with processes.joined(device.type):
        try:
            serve(workspace, device)
        except RetrievalError as error:
            if not processes.has_said_why():
                print(f"error: {error}", file=sys.stderr)
                return 1
    return 0


def check_alone(command: Command) -> None:
    """Raise a RetrievalError where torchrun has started a command that works in one process."""
    if processes.started() > 1 and not hasattr(command, "several"):
        raise RetrievalError("This command works in one process: start it without torchrun. Several can share run, train and extract.")


@contextlib.contextmanager
def said_once() -> Iterator[None]:
    """What goes to stderr is the same in all processes: one of each machine says it."""
    if processes.speaks():
        yield
        return
    with contextlib.redirect_stderr(io.StringIO()):
        yield
