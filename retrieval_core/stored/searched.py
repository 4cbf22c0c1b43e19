"""The first photographs that a search engine finds for a descriptor, among those that a filter leaves, and what is said beside them."""

from collections.abc import Generator, Sequence

import numpy as np

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError
from retrieval_core.progress import Progress
from retrieval_core.ranking.filters import among
from retrieval_core.ranking.picture import Picture
from retrieval_core.ranking.search import Ranking
from retrieval_core.ranking.search_index import NOTHING, SearchIndex
from retrieval_core.stored.bins import read_bin
from retrieval_core.stored.engines import chosen_engine, read_measured
from retrieval_core.stored.ranking import order_rows
from retrieval_core.stored.results import Results
from retrieval_core.workspace import Workspace


def filtered(
    workspace: Workspace, dataset: Dataset, ids: Sequence[str], landmark: str = "", unlabelled: bool = False, bin: str = ""
) -> np.ndarray | None:
    """Positions of the photographs in `ids` that pass the filters, as `among` gives them; `bin` is the name of one that is kept."""
    kept = read_bin(workspace, dataset.name, bin).ids if bin else None
    return among(ids, dataset, landmark, unlabelled, kept)


def filter_words(landmark: str = "", unlabelled: bool = False, bin: str = "") -> str:
    """The filters in words; empty where there is none."""
    parts = [f"of {landmark}" if landmark else "", "unlabelled" if unlabelled else "", f"in the bin {bin}" if bin else ""]
    return " and ".join(part for part in parts if part)


def find_first(
    results: Results, index: SearchIndex, rows: np.ndarray, k: int, within: np.ndarray | None, pictures: Sequence[Picture | None],
    query_ids: Sequence[str] = (),
) -> Generator[Progress, None, tuple[np.ndarray, np.ndarray]]:  # fmt: skip
    """The first k photographs for descriptors (Q, D): positions (Q, k) int64, -1 where there are fewer, and scores (Q, k) float32.

    A model that does something after the search ranks everything for that, which an engine that only finds the first can't give:
    RetrievalError.
    """
    if results.preset.after is None:
        return index.search(rows, k, within)
    if not index.exact:
        raise RetrievalError(f"{results.model} orders all photographs anew after the search, and this engine finds only the first. "
                             "Search with exact, or choose the model without that.")  # fmt: skip
    positions, scores = yield from order_rows(results, rows, pictures, query_ids)
    found, values = np.full((len(rows), k), -1, np.int64), np.full((len(rows), k), NOTHING, np.float32)
    for row, places in enumerate(positions):
        kept = np.arange(len(places)) if within is None else np.flatnonzero(np.isin(places, within))
        kept = kept[:k]
        found[row, : len(kept)], values[row, : len(kept)] = places[kept], scores[row, kept]
    return found, values


def first_ranking(name: str, ids: Sequence[str], positions: np.ndarray, scores: np.ndarray) -> Ranking:
    """One row of `find_first` by its ids, without the places where nothing was found."""
    there = positions >= 0
    return Ranking(name, tuple(ids[place] for place in positions[there]), scores[there])


def engine_words(results: Results, engine: str) -> str:
    """What is said beside a ranking: the engine, and how much of the exact answer it was measured to find. Empty for exact search."""
    chosen = chosen_engine(results, engine)
    if chosen.name == "exact":
        return ""
    measured = read_measured(results, chosen)
    if measured is None:
        return f"{engine}, recall not measured"
    return f"{engine}, recall@10 {100 * measured.recall:.1f} %"
