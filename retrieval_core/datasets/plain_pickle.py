"""Lists, dictionaries, texts, numbers and NumPy arrays from a pickle of any protocol, without running anything that it asks to run.

Python's own loader calls whatever a file names. Here a file gets stand-ins for the few functions that arrays are put together
with, written out below, and for nothing else; attributes can only be set on these.
Source of the format: Python's pickletools; numpy/_core/src/multiarray/methods.c (__reduce__ and __setstate__ of ndarray and dtype).
"""

import io
import math
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from retrieval_core.errors import RetrievalError

_KINDS = "biufSU"  # of arrays that are numbers or texts
_CORES = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy.core.numeric", "numpy._core.numeric")


def load_plain(file: Path) -> Any:
    """What a pickle holds; object arrays become lists of lists.

    Raises RetrievalError naming the file if it is missing, broken, or asks for anything but plain data and arrays.
    """
    try:
        content = _Plain(io.BytesIO(file.read_bytes()), encoding="latin1").load()
        return _finished(content, {})
    except OSError as error:
        raise RetrievalError(f"{file} can't be read ({error.strerror}). Check the path.") from error
    except _Refused as refused:
        raise RetrievalError(f"{file} asks to run {refused}, which no list of photographs needs, and nothing of it was run. Take the "
                             "original file, or save lists and arrays alone.") from None  # fmt: skip
    except Exception as error:  # a broken pickle may raise anything
        words = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise RetrievalError(f"{file} is not a pickle of lists and arrays, or is cut short ({words}). Fetch it again.") from error


class _Refused(Exception):
    """What a file asks for that it does not get."""


class _Array:
    """Stands for an ndarray or a dtype until its state is known: `value` is then the array or the type."""

    def __init__(self, value: Any = None):
        self.value = value


def _plain_type(name: object, *_: object) -> _Array:
    dtype = np.dtype(name) if isinstance(name, str) and len(name) < 20 else None
    if dtype is None or (dtype.kind not in _KINDS and dtype.kind != "O"):
        raise _Refused(f"an array of {name!r}"[:60])
    return _Array(dtype)


def _numbers(data: object, dtype: object, shape: object, order: str = "C") -> np.ndarray | list:
    """An array of plain numbers or texts from its bytes, or a list from the list that an object array is stored as."""
    kind = dtype.value if isinstance(dtype, _Array) else None
    sides = (shape,) if isinstance(shape, int) else shape
    if not isinstance(kind, np.dtype) or not isinstance(sides, tuple) or not all(type(side) is int and side >= 0 for side in sides):
        raise ValueError("an array without type or shape")
    if kind.kind == "O":
        if not isinstance(data, list) or len(data) != math.prod(sides):
            raise ValueError("an object array that is not as long as its shape says")
        return data
    raw = data.encode("latin1") if isinstance(data, str) else data
    if not isinstance(raw, (bytes, bytearray)) or len(raw) != math.prod(sides) * kind.itemsize:
        raise ValueError("an array that has not as many bytes as its shape takes")
    return np.ndarray(sides, kind, bytes(raw), order="F" if order == "F" else "C")


def _scalar(dtype: object, data: object = b"") -> Any:
    return _numbers(data, dtype, (1,))[0].item()


def _encode(text: object, encoding: object = "latin1") -> bytes:
    if not isinstance(text, str) or encoding not in ("latin1", "latin-1"):
        raise _Refused(f"_codecs.encode with {encoding!r}"[:60])
    return text.encode("latin1")


def _bytes(*data: object) -> bytes:
    return bytes(data[0]) if data and isinstance(data[0], (bytes, bytearray)) else _encode(data[0]) if data else b""


_ALLOWED: dict[tuple[str, str], Callable] = {
    **{(core, "_reconstruct"): lambda *_: _Array() for core in _CORES}, **{(core, "scalar"): _scalar for core in _CORES},
    **{(core, "_frombuffer"): _numbers for core in _CORES},
    ("numpy", "ndarray"): lambda *_: _Array(), ("numpy", "dtype"): _plain_type, ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): _bytes, ("builtins", "bytes"): _bytes, ("builtins", "bytearray"): _bytes,
    ("__builtin__", "bytearray"): _bytes, ("collections", "OrderedDict"): lambda *pairs: dict(*pairs),
}  # fmt: skip


class _Plain(pickle._Unpickler):  # the one in Python: its memo is a dictionary, and can't be blown up by a number in the file
    """Reads plain data; a file that asks for anything else is refused before it gets it."""

    stack: list[Any]  # these three are Python's
    append: Callable[[Any], None]
    read: Callable[[int], bytes]
    dispatch: ClassVar[dict[int, Callable]] = dict(pickle._Unpickler.dispatch)

    def find_class(self, module: str, name: str) -> Callable:
        if (module, name) not in _ALLOWED:
            raise _Refused(f"{module}.{name}"[:120])
        return _ALLOWED[module, name]

    def build(self) -> None:
        """Give an array or a type its state; nothing else has any."""
        state, made = self.stack.pop(), self.stack[-1]
        if not isinstance(made, _Array) or not isinstance(state, tuple):
            raise _Refused("the state of an object")
        if isinstance(made.value, np.dtype):
            order, *parts = state[1:]
            if any(part is not None for part in parts[:3]) or order not in ("<", ">", "|", "="):
                raise _Refused("an array of records")
            made.value = made.value.newbyteorder(order) if order in "<>" else made.value
        else:
            shape, dtype, columns_first, data = state[-4:]
            made.value = _numbers(data, dtype, shape, "F" if columns_first else "C")

    def take_bytes(self) -> None:
        """As many bytes as there are: Python's loader makes room for as many as the file says first."""
        self.append(bytearray(self.read(struct.unpack("<Q", self.read(8))[0])))

    dispatch |= {pickle.BUILD[0]: build, pickle.BYTEARRAY8[0]: take_bytes}


def _finished(value: Any, done: dict[int, tuple[Any, Any]]) -> Any:
    """The content with arrays in the place of what stood for them; what is there several times is finished once."""
    if isinstance(value, _Array):
        return _finished(value.value, done)
    if not isinstance(value, (list, tuple, dict)):
        return value
    if id(value) not in done:
        done[id(value)] = value, value  # kept, so that no other object gets its number
        if isinstance(value, dict):
            value.update({key: _finished(entry, done) for key, entry in value.items()})
        elif isinstance(value, list):
            value[:] = [_finished(entry, done) for entry in value]
        else:
            done[id(value)] = value, tuple(_finished(entry, done) for entry in value)
    return done[id(value)][1]
