"""Descriptors that were made elsewhere: a matrix in a .npy or .npz file, and the ids of its rows."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from retrieval_core.datasets.decoding import SUFFIXES
from retrieval_core.datasets.names import composed
from retrieval_core.datasets.oxford import find_photographs
from retrieval_core.errors import RetrievalError

ID_LIST = "ids.txt"  # looked for beside a .npy file

_ROWS = 4096  # rows that are read and checked at a time
_UNIT = 1e-3  # a row whose length differs by less from 1 is kept to the bit


def open_matrix(file: Path, key: str = "descriptors") -> np.ndarray:
    """The matrix (N, D) of a .npy file, memory-mapped, or the array `key` of a .npz file.

    Raises RetrievalError if the file can't be read or does not hold numbers in rows.
    """
    try:
        matrix = np.load(file, mmap_mode="r", allow_pickle=False)
        if isinstance(matrix, np.lib.npyio.NpzFile):
            with matrix as arrays:
                if key not in arrays:
                    raise RetrievalError(f"{file} holds {', '.join(arrays)} but no array {key!r}. Save it under this name.")
                matrix = arrays[key]
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        raise RetrievalError(f"{file} can't be read as an array ({error}). Save it with numpy.save, without pickle.") from error
    if matrix.ndim != 2 or 0 in matrix.shape or matrix.dtype.kind != "f":
        raise RetrievalError(
            f"{file} holds {matrix.dtype} in the shape {matrix.shape}. Descriptors are floats in the shape (photographs, dimensions)."
        )
    return matrix


def read_ids(file: Path, ids: Path | None) -> tuple[tuple[str, ...], dict[str, str]]:
    """The ids of the rows of a descriptor file, and the paths of their photographs where there are any.

    `ids` is a text file with one id (or name of a photograph) a line, or the folder of the photographs, whose sorted stems
    are the ids. Without it they are the array "ids" of a .npz file, or the lines of ids.txt beside a .npy file.
    Raises RetrievalError if there is none of these, or an id is empty or there twice.
    """
    source, photographs = ids or file.with_name(ID_LIST), {}
    if ids is None and file.suffix.lower() == ".npz":
        source, found = file, _ids_within(file)
    elif source.is_dir():
        photographs = find_photographs(source)
        found = list(photographs)
    elif source.is_file():
        try:
            found = [_without_ending(line.strip()) for line in source.read_text(encoding="utf-8-sig").splitlines()]
        except UnicodeDecodeError as error:
            raise RetrievalError(f"{source} can't be read as UTF-8 text ({error}). Save it as plain text, one id a line.") from error
    else:
        raise RetrievalError(
            f"{source} is missing: it says which photograph each row of {file} describes. Name it with --ids: a text file with one "
            "id a line, or the folder of the photographs if the rows are in the order of their names."
        )
    seen: set[str] = set()
    for line, image_id in enumerate(found, 1):
        if not image_id or image_id in seen:
            raise RetrievalError(f"{source}, line {line}: {image_id!r} is empty or there twice. Every row needs an id of its own.")
        seen.add(image_id)
    return tuple(found), photographs


def unit_rows(matrix: np.ndarray, source: Path) -> Iterator[np.ndarray]:
    """The rows of a matrix (N, D) as float32 and brought to length 1, a block at a time; rows that have it are kept to the bit.

    Raises RetrievalError naming the row of `source` that is zero or not finite.
    """
    for start in range(0, len(matrix), _ROWS):
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
        raise RetrievalError(f"{file} has {len(matrix):,} rows, but there are {len(names):,} {what}. They must be as many.")


def _without_ending(name: str) -> str:
    stem, suffix = os.path.splitext(name)
    return composed(stem if suffix.lower() in SUFFIXES else name)


def _ids_within(file: Path) -> list[str]:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return [composed(str(name)) for name in arrays["ids"].tolist()]
    except (OSError, ValueError, EOFError, BadZipFile, KeyError) as error:
        raise RetrievalError(f"{file} has no readable array 'ids' ({error}). Save it with the ids as text, or give --ids.") from error
