"""What photographs and ground truth hash to, and the cheap sign that a file may have changed: what the disk says of it.

A fingerprint is of the content and does not depend on where a folder lies. A signature is of size and times of change: it is made
without opening a file, differs from machine to machine, and only says whether a fingerprint has to be made again.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval_core.datasets.decoding import TooManyPixels, peculiarity
from retrieval_core.errors import RetrievalError

if TYPE_CHECKING:
    from retrieval_core.datasets.types import Image, Query

VERSION = 2  # raised when a fingerprint would say something else of the same files: what was noted is then made again
_PROBE_BYTES = 4096  # read at each end of a photograph
_PART = 4096  # entries of a list that are written at a time
_NAMED = 20  # broken photographs in one message


def hash_photographs(images: Sequence["Image"], queries: Sequence["Query"]) -> tuple[str, str]:
    """The fingerprint of everything that descriptors depend on, and the signature of the photographs as they were read for it.

    A photograph enters with its id, its ending, its size in bytes and its first and last 4 KiB, and one whose pixels are not simply
    the stored ones as RGB (see `peculiarity`) with what is done to them: other photographs keep the fingerprint that they had before
    it was. One that there is no file of enters with its id, a query with its id, image id and box.
    Raises RetrievalError naming the photographs that can't be read.
    """
    content, signature = hashlib.sha256(), _signature_of_names(images, queries)
    faults = []
    for image in images:
        if not image.path:
            content.update(_text(image.id))
            continue
        try:
            with open(image.path, "rb") as file:
                stat = os.fstat(file.fileno())
                head = file.read(_PROBE_BYTES)
                file.seek(max(0, stat.st_size - _PROBE_BYTES))
                tail = file.read(_PROBE_BYTES)
                file.seek(0)
                way = peculiarity(file)
        except OSError as error:
            faults.append(unreadable(image.path, error))
            continue
        about = (image.id, os.path.splitext(image.path)[1], stat.st_size, len(head), len(tail), *([way] if way else []))
        content.update(_text(*about) + head + tail)
        signature.update(_seen(stat))
    if faults:
        raise all_of(faults)
    for query in queries:
        content.update(_text(query.id, query.image_id, *map(float, query.box or ())))
    return content.hexdigest(), signature.hexdigest()


def photographs_signature(images: Sequence["Image"], queries: Sequence["Query"]) -> str:
    """The signature that `hash_photographs` would give now; it opens no file."""
    signature = _signature_of_names(images, queries)
    for image in images:
        if image.path:
            signature.update(_seen(stat_of(image.path)))
    return signature.hexdigest()


def files_signature(paths: Iterable[str]) -> str:
    """The signature of files and folders, of which some may be missing; a folder changes with the names in it."""
    signature = hashlib.sha256()
    for path in paths:
        signature.update(_text(path) + _seen(stat_of(path)))
    return signature.hexdigest()


def hash_truth(images: Sequence["Image"], queries: Sequence["Query"]) -> str:
    """The fingerprint of everything that scores depend on besides descriptors: labels, and each query's answers."""
    content = hashlib.sha256()
    for part in _list_in_parts((image.id, image.label) for image in images):
        content.update(part)
    content.update(b"\n")
    for query in queries:
        content.update(_text(query.id, query.image_id, query.label, query.good, query.ok, query.junk))
    return content.hexdigest()


def stat_of(path: str) -> os.stat_result | None:
    """What the disk says of a file or folder; None where it is missing."""
    try:
        return os.stat(path)
    except OSError:
        return None


def unreadable(path: str | Path, error: Exception) -> RetrievalError:
    """The error for a photograph that is missing or broken, with its remedy."""
    if not os.path.exists(path):
        return RetrievalError(f"The photograph {path} is missing. Put it back, or take it out of the ground truth.")
    if isinstance(error, TooManyPixels):
        return RetrievalError(f"The photograph {path} {error}")
    if isinstance(error, PermissionError):
        return RetrievalError(f"The photograph {path} can't be read ({error.strerror}). Get the right to read it, or remove it.")
    why = str(error).strip() or type(error).__name__
    return RetrievalError(
        f"The photograph {path} can't be read ({why}). It is broken, truncated or not a picture: "
        "replace it with a sound copy, or remove it and its lines in the ground truth."
    )


def all_of(faults: Sequence[RetrievalError]) -> RetrievalError:
    """Several faults as one, each in a line of its own; of very many the first."""
    if len(faults) == 1:
        return faults[0]
    more = [f"and {len(faults) - _NAMED:,} more, which data check lists."] if len(faults) > _NAMED else []
    return RetrievalError("\n".join([f"{len(faults):,} photographs can't be read.", *map(str, faults[:_NAMED]), *more]))


def _signature_of_names(images: Sequence["Image"], queries: Sequence["Query"]):
    names = _list_in_parts([image.id, image.path] for image in images)
    signature = hashlib.sha256(b"[")
    for part in chain(names, (b",",), _list_in_parts([query.id, query.image_id, query.box] for query in queries), (b"]\n",)):
        signature.update(part)
    return signature


def _seen(stat: os.stat_result | None) -> bytes:
    return b"missing\n" if stat is None else b"%d %d %d\n" % (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def _text(*values) -> bytes:
    """Values as one line of JSON: where one ends and the next begins is never in doubt."""
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def _list_in_parts(values: Iterable) -> Iterator[bytes]:
    """A list as `_text` writes it, without the end of the line, a part at a time: a million entries at once take a gigabyte."""
    values, between = iter(values), b"["
    while part := list(islice(values, _PART)):
        yield between + _text(*part)[1:-2]
        between = b","
    yield b"[]" if between == b"[" else b"]"
