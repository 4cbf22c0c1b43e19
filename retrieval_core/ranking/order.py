"""The one way in which a database is ranked: by similarity, or by that and what is done after the search."""

from collections import OrderedDict
from collections.abc import Generator, Mapping
from threading import Lock
from typing import Any

import numpy as np

from retrieval_core.datasets.large_arrays import large_empty
from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.progress import Progress, relabelled
from retrieval_core.ranking.after_search import AfterSearch, Count, Help, Ordered
from retrieval_core.ranking.diffusion import DIFFUSION
from retrieval_core.ranking.expansion import ALPHA_QE, AQE, DBA
from retrieval_core.ranking.search import search
from retrieval_core.ranking.super_global import SUPER_GLOBAL
from retrieval_core.ranking.verification import VERIFIED, VERIFIED_EXPANSION

METHODS: dict[str, AfterSearch] = {
    "aqe": AQE, "alphaqe": ALPHA_QE, "dba": DBA, "diffusion": DIFFUSION, "superglobal": SUPER_GLOBAL, "verified": VERIFIED,
    "vqe": VERIFIED_EXPANSION,
}  # fmt: skip
"""What can be done after the search, by the name that is written behind a model's key."""

MOST_COMPARED = 60_000  # photographs of which each is compared with each
_BLOCK = 64  # queries that are ordered together
_KEPT, _LARGEST = 4, 256e6  # what was prepared last and stays in memory: how many, and of databases of how many bytes

_prepared: OrderedDict[tuple, Any] = OrderedDict()
_lock = Lock()


def order(
    queries: np.ndarray,
    database: np.ndarray,
    after: str | None = None,
    parameters: Mapping[str, float] | None = None,
    count: Count | None = None,
    version: str = "",
) -> Generator[Progress, None, Ordered]:
    """Rank the whole database for every query. Returns (as a generator does) positions and scores, both (Q, N); see `search`.

    Args:
        queries: (Q, D) descriptors of length 1, or sets of words.
        database: (N, D) descriptors of length 1, or sets of words; may be memory-mapped.
        after: one of METHODS; None: nothing, the plain search.
        parameters: of the method; what is left out has its default.
        count: how matches of pictures are counted; see `verification.counting`.
        version: a name of exactly this database, such as its hash: what a method prepares is kept in memory under it.

    Scores fall along a ranking; a method that orders only the first anew leaves the others theirs, so that they fall within each
    part. Raises RetrievalError for an unknown method or parameter, for a method that looks at pictures where there are none, for one
    that adds vectors up where there are sets of words, for one that compares all photographs with one another where they are more than
    MOST_COMPARED, and as `search` does.
    """
    if after is None:
        return search(queries, database)
    method = METHODS[check_choice("method after the search", after, METHODS)]
    used = method.fill_in(parameters or {}, len(database))
    if method.looks and count is None:
        raise RetrievalError(f"{method.title.capitalize()} looks at pictures, and there are only descriptors. Choose another method.")
    if method.vectors and are_sets(database):
        raise RetrievalError(f"{method.title.capitalize()} adds vectors up, and these are sets of visual words. Choose geometric "
                             "verification, or another aggregation.")  # fmt: skip
    if method.prepare and len(database) > MOST_COMPARED:
        raise RetrievalError(f"{method.title.capitalize()} compares every photograph with every other, and {len(database):,} are too "
                             f"many for that: at most {MOST_COMPARED:,}. Choose another method.")  # fmt: skip
    queries = np.asarray(queries, np.int32 if are_sets(database) else np.float32)
    prepared = (yield from _prepare(method, after, database, used, version)) if method.prepare else None
    shape = len(queries), len(database)
    positions, scores = large_empty(shape, np.int32), large_empty(shape, np.float32)
    for start in range(0, len(queries), _BLOCK):
        block = slice(start, start + _BLOCK)
        help = Help(prepared, _from(count, start, len(queries)) if count else None)
        steps = method.order(queries[block], database, used, help)
        positions[block], scores[block] = yield from relabelled(steps, stage=method.title)
    return positions, scores


def _from(count: Count, start: int, total: int) -> Count:
    """Count for a block of queries that begins at one of all; what is reported are these."""

    def counted(row: int, positions: np.ndarray) -> Generator[Progress, None, np.ndarray]:
        steps = count(start + row, positions)
        if total == 1:
            return (yield from steps)
        return (yield from relabelled(steps, done=start + row, total=total))

    return counted


def _prepare(
    method: AfterSearch, name: str, database: np.ndarray, used: Mapping[str, float], version: str
) -> Generator[Progress, None, Any]:
    key = (version, name, *(used[part] for part in method.prepared_by))
    with _lock:
        if version and key in _prepared:
            _prepared.move_to_end(key)
            return _prepared[key]
    made = yield from relabelled(method.prepare(database, used), stage=method.title)
    if version and 4 * database.size <= _LARGEST:
        with _lock:
            _prepared[key] = made
            while len(_prepared) > _KEPT:
                _prepared.popitem(last=False)
    return made
