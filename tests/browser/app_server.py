"""The app as its own process, for tests that look at it with a browser."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tiny_runs import tiny_python_path

ROOT = Path(__file__).parents[2]


@contextmanager
def start_app(cache: Path, tiny: bool = True, steps: int = 3) -> Iterator[str]:
    """Run the app on a cache folder and yield its address; `tiny` with the presets of the tiny town, each trained for `steps`."""
    with start_server(cache, {"PYTHONPATH": tiny_python_path(), "TINY_STEPS": str(steps)} if tiny else {}) as (address, _):
        yield address


@contextmanager
def start_server(
    cache: Path, variables: dict[str, str], listen: str = "127.0.0.1", script: str = "app.py"
) -> Iterator[tuple[str, int]]:
    """Run the app on a cache folder and yield its address and the id of its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port), "--server.address", listen,
               "--server.headless", "true"]  # fmt: skip
    environment = {**os.environ, **variables, "RETRIEVAL_CACHE": str(cache)}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert time.monotonic() < deadline, "the app did not start"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait()
