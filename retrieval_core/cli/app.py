"""The command `app`: opens the app in the browser."""

import os
import subprocess
import sys

from retrieval_core.app_script import app_file
from retrieval_core.workspace import Workspace


def register_app(add) -> None:
    """Add the command; `add(name, function, text)` makes a parser."""
    command = add("app", app, "open the app in the browser, on this machine only")
    command.epilog = ("Whatever `streamlit run` takes may follow, as --server.port 8502. With --server.address 0.0.0.0 others in the "
                      "room may look.")  # fmt: skip
    command.set_defaults(passes_on=True)


def app(workspace: Workspace, options, arguments) -> int:
    """Run the app on the cache until it is stopped; `options.rest` goes to Streamlit. Returns its exit status."""
    environment = os.environ | {"RETRIEVAL_CACHE": str(workspace.root)}
    command = [sys.executable, "-m", "streamlit", "run", str(app_file()), *options.rest]
    with subprocess.Popen(command, env=environment) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:  # Ctrl-C has reached the server as well
            server.terminate()
            raise
