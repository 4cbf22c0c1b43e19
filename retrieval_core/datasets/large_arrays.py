"""Arrays that may be larger than memory: how their rows are walked, and where a large one that is made lies.

A matrix of descriptors is mapped from the disk, so that the system may take its pages back at any time. What is copied of it is a
block of rows; what is made row by row of it, and is as large, is mapped too, from a file that has no name and is gone with the array.
"""

import math
import os
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from retrieval_core.errors import Failed

BLOCK = 1 << 26  # bytes of float32 that are walked at a time
LARGE = 1 << 26  # bytes from which an array lies in a file
KEPT = 1 << 20  # bytes from which it does where many are kept


def row_blocks(matrix: np.ndarray) -> Iterator[slice]:
    """The rows of (N, D) as slices of BLOCK bytes, one row at least.

    >>> list(row_blocks(np.empty((5, 1 << 23), np.float32)))
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    rows, width = matrix.shape
    step = max(1, BLOCK // (4 * max(1, width)))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def large_empty(shape: tuple[int, ...], dtype: Any, large: int | None = None) -> np.ndarray:
    """An array to be filled, as numpy.empty gives it; one of `large` bytes (default LARGE) lies in a file in the folder TMPDIR.

    RetrievalError where that has no room.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size < (LARGE if large is None else large):
        return np.empty(shape, dtype)
    try:
        with tempfile.TemporaryFile() as file:
            if hasattr(os, "posix_fallocate"):  # a mapped file that finds no room when it is filled ends the process
                os.posix_fallocate(file.fileno(), 0, size)
            return np.asarray(np.memmap(file, dtype, "w+", shape=shape))
    except OSError as error:
        raise Failed(f"{tempfile.gettempdir()} has no room for {size / 1e9:.1f} GB ({error.strerror or error}). Make "
                     "room, or name a folder on another disk with the variable TMPDIR.") from error  # fmt: skip


def put_away(array: np.ndarray) -> np.ndarray:
    """The same values, in a file unless they are few: for what is kept for a while, and many others beside it."""
    kept = large_empty(array.shape, array.dtype, KEPT)
    kept[:] = array
    return kept


def all_finite(matrix: np.ndarray) -> bool:
    """Whether no value of (N, D) is infinite or no number."""
    return all(np.isfinite(matrix[block]).all() for block in row_blocks(matrix))
