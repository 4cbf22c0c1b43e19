"""Exact nearest-neighbour search: every database row is compared, in blocks, so that no full score matrix is needed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval_core.errors import RetrievalError

QUERY_BLOCK = 64
DATABASE_BLOCK = 8192


@dataclass(frozen=True, eq=False)
class Ranking:
    """The database as one query sees it: image ids, most similar first, and their scores (K,) float32, falling."""

    query_id: str
    ids: tuple[str, ...]
    scores: np.ndarray


def search(queries: np.ndarray, database: np.ndarray, k: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Order the database by its dot product with each query; for L2-normalised rows that is the cosine similarity.

    Args:
        queries: (Q, D) descriptors.
        database: (N, D) descriptors; may be memory-mapped, it is read block by block.
        k: how many of the most similar rows to return; None (or more than N): all of them.

    Returns:
        indices: (Q, K) int32 positions in the database, most similar first. Of equal scores the earlier position wins.
        scores: (Q, K) float32, falling.

    Raises:
        RetrievalError: a descriptor holds a value that is not finite, or the widths differ.
    """
    if queries.shape[1] != database.shape[1]:
        raise RetrievalError(
            f"The queries have {queries.shape[1]} dimensions and the database {database.shape[1]}: "
            "they come from different models. Extract both with the same one."
        )
    rows = len(database)
    keep = rows if k is None else min(k, rows)
    indices = np.empty((len(queries), keep), np.int32)
    scores = np.empty((len(queries), keep), np.float32)
    for start in range(0, len(queries), QUERY_BLOCK):
        block = slice(start, start + QUERY_BLOCK)
        keys = _best_keys(np.asarray(queries[block], np.float32), database, keep)
        for row, packed in enumerate(keys, start):  # row by row, so that unpacking takes no memory to speak of
            indices[row], scores[row] = _unpack(packed)
    return indices, scores


def nearest(matrix: np.ndarray, row: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions (K,) and scores (K,) of the `k` rows most similar to one row of the same matrix, itself left out."""
    indices, scores = search(matrix[row : row + 1], matrix, k + 1)
    others = np.flatnonzero(indices[0] != row)[:k]
    return indices[0, others], scores[0, others]


def rank(
    query_ids: Sequence[str],
    queries: np.ndarray,
    database_ids: Sequence[str],
    database: np.ndarray,
    k: int | None = None,
) -> list[Ranking]:
    """Rank the database for each query, as `search` does, and name the rows by their ids."""
    names = np.array(database_ids, dtype=object)
    indices, scores = search(queries, database, k)
    return [
        Ranking(query_id, tuple(names[positions]), values)
        for query_id, positions, values in zip(query_ids, indices, scores, strict=True)
    ]


def _best_keys(queries: np.ndarray, database: np.ndarray, keep: int) -> np.ndarray:
    """Sorted keys (Q, keep) of the most similar rows."""
    rows = len(database)
    if keep == rows:
        keys = np.empty((len(queries), rows), np.uint64)
        for start in range(0, rows, DATABASE_BLOCK):
            keys[:, start : start + DATABASE_BLOCK] = _block_keys(queries, database, start)
        keys.sort(axis=1)
        return keys
    best = np.empty((len(queries), 0), np.uint64)
    for start in range(0, rows, DATABASE_BLOCK):
        best = np.concatenate([best, _block_keys(queries, database, start)], axis=1)
        if best.shape[1] > keep:
            best = np.partition(best, keep, axis=1)[:, :keep]
    best.sort(axis=1)
    return best


def _block_keys(queries: np.ndarray, database: np.ndarray, start: int) -> np.ndarray:
    """Pack score and position of one database block into one unsigned integer each: sorting these is the ranking.

    The upper 32 bits fall as the score rises, the lower 32 are the position. All keys differ, so any sort is stable,
    and NumPy's vectorised integer sort is several times faster than a stable argsort of floats.
    """
    block = np.asarray(database[start : start + DATABASE_BLOCK], np.float32)
    scores = queries @ block.T
    if not np.isfinite(scores).all():
        raise RetrievalError("A descriptor holds values that are not finite. Extract the descriptors again.")
    scores += np.float32(0)  # -0.0 becomes 0.0, so that the two tie
    keys = _fall(scores.view(np.int32)).view(np.uint32).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.arange(start, start + len(block), dtype=np.uint64)
    return keys


def _unpack(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions and scores that `_block_keys` packed."""
    scores = _fall((keys >> np.uint64(32)).astype(np.uint32).view(np.int32)).view(np.float32)
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.int32), scores


def _fall(bits: np.ndarray) -> np.ndarray:
    """Turn the bits of floats (int32) into bits that, read as unsigned, fall as the floats rise; and back again.

    Unsigned, the bits of floats below zero fall already. Those above have their 31 lower bits flipped; the sign bit,
    which stays, then puts them first.
    """
    flipped = ~(bits >> 31)
    flipped &= np.int32(0x7FFFFFFF)
    flipped ^= bits
    return flipped
