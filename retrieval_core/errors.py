"""The one error that the library raises on purpose, and what turns others into it."""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FULL = (errno.ENOSPC, errno.EDQUOT)
# How libraries say it that wrap the system's error in one of their own; the second is NumPy's.
_SAID = re.compile(f"{re.escape(os.strerror(errno.ENOSPC))}|\\d+ requested and \\d+ written")


_UNPRINTABLE = re.compile("[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f]")


def printable(text: str) -> str:
    """A text that can be printed and sent: bytes of a file name that are no UTF-8, and control characters, as %E9 and %1B."""
    return _UNPRINTABLE.sub(lambda found: f"%{ord(found[0]) & 0xFF:02X}", text)


class RetrievalError(Exception):
    """Something a person can mend: the message says what is wrong, names the file or option, and gives the remedy.

    The command line prints it as one line and exits with 2, for a Failed with 1; a page shows it in a box. Neither shows a
    traceback.
    """

    def __init__(self, message: str):
        super().__init__(printable(message))


class Failed(RetrievalError):
    """What was asked for can be asked for, and did not work out: a check that found faults, a full disk, a network that broke."""


class Locked(Failed):
    """A lock was not to be had within the time that one waits for it."""


def check_choice(name: str, value: str, choices) -> str:
    """Return `value` if it is one of `choices`; otherwise raise a RetrievalError that lists them."""
    options = list(choices)
    if value not in options:
        raise RetrievalError(f"Unknown {name} {value!r}. Choose one of: {', '.join(map(str, options))}.")
    return value


@contextmanager
def room_needed(path: Path) -> Iterator[None]:
    """Say in words that the disk is full: RetrievalError naming the file that could not be written."""
    try:
        yield
    except Exception as error:
        if getattr(error, "errno", None) in _FULL or _SAID.search(str(error)):
            raise Failed(f"The disk is full: {path} can't be written. Make room, or choose another disk with --cache, and run "
                         "again: what was finished stays.") from error  # fmt: skip
        raise
