"""Arrays and what they are about in one file that can be memory-mapped, in the safetensors format.

Eight bytes say how long the header is, the header says in JSON where each array lies, then come the bytes of the arrays, one
after the other. Its entry "__metadata__" holds texts: "about" is ours, any JSON. A header takes up to 100 MB, which the ids of two
to five million photographs fill: where "about" has no room in it, it is the last array, of bytes, and called "__about__".
Source of the format: https://github.com/huggingface/safetensors, section Format of its README.
"""

import json
import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_core.errors import RetrievalError

MOST_HEADER = 100_000_000  # bytes, as in the safetensors library

_TYPES = {"F64": "<f8", "I64": "<i8", "F32": "<f4", "I32": "<i4", "U16": "<u2", "U8": "|u1", "BOOL": "|b1"}
_NAMES = {np.dtype(dtype): name for name, dtype in _TYPES.items()}
_METADATA, _ABOUT, _ABOUT_ARRAY = "__metadata__", "about", "__about__"
_BLOCK = 1 << 24  # bytes that are copied at a time


class ArrayWriter:
    """Writes arrays a block of rows at a time, so that none has to fit into memory.

    `layout` gives the shape and the type of each array in the order in which they are written: types of more bytes come first,
    which puts every array at a multiple of its type's size. `about` is anything that JSON can hold.
    Used in a with statement, it raises ValueError at the end unless every array is complete.
    """

    def __init__(self, path: Path, layout: Mapping[str, tuple[tuple[int, ...], Any]], about: Mapping[str, Any]):
        told = json.dumps(about, separators=(",", ":"))
        header: dict[str, Any] = {_METADATA: {_ABOUT: told}}
        end, width = 0, math.inf
        self._missing: dict[str, int] = {}  # bytes of each array that are not written yet
        self._layout: dict[str, tuple[tuple[int, ...], np.dtype]] = {}
        for name, (shape, kind) in layout.items():
            shape, dtype = tuple(map(int, shape)), np.dtype(kind)
            if dtype not in _NAMES or dtype.itemsize > width:
                raise ValueError(f"{name!r} can't be of the type {dtype} here: one of {', '.join(map(str, _NAMES))}, the longest first")
            width, size = dtype.itemsize, math.prod(shape) * dtype.itemsize
            header[name] = _entry(_NAMES[dtype], shape, end, size)
            self._layout[name], self._missing[name] = (shape, dtype), size
            end += size
        self._behind = b""  # what the arrays are about, where that has no room in the header
        if len(text := _header(header)) > MOST_HEADER:
            self._behind = told.encode()
            header |= {_METADATA: {}, _ABOUT_ARRAY: _entry("U8", [len(self._behind)], end, len(self._behind))}
            text = _header(header)
        self._file = path.open("wb")
        self._file.write(struct.pack("<Q", len(text)) + text)

    def append(self, name: str, rows: np.ndarray) -> None:
        """Write the next rows (R, …) of an array; arrays that come before it must be complete."""
        shape, dtype = self._layout[name]
        current = next((other for other, missing in self._missing.items() if missing), name)
        if rows.dtype != dtype or rows.shape[1:] != shape[1:] or rows.nbytes > self._missing[name] or (rows.nbytes and current != name):
            raise ValueError(f"{rows.shape} of {rows.dtype} are not the next rows of {name!r}, {shape} of {dtype}; {current!r} is due")
        self._file.write(np.ascontiguousarray(rows).data if rows.nbytes else b"")
        self._missing[name] -= rows.nbytes

    def __enter__(self) -> "ArrayWriter":
        return self

    def __exit__(self, kind, error, trace) -> None:
        with self._file:
            if kind is None and not any(self._missing.values()):
                self._file.write(self._behind)
        if kind is None and any(self._missing.values()):
            raise ValueError(f"arrays are not complete: {self._missing} bytes are missing")


def _entry(kind: str, shape: Sequence[int], begin: int, size: int) -> dict[str, Any]:
    return {"dtype": kind, "shape": shape, "data_offsets": [begin, begin + size]}


def _header(header: Mapping[str, Any]) -> bytes:
    text = json.dumps(header, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % 8)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
    """Write arrays, which may be memory maps, and what they are about; ValueError for a type that the format has no name for here."""
    longest_first = dict(sorted(arrays.items(), key=lambda item: -item[1].dtype.itemsize))
    with ArrayWriter(path, {name: (array.shape, array.dtype) for name, array in longest_first.items()}, about) as writer:
        for name, array in longest_first.items():
            rows = np.atleast_1d(array)
            step = max(1, _BLOCK // max(1, rows[:1].nbytes))
            for start in range(0, len(rows), step):
                writer.append(name, rows[start : start + step])


def read_arrays(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """The arrays of a file by name, memory-mapped and read-only, and what they are about ({} where the file does not say).

    Raises RetrievalError naming the file if it is missing, cut short, or not what `write_arrays` or safetensors write.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
            length = struct.unpack("<Q", start)[0] if len(start) == 8 else None
            if length is None or length > min(MOST_HEADER, size - 8):
                raise ValueError("its header is cut short or no header")
            header = json.loads(file.read(length))
        entries, about = _checked(header, size - 8 - length)
        data = np.memmap(path, np.uint8, "r")[8 + length :]
        arrays = {name: data[begin:end].view(dtype).reshape(shape) for name, (dtype, shape, begin, end) in entries.items()}
        about = about if about is not None else _about(arrays.pop(_ABOUT_ARRAY, np.frombuffer(b"{}", np.uint8)).tobytes())
    except OSError as error:
        raise RetrievalError(f"{path} can't be read ({error.strerror or error}). Make it again.") from error
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise RetrievalError(f"{path} is damaged or no file of arrays ({error}). Make it again.") from error
    return arrays, about


def _about(text: str | bytes) -> dict[str, Any]:
    about = json.loads(text)
    if not isinstance(about, dict):
        raise ValueError("what it is about is no JSON object")
    return about


def _checked(header: dict, size: int) -> tuple[dict[str, tuple[np.dtype, tuple[int, ...], int, int]], dict[str, Any] | None]:
    """Type, shape, begin and end of each array, and what they are about, None where the header does not say.

    ValueError and the like where the arrays don't fill `size` bytes.
    """
    told = header.pop(_METADATA, {}).get(_ABOUT)
    about = None if told is None else _about(told)
    entries = {}
    for name, entry in header.items():
        if entry["dtype"] not in _TYPES:
            raise ValueError(f"the type {entry['dtype']!r} of {name!r} is unknown")
        dtype, shape, (begin, end) = np.dtype(_TYPES[entry["dtype"]]), tuple(entry["shape"]), entry["data_offsets"]
        if not all(type(number) is int and number >= 0 for number in (*shape, begin, end)):
            raise ValueError(f"the shape or the place of {name!r} are not whole numbers from 0")
        if end - begin != math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{name!r} has not as many bytes as its shape takes")
        entries[name] = dtype, shape, begin, end
    place = 0
    for name, (_, _, begin, end) in sorted(entries.items(), key=lambda item: item[1][2:]):
        if begin != place:
            raise ValueError(f"{name!r} does not begin where the array before it ends")
        place = end
    if place != size:
        raise ValueError(f"it holds {size:,} bytes of arrays and not {place:,}")
    return entries, about
