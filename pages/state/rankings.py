"""Rankings for pages: each is made once, by what its model does after the search, and kept as long as its descriptors stay the same."""

import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import streamlit as st

from pages.state import link, loaders
from retrieval_core.datasets.large_arrays import put_away
from retrieval_core.progress import Progress, finished
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.ranked_ids import RankedIds
from retrieval_core.ranking.search import Ranking
from retrieval_core.stored.ranking import order_rows, rank_queries

QUIET = 0.5  # seconds that work may take before a bar tells of it
_EVERY = 0.2  # seconds between two looks of the bar
Made = TypeVar("Made")


@dataclass(frozen=True, eq=False)
class Asked:
    """One thing that is searched for: its descriptor (1, D), its picture, and its id where it is a query of the ground truth."""

    descriptor: np.ndarray
    picture: Picture | None
    query_id: str = ""


def ranking(
    model: str, asked: Callable[[], Asked], key: str, parameters: Mapping[str, float] | None = None
) -> tuple[RankedIds, np.ndarray]:
    """The chosen dataset's photographs in the order of what is asked for: their ids, best first, and scores (N,).

    `asked` makes it, and `key` names it: the same key gives what was computed before. `parameters`: of what is done after the search.
    """
    results = loaders.results(model)

    def steps() -> Generator[Progress, None, tuple[np.ndarray, np.ndarray]]:
        one = asked()
        positions, scores = yield from order_rows(
            results, one.descriptor, [one.picture], [one.query_id] if one.query_id else [], parameters
        )
        return put_away(positions[0]), put_away(scores[0])

    positions, scores = _made((link.get("dataset"), results.run, model, results.version, key, *_listed(parameters)), steps)
    return RankedIds(results.descriptors[0].ids, positions), scores


def descriptor(model: str, asked: Callable[[], Asked], key: str) -> np.ndarray:
    """The descriptor (D,) of what is asked for, described once under its `key` as in `ranking`."""
    results = loaders.results(model)

    def steps() -> Generator[Progress, None, np.ndarray]:
        yield Progress("describe", 0, 1)
        return asked().descriptor[0]

    return _made((link.get("dataset"), results.run, model, results.version, "descriptor", key), steps)


def of_all_queries(model: str, parameters: Mapping[str, float]) -> list[Ranking]:
    """The rankings of all queries of the chosen dataset under a model, with parameters of what it does after the search."""
    results = loaders.results(model)
    key = (link.get("dataset"), results.run, model, results.version, "queries", *_listed(parameters))
    return _made(key, lambda: rank_queries(results, parameters))


def _made(key: tuple, steps: Callable[[], Generator[Progress, None, Made]]) -> Made:
    """What some steps make, and made before under this key; work that is not quick shows a bar."""
    kept = _kept(key)
    if not kept:
        kept.append(_followed(steps()))
    return kept[-1]


def _followed(steps: Generator[Progress, None, Made]) -> Made:
    place, begin, told = st.empty(), time.monotonic(), 0.0

    def tell(step: Progress) -> None:
        nonlocal told
        now = time.monotonic()
        if now - begin > QUIET and now - told > _EVERY:
            told = now
            place.progress(min(1.0, step.done / step.total) if step.total else 0.0, text=f"{step.stage} …")

    made = finished(steps, tell)
    place.empty()
    return made


def _listed(parameters: Mapping[str, float] | None) -> list[tuple[str, float]]:
    return sorted((parameters or {}).items())


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept(key: tuple) -> list:
    """A place for what is made under a key: a bar can't be drawn inside of what is cached."""
    return []
