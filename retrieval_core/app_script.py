"""Where the script of the app lies: in the installed package, or beside it in the sources."""

from pathlib import Path

from retrieval_core.errors import RetrievalError

_PACKAGE = Path(__file__).parent


def app_file() -> Path:
    """The script that Streamlit runs; RetrievalError where the package was copied without it."""
    places = (_PACKAGE / "app" / "app.py", _PACKAGE.parent / "app.py")
    if (found := next((file for file in places if file.is_file()), None)) is None:
        raise RetrievalError(f"{places[0]} is missing: the app was not installed with the package. Install it again with pip.")
    return found
