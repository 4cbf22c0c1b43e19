"""What files and folders are called here: names of the disk as texts that stay the same in lists, links, tables and on pages."""

import os
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_UNSAFE = {"Cc", "Cs", "Zl", "Zp"}  # control characters, bytes that are no UTF-8, and what ends a line of a list


def id_of(name: str) -> str:
    """The name of a file or folder as part of an image id, or as a landmark.

    Composed (NFC), since some systems write é as one character and some as two. What a list of one name a line can't hold stands as
    in a web address: bytes that are no UTF-8 (caf%E9), control characters, ends of lines, blanks at either end.

    >>> id_of("caf\\udce9"), id_of(" a\\nb"), id_of("cafe\\u0301")
    ('caf%E9', '%20a%0Ab', 'café')
    """
    if name.isascii() and name.isprintable() and name == name.strip():
        return name
    written = "".join(_escaped(letter) if unicodedata.category(letter) in _UNSAFE else letter for letter in name)
    inner = written.strip()
    if inner != written:
        start = written.index(inner) if inner else len(written)
        blanks = written[:start], written[start + len(inner) :]
        written = "".join(map(_escaped, blanks[0])) + inner + "".join(map(_escaped, blanks[1]))
    return composed(written)


def composed(text: str) -> str:
    """A text of a list, a link or a command in the form that ids have (NFC)."""
    return unicodedata.normalize("NFC", text)


def file_in(root: str | os.PathLike, parts: Iterable[str]) -> str:
    """The file at a path below `root`, whose parts may be written in another form than on the disk; the path as asked where none is."""
    path = os.fspath(root)
    for part in parts:
        plain = os.path.join(path, part)
        path = plain if os.path.lexists(plain) else os.path.join(path, _names(path, _changed(path)).get(composed(part), part))
    return path


@lru_cache(maxsize=64)
def _names(folder: str, changed: int) -> dict[str, str]:
    """The entries of a folder by what they are called here."""
    try:
        return {id_of(name): name for name in sorted(os.listdir(folder))}
    except OSError:
        return {}


def _changed(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return 0


def _escaped(letter: str) -> str:
    of_the_disk = "\udc80" <= letter <= "\udcff"  # how Python holds a byte that is no UTF-8
    return "".join(f"%{byte:02X}" for byte in letter.encode("utf-8", "surrogateescape" if of_the_disk else "surrogatepass"))
