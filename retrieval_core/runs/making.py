"""What every step does around its work: take the lock of its artefact, look whether that is fresh, find what is half done."""

import shutil
import time
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

from retrieval_core.errors import Locked
from retrieval_core.progress import Progress
from retrieval_core.stored import artefacts
from retrieval_core.workspace import LOCK_LIMIT, Workspace

Steps = Generator[Progress, None, None]


def locked(workspace: Workspace, *names: str) -> Generator[Progress, None, ExitStack]:
    """Take the lock of an artefact and say so while others hold it; RetrievalError after LOCK_LIMIT seconds."""
    held = ExitStack()
    deadline = time.monotonic() + LOCK_LIMIT
    while True:
        try:
            held.enter_context(workspace.lock(*names, limit=1.0))
            return held
        except Locked:
            if time.monotonic() > deadline:
                raise
            yield Progress("wait", 0, 1, f"another process is at work on {'/'.join(names)}")


def is_fresh(workspace: Workspace, path: Path, inputs: dict) -> Generator[Progress, None, bool]:
    """Whether an artefact can be used as it is; a damaged one is set aside, and that is said."""
    state = workspace.state(path, inputs)
    if state == "damaged":
        kept = workspace.set_aside(path)
        yield Progress("check", 0, 1, f"{path} was damaged: it is now {kept.name}, and made anew")
    return state == "fresh"


def half_done(path: Path, inputs: dict) -> Path:
    """Folder for the half-done work on an artefact; what was begun with other inputs is thrown away."""
    folder = artefacts.half_done(path, inputs)
    for other in artefacts.unfinished(path):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
