"""Texts without paths of this machine, for who looks from another one."""

import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path

from retrieval_core.datasets.catalog import list_datasets
from retrieval_core.errors import RetrievalError
from retrieval_core.stored.run_list import find_runs
from retrieval_core.workspace import Workspace

HIDDEN = "…"
_HOUSE = Path(__file__).parents[2]
_UNTIL = r"[^\s'\"`,;()<>|]"  # of a path, whatever stands around it in a sentence
_PATH = re.compile(
    rf"""{HIDDEN}(?:[\\/]{_UNTIL}*)+            # what follows a folder that was hidden already
    |(?<![\w/.\\…~<-])(?<!:(?=//))~?/(?:[^\s'"`,;()<>|/]+/?)+  # /home/me/x, ~/x and milvus:/x, but no https://… and no either/or
    |(?<![A-Za-z])[A-Za-z]:\\{_UNTIL}*            # C:\x
    |(?<![A-Za-z])[A-Za-z]:/(?!/){_UNTIL}*
    |(?<![\\\w])\\\\{_UNTIL}+                      # \\server\share""",
    re.VERBOSE,
)
_FILE = re.compile(r"[^\\/]+\.\w{1,12}[.:]?")


def without_paths(text: str, workspace: Workspace) -> str:
    """The text with every path of this machine hidden; of a file its name is left, which says which one is meant."""
    for folder in _folders(workspace):
        text = text.replace(folder, HIDDEN)
    return _PATH.sub(_shortened, text)


def _shortened(found: re.Match) -> str:
    path = found.group()
    name = re.split(r"[\\/]", path)[-1]
    if _FILE.fullmatch(name):
        return f"{HIDDEN}/{name}"
    return HIDDEN + (path[-1] if path[-1] in ".:" and len(path) > 1 else "")


def _folders(workspace: Workspace) -> list[str]:
    """What the program knows of this machine, the longest first: blanks in these names hide nothing."""
    known = {str(workspace.root), str(_HOUSE), os.getcwd(), tempfile.gettempdir()}
    with suppress(RuntimeError):  # a machine without a home
        known.add(str(Path.home()))
    with suppress(RetrievalError, OSError, KeyError, TypeError):  # a broken description is said by whoever reads it
        known |= {entry.path for entry in list_datasets(workspace)}
    with suppress(RetrievalError, OSError):
        known |= {run.weights.path for run in find_runs(workspace) if run.weights}
    known |= {os.path.realpath(path) for path in known}
    known |= {repr(path)[1:-1] for path in known}
    return sorted((path for path in known if len(path) > 1), key=len, reverse=True)
