"""Ids of a dataset's photographs as one object for all that is stored of them: a million names take a hundred megabytes."""

from collections.abc import Mapping
from functools import lru_cache

MOST = 8  # lists of ids that are kept, as many as open datasets


@lru_cache(maxsize=MOST)
def row_numbers(ids: tuple[str, ...]) -> Mapping[str, int]:
    """The row of each id, made once for all models of a dataset."""
    return {name: row for row, name in enumerate(ids)}


@lru_cache(maxsize=MOST)
def shared_ids(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The same ids: the object that was given first of all that are equal."""
    return ids
