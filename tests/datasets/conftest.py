import sys

import pytest

_watching: list[list[str]] = []


def _audit(event: str, arguments: tuple) -> None:
    if event == "open" and _watching and isinstance(arguments[0], str):
        _watching[-1].append(arguments[0])


sys.addaudithook(_audit)  # cannot be taken back: it only listens while a test watches


@pytest.fixture
def opened_files():
    """Paths of all files that this process opens from now on, by whatever call; clear it to begin again."""
    paths: list[str] = []
    _watching.append(paths)
    yield paths
    _watching.remove(paths)
