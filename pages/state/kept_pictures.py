"""The pictures that people have handed over, those of all open pages together: so many and no more, the oldest are forgotten.

A page that was closed says nothing, so its picture goes when others come.
"""

import secrets
from collections import OrderedDict
from threading import Lock
from typing import Any

MOST = 16  # pictures
MOST_PIXELS = 400_000_000  # of all of them: 1.2 GB

_kept: OrderedDict[str, tuple[int, Any]] = OrderedDict()
_guard = Lock()


def keep(thing: Any, pixels: int) -> str:
    """Keep what holds a picture of so many pixels; the answer is the word under which it is found again."""
    word = secrets.token_hex(8)
    with _guard:
        _kept[word] = pixels, thing
        while len(_kept) > MOST or (len(_kept) > 1 and sum(count for count, _ in _kept.values()) > MOST_PIXELS):
            _kept.popitem(last=False)
    return word


def find(word: str) -> Any | None:
    """What was kept under this word; None where it had to be forgotten."""
    with _guard:
        if word not in _kept:
            return None
        _kept.move_to_end(word)
        return _kept[word][1]


def forget(word: str) -> None:
    """Make room for others."""
    with _guard:
        _kept.pop(word, None)
