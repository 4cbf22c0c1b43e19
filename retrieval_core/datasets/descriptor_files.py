"""Descriptors that were made elsewhere: a matrix in a .npy or .npz file, and the ids of its rows."""

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from retrieval_core.datasets.checks import check_ids, without_ending
from retrieval_core.datasets.large_arrays import large_empty
from retrieval_core.datasets.names import composed
from retrieval_core.datasets.oxford import find_photographs
from retrieval_core.datasets.texts import read_lines
from retrieval_core.errors import RetrievalError

ID_LIST = "ids.txt"  # looked for beside a .npy file

_DIGITS = re.compile(r"([0-9]+)")
_ROWS = 4096  # rows that are read and checked at a time
_PART = 1 << 20  # bytes that are unpacked at a time
_UNIT = 1e-3  # a row whose length differs by less from 1 is kept to the bit


def open_matrix(file: Path, key: str = "descriptors") -> np.ndarray:
    """The matrix (N, D) of a .npy file, memory-mapped, or the array `key` of a .npz file; a large one of these is unpacked to a file.

    Raises RetrievalError if the file can't be read or does not hold numbers in rows.
    """
    if not file.is_file():
        raise RetrievalError(f"{file} does not exist. Check the path.")
    try:
        matrix = np.load(file, mmap_mode="r", allow_pickle=False)
        if isinstance(matrix, np.lib.npyio.NpzFile):
            with matrix as arrays:
                if key not in arrays:
                    raise RetrievalError(f"{file} holds {', '.join(arrays)} but no array {key!r}. Save it under this name.")
                matrix = _unpacked(arrays.zip, key)
    except RetrievalError:
        raise
    except Exception as error:  # a broken file may raise anything
        raise RetrievalError(f"{file} can't be read as an array ({_short(error)}). Save it with numpy.save, without pickle.") from error
    return check_matrix(matrix, file)


def read_ids(file: Path, ids: Path | None) -> tuple[tuple[str, ...], dict[str, str]]:
    """The ids of the rows of a descriptor file, and the paths of their photographs where there are any.

    `ids` is a text file with one id (or name of a photograph) a line, or the folder of the photographs: their ids in the order of
    the files' names, endings included, as `sorted(os.listdir(folder))` gives them to an extraction. Without it they are the array
    "ids" of a .npz file, or the lines of ids.txt beside a .npy file.
    Raises RetrievalError if there is none of these, or an id is empty or there twice.
    """
    source, photographs = ids or file.with_name(ID_LIST), {}
    if ids is None and file.suffix.lower() == ".npz":
        source, found = file, [without_ending(image_id) for image_id in _ids_within(file)]
    elif source.is_dir():
        photographs = dict(sorted(find_photographs(source).items(), key=lambda item: _file_name(item[1])))
        found = list(photographs)
    elif source.is_file():
        found = [composed(without_ending(line.strip())) for line in read_lines(source)]
        while found and not found[-1]:
            del found[-1]
    else:
        raise RetrievalError(
            f"{source} is missing: it says which photograph each row of {file} describes. Name it with --ids: a text file with one "
            "id a line, or the folder of the photographs if the rows are in the order of their names."
        )
    check_ids(found, source)
    return tuple(found), photographs


def order_note(names: Sequence[str], what: str, remedy: str = "") -> tuple[str, ...]:
    """What to say of rows that were taken in the order of these file names, where a program might have sorted them otherwise.

    `remedy` ends the sentence on what to do then.
    """
    numbers = [[(part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _DIGITS.split(name)] for name in names]
    by_number = [name for _, name in sorted(zip(numbers, names, strict=True))]
    if list(names) == by_number == sorted(names, key=without_ending) == sorted(names, key=str.casefold):
        return ()
    return (
        f"The rows were taken as those of {what} in the order of the files' names, as sorted(os.listdir()) gives it: "
        f"{', '.join(map(repr, names[:3]))}, … If yours are in another order, bring them into this one{remedy}.",
    )


def check_matrix(matrix: np.ndarray, source: str | Path) -> np.ndarray:
    """Return a matrix (N, D) of descriptors; RetrievalError naming `source` if it does not hold floats in rows."""
    if matrix.ndim != 2 or 0 in matrix.shape or matrix.dtype.kind != "f":
        raise RetrievalError(
            f"{source} holds {matrix.dtype} in the shape {matrix.shape}. Descriptors are floats in the shape (photographs, dimensions)."
        )
    return matrix


def unit_rows(matrix: np.ndarray, source: str | Path) -> Iterator[np.ndarray]:
    """The rows of a matrix (N, D) as float32 and brought to length 1, a block at a time; rows that have it are kept to the bit.

    Raises RetrievalError naming the row of `source` that is zero or not finite.
    """
    for start in range(0, len(matrix), _ROWS):
        with np.errstate(over="ignore"):  # what is too large for float32 is not finite, and refused
            block = np.array(matrix[start : start + _ROWS], np.float32)
        lengths = np.linalg.norm(block, axis=1)
        bad = np.flatnonzero(~(np.isfinite(lengths) & (lengths > 0)))
        if len(bad):
            raise RetrievalError(f"Row {start + bad[0]} of {source} (from 0) is zero or not finite. Extract the descriptors again.")
        scale = np.where(np.abs(lengths - 1) < _UNIT, 1, lengths).astype(np.float32)
        yield block / scale[:, None]


def check_rows(file: Path, matrix: np.ndarray, names: Sequence[str], what: str) -> None:
    """Raise a RetrievalError unless the matrix of `file` has a row for each name."""
    if len(matrix) != len(names):
        turned = " It may have to be turned round: its columns are as many." if matrix.shape[1] == len(names) else ""
        raise RetrievalError(f"{file} has {len(matrix):,} rows, but there are {len(names):,} {what}. They must be as many.{turned}")


def _unpacked(archive: ZipFile, key: str) -> np.ndarray:
    """An array of a .npz file, read a part at a time."""
    with archive.open(f"{key}.npy") as file:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, columns_first, dtype = read(file)
        if dtype.hasobject:
            raise ValueError("it holds Python objects")
        if math.prod(shape) * dtype.itemsize > archive.getinfo(f"{key}.npy").file_size:  # no room is made for what is not there
            raise ValueError("it is cut short")
        found = large_empty(shape[::-1] if columns_first else shape, dtype)
        place, room = 0, found.reshape(-1).view(np.uint8)
        while place < len(room):
            if not (part := file.read(min(_PART, len(room) - place))):
                raise ValueError("it is cut short")
            room[place : place + len(part)] = np.frombuffer(part, np.uint8)
            place += len(part)
    return found.T if columns_first else found


def _file_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _ids_within(file: Path) -> list[str]:
    """The array "ids" of a .npz file; numbers are no names: 7 may have been 007."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            ids = arrays["ids"]
        found = np.char.decode(ids, "utf-8") if ids.dtype.kind == "S" else ids
        if found.dtype.kind != "U" or found.ndim != 1:
            raise ValueError(f"it holds {ids.dtype} in the shape {ids.shape}")
        return [composed(str(name)) for name in found]
    except Exception as error:  # a broken file may raise anything
        raise RetrievalError(f"{file} has no readable array 'ids' of texts ({_short(error)}). Save it with the ids as text, or give "
                             "--ids.") from error  # fmt: skip
