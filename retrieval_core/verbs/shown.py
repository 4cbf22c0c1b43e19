"""The app on what one has in Python."""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from contextlib import suppress
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from retrieval_core.app_script import app_file
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.errors import Failed, RetrievalError
from retrieval_core.verbs.described import Described
from retrieval_core.verbs.opened import Opened
from retrieval_core.workspace import Workspace

STARTS_WITHIN = 60.0  # seconds


@dataclass(frozen=True, eq=False, repr=False)
class Shown:
    """An app that runs: `address` opens it on what is shown; it ends with `close()`, or with Python."""

    address: str
    process: subprocess.Popen

    def close(self) -> None:
        """End the app."""
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(10)

    def __enter__(self) -> "Shown":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<app at {self.address}>"

    def _repr_html_(self) -> str:
        address = escape(self.address)
        return (f'<p><a href="{address}" target="_blank">{address}</a></p>'
                f'<iframe title="Landmark retrieval" src="{address}" width="100%" height="800"></iframe>')  # fmt: skip


def show(what: Opened | Described, *, name: str = "from-python", browser: bool = True) -> Shown:
    """Open the app on a dataset, or on descriptors of it; on this machine only.

    Descriptors of one's own are stored in the cache for it, under `name` and without queries.

    Args:
        what: a dataset, or descriptors.
        name: the dataset that descriptors of one's own become.
        browser: whether to open a browser window; a notebook shows the app by itself.

    Raises:
        RetrievalError: the app did not start, or the name belongs to other photographs.

    >>> import retrieval_core as rc
    >>> with rc.show(rc.open("photos"), browser=False) as app:
    ...     app.address.endswith("dataset=photos")
    True
    """
    workspace, link = _link(what, name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), "--server.port", str(port), "--server.headless", "true"]
    environment = os.environ | {"RETRIEVAL_CACHE": str(workspace.root)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    shown = Shown(f"http://localhost:{port}/?{urlencode(link)}", process)
    _wait(shown, port)
    if browser:
        webbrowser.open(shown.address)
    return shown


def _link(what: Opened | Described, name: str) -> tuple[Workspace, dict[str, str]]:
    if isinstance(what, Opened):
        return what.workspace, {"dataset": what.name}
    if what.stored is not None:
        return what.stored.workspace, {"dataset": what.stored.dataset.name, "run": what.stored.run, "model": what.model}
    workspace = what.opened.workspace if what.opened else Workspace()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "from-python.npy"
        np.save(file, what.matrix)
        if strange := next((one for one in what.ids if re.search(r"[\r\n]", one) or one != one.strip() or not one), None):
            raise RetrievalError(f"The id {strange!r} can't be shown: give ids without line breaks and without blanks around them.")
        (Path(folder) / "ids.txt").write_text("".join(f"{one}\n" for one in what.ids), encoding="utf-8")
        add_dataset(workspace, name, file, model=what.model)
    return workspace, {"dataset": name, "model": what.model}


def _wait(shown: Shown, port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline and shown.process.poll() is None:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.1)
    shown.close()
    raise Failed(f"The app did not start within {STARTS_WITHIN:.0f} s. Start it by hand to see why: streamlit run {app_file()}")
