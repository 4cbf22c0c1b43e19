"""Where the script of the app lies: in the installed package, or beside it in the sources."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

from retrieval_core.errors import RetrievalError

_PACKAGE = Path(__file__).parent


def app_file() -> Path:
    """The script that Streamlit runs; RetrievalError where the package was copied without it."""
    places = (_PACKAGE / "app" / "app.py", _PACKAGE.parent / "app.py")
    if (found := next((file for file in places if file.is_file()), None)) is None:
        raise RetrievalError(f"{places[0]} is missing: the app was not installed with the package. Install it again with pip.")
    return found


def app_module(name: str) -> ModuleType:
    """A module of the app, found as the app itself finds its own: beside its script, before another package of the same name."""
    folder = str(app_file().parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return import_module(name)
