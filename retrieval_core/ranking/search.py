"""Exact nearest-neighbour search: every database row is compared, in blocks, so that no full score matrix is needed.

What is compared are vectors, or sets of visual words: `similarities` knows both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval_core.datasets.large_arrays import large_empty
from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError
from retrieval_core.ranking.ranked_ids import RankedIds
from retrieval_core.ranking.selective_match import similarities
from retrieval_core.ranking.sort_keys import NO_KEY, pack, unpack

QUERY_BLOCK = 64  # queries answered in one pass over the database, at least
KEYS_HELD = 1 << 21  # more queries share a pass while their keys stay within this many, 8 bytes each
MOST_KEYS = 1 << 23  # fewer share it where theirs would be more
DATABASE_BLOCK = 1024  # rows multiplied at a time: the scores stay in the processor's cache


@dataclass(frozen=True, eq=False)
class Ranking:
    """The database as one query sees it: image ids, most similar first, and their scores (K,) float32, falling.

    Ids of a search are `RankedIds`, positions that are read as a tuple of texts is.
    """

    query_id: str
    ids: Sequence[str]
    scores: np.ndarray


def search(queries: np.ndarray, database: np.ndarray, k: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Order the database by its dot product with each query; for L2-normalised rows that is the cosine similarity.

    Sets of words, whose rows may be of any width, are ordered by the selective match kernel.

    Args:
        queries: (Q, D) descriptors.
        database: (N, D) descriptors; may be memory-mapped, it is read block by block.
        k: how many of the most similar rows to return; None (or more than N): all of them.

    Returns:
        indices: (Q, K) int32 positions in the database, most similar first. Of equal scores the earlier position wins.
        scores: (Q, K) float32, falling.

    Raises:
        RetrievalError: a descriptor holds a value that is not finite, the widths differ, or only one of the two are sets of words.
    """
    sets = are_sets(database)
    if sets != are_sets(queries):
        raise RetrievalError("Sets of visual words and vectors can't be compared: they come from different models. Extract both with "
                             "the same one.")  # fmt: skip
    if not sets and queries.shape[1] != database.shape[1]:
        raise RetrievalError(
            f"The queries have {queries.shape[1]} dimensions and the database {database.shape[1]}: "
            "they come from different models. Extract both with the same one."
        )
    rows = len(database)
    keep = rows if k is None else min(k, rows)
    indices, scores = large_empty((len(queries), keep), np.int32), large_empty((len(queries), keep), np.float32)
    held = max(1, min(rows, _room(keep)))
    share = max(1, min(max(QUERY_BLOCK, KEYS_HELD // held), MOST_KEYS // held))
    for start in range(0, len(queries), share):
        keys = _best_keys(np.asarray(queries[start : start + share], np.int32 if sets else np.float32), database, keep)
        for row, packed in enumerate(keys, start):  # row by row, so that unpacking takes no memory to speak of
            indices[row], scores[row] = unpack(packed)
    return indices, scores


def nearest(matrix: np.ndarray, row: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions (K,) and scores (K,) of the `k` rows most similar to one row of the same matrix, itself left out."""
    indices, scores = search(matrix[row : row + 1], matrix, k + 1)
    others = np.flatnonzero(indices[0] != row)[:k]
    return indices[0, others], scores[0, others]


def named(query_ids: Sequence[str], database_ids: Sequence[str], positions: np.ndarray, scores: np.ndarray) -> list[Ranking]:
    """Rankings by their ids: positions and scores (Q, K) as `search` gives them, a row a query."""
    names = tuple(database_ids)
    rows = zip(query_ids, positions, scores, strict=True)
    return [Ranking(one, RankedIds(names, places), values) for one, places, values in rows]


def _room(keep: int) -> int:
    """How many keys a query needs room for: the best so far, and as many again or one block, whichever is more."""
    return keep + max(keep, DATABASE_BLOCK)


def _best_keys(queries: np.ndarray, database: np.ndarray, keep: int) -> np.ndarray:
    """Sorted keys (Q, keep) of the most similar rows."""
    rows = len(database)
    if keep > 0 and rows > _room(keep):
        return _filtered_keys(queries, database, keep)
    keys = np.empty((len(queries), rows), np.uint64)
    _write_keys(queries, database, keys)
    keys.sort(axis=1)
    return keys[:, :keep]


def _filtered_keys(queries: np.ndarray, database: np.ndarray, keep: int) -> np.ndarray:
    """`_best_keys` where few of many rows are kept: past the first blocks, only scores above the worst one kept are packed.

    Strictly above: of equal scores the earlier position wins, and the database is read from its beginning.
    """
    pool = np.full((len(queries), _room(keep)), NO_KEY)
    head = -(-keep // DATABASE_BLOCK) * DATABASE_BLOCK
    _write_keys(queries, database, pool[:, :head])
    filled, worst = _cut(pool, keep)
    for start in range(head, len(database), DATABASE_BLOCK):
        scores = _block_scores(queries, database, start)
        found = np.flatnonzero(scores > worst)  # many times faster than `nonzero` of a matrix with few hits
        if len(found) == 0:
            continue
        row, column = np.divmod(found, scores.shape[1])
        fresh = np.bincount(row, minlength=len(queries))
        if (filled + fresh).max() > pool.shape[1]:  # seldom: the longer the database, the fewer rows get this far
            filled, worst = _cut(pool, keep)
        place = np.arange(len(row)) - np.repeat(np.cumsum(fresh) - fresh, fresh) + filled[row]
        pool[row, place] = pack(scores[row, column], (start + column).astype(np.uint64))
        filled += fresh
    _cut(pool, keep)
    return np.sort(pool[:, :keep], axis=1)


def _cut(pool: np.ndarray, keep: int) -> tuple[np.ndarray, np.ndarray]:
    """Leave the best keys of each query at the head of its row. Returns how many (Q,) and the worst of their scores (Q, 1)."""
    pool.partition(keep, axis=1)
    pool[:, keep:] = NO_KEY
    return np.full(len(pool), keep), unpack(pool[:, :keep].max(axis=1))[1][:, None]


def _write_keys(queries: np.ndarray, database: np.ndarray, keys: np.ndarray) -> None:
    """Write the keys of the first R rows of the database, all of them, into (Q, R)."""
    for start in range(0, keys.shape[1], DATABASE_BLOCK):
        block = keys[:, start : start + DATABASE_BLOCK]
        block[:] = pack(_block_scores(queries, database, start), np.arange(start, start + block.shape[1], dtype=np.uint64))


def _block_scores(queries: np.ndarray, database: np.ndarray, start: int) -> np.ndarray:
    """Similarities (Q, B) of the queries to one database block; RetrievalError if one is not finite."""
    scores = similarities(queries, database[start : start + DATABASE_BLOCK])
    if not np.isfinite(scores).all():
        raise RetrievalError("A descriptor holds values that are not finite. Extract the descriptors again.")
    return scores
