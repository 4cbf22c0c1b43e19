"""What a figure costs is paid once, as long as what it stands on stays the same."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

MOST = 512  # results that are kept, the latest

_Made = TypeVar("_Made")
_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


def kept(key: Hashable, make: Callable[[], _Made]) -> _Made:
    """What `make` gives, from memory where it was made under this key before.

    The key holds the hashes of everything that the result depends on; two threads may make the same at once, which harms nothing.
    None is not kept: what is missing may come.
    """
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]  # type: ignore[return-value]
    made = make()
    if made is None:
        return made
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
