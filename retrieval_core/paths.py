"""Paths as a person writes them."""

from pathlib import Path

from retrieval_core.errors import RetrievalError


def absolute(path: str | Path) -> Path:
    """The absolute path that is meant, with ~ for the home folder; RetrievalError where there is no such home, or it is no path."""
    if "\0" in str(path):
        raise RetrievalError(f"{str(path)!r} can't be a path: it holds a zero byte.")
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise RetrievalError(f"{path} begins with a home folder that there is not. Write the whole path.") from error
