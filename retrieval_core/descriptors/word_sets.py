"""Sets of visual words: what stands in the place of a descriptor where a photograph is no single vector (ASMK).

A set is a row of int32: how many bits a code has, then as many slots as the widest set of the matrix needs, each with the number of a
word and its code, 32 bits a number; slots that are not used hold -1. The words of a row rise. So a matrix of sets has rows with ids, is
stored, sliced and mapped from the disk as a matrix of vectors is; that it holds whole numbers tells the two apart.
"""

from dataclasses import dataclass

import numpy as np

from retrieval_core.datasets.large_arrays import large_empty, row_blocks

NO_WORD = -1


@dataclass(frozen=True, eq=False)
class WordSets:
    """Sets of N photographs. bits: of a code. words: (N, S) int32, NO_WORD where a slot is not used. codes: (N, S, W) uint32."""

    bits: int
    words: np.ndarray
    codes: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        """How many words each photograph has (N,)."""
        return (self.words != NO_WORD).sum(1)


def are_sets(rows: np.ndarray) -> bool:
    """Whether these rows are sets of words, and not vectors."""
    return rows.dtype == np.int32


def width_of(slots: int, bits: int) -> int:
    """Numbers of a row with so many slots."""
    return 1 + slots * (1 + -(-bits // 32))


def pack(codes: np.ndarray, places: np.ndarray, words: np.ndarray, count: int, slots: int) -> np.ndarray:
    """Rows (count, width) int32 of sets.

    codes: (E, bits) bool, of every word of every photograph; places: (E,), the photograph of each, rising; words: (E,), rising within
    a photograph, at most `slots` of them.
    """
    bits = codes.shape[1]
    padded = np.pad(codes, ((0, 0), (0, -bits % 32)))
    rows = np.full((count, width_of(slots, bits)), NO_WORD, np.int32)
    rows[:, 0] = bits
    found = rows[:, 1:].reshape(count, slots, -1)  # a copy, since the rows are wider
    slot = np.arange(len(places)) - np.searchsorted(places, places)
    found[places, slot, 0] = words
    found[places, slot, 1:] = np.packbits(padded, axis=1).view(np.int32)
    rows[:, 1:] = found.reshape(count, -1)
    return rows


def unpack(rows: np.ndarray) -> WordSets:
    """What rows of `pack` hold."""
    rows = np.asarray(rows)
    bits = _bits(rows)
    each = width_of(1, bits) - 1
    slots = rows[:, 1:].reshape(len(rows), (rows.shape[1] - 1) // each, each)
    return WordSets(bits, slots[:, :, 0], np.ascontiguousarray(slots[:, :, 1:]).view(np.uint32))


def trimmed(rows: np.ndarray) -> np.ndarray:
    """The same sets without the slots that none of them uses."""
    bits, sizes = _bits(rows), [int(unpack(rows[block]).sizes.max(initial=0)) for block in row_blocks(rows)]
    found = large_empty((len(rows), width_of(max(sizes, default=0), bits)), rows.dtype)
    found[:] = rows[:, : found.shape[1]]
    return found


def bytes_a_row(rows: np.ndarray) -> float:
    """Bytes of a photograph: of its vector, or on the mean of the words that are there and their codes, without unused slots."""
    if not are_sets(rows):
        return float(rows.shape[1] * rows.itemsize)
    words = sum(int(unpack(rows[block]).sizes.sum()) for block in row_blocks(rows))
    return words / len(rows) * 4 * (width_of(1, _bits(rows)) - 1) if len(rows) else 0.0


def _bits(rows: np.ndarray) -> int:
    return int(rows[0, 0]) if len(rows) else 1
