"""Search engines of faiss: all compared by its kernels (flat), an inverted file of product codes (IVF-PQ), a graph (HNSW).

Sources: Jégou, Douze and Schmid, "Product quantization for nearest neighbor search", TPAMI 2011; Malkov and Yashunin, "Efficient and
robust approximate nearest neighbor search using hierarchical navigable small world graphs", TPAMI 2020; Douze et al., "The Faiss
library", 2024; faiss's wiki, "Guidelines to choose an index" and "Faiss indexes". Of few photographs there are fewer lists and centres.
"""

import math
import time
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from retrieval_core.errors import RetrievalError, room_needed
from retrieval_core.progress import Progress
from retrieval_core.ranking.search_index import Chosen, Engine, SearchIndex, batches
from retrieval_core.workspace import publish, temporary_name

BATCH = 8192  # descriptors inserted at a time
KEPT_EVERY = 5.0  # seconds after which what is inserted is written down, at least
A_CENTRE = 39  # descriptors that a centre should be learnt from, as faiss advises
MOST_LEARNT = 131_072  # descriptors that an index learns from, unless its centres need more
MOST_LISTS = 65_536
PART_VISITED = 16  # of so many lists one is looked into, where nobody says how many
_FILE = "index.faiss"
_INSTALL = "pip install faiss-cpu"

Make = Callable[[np.ndarray, Chosen], Any]
"""An empty index for descriptors (N, D), that has learnt from them what it has to learn."""

SearchWith = Callable[[Any, Any, Chosen, int, Any], Any]
"""For faiss, an index, what was chosen, how many candidates and a selector of some rows or None: faiss's parameters of that search."""


def _build(make: Make, matrix: np.ndarray, folder: Path, chosen: Chosen, version: str) -> Generator[Progress, None, Path]:
    """Insert all descriptors; what was inserted before a kill is there, since it was written down in between.

    A row is inserted once: the rows are taken in their order, and an index knows how many it has.
    """
    import faiss

    file = folder / _FILE
    if (index := _half_done(file, matrix)) is None:
        yield Progress("learn", 0, 1, f"{chosen.name} learns from the descriptors")
        _write(faiss, index := make(matrix, chosen), file)
    written, took = time.monotonic(), 0.0
    for block in batches(index.ntotal, len(matrix), BATCH):
        yield Progress("insert", block.start, len(matrix))
        index.add(np.ascontiguousarray(matrix[block], np.float32))
        if time.monotonic() - written > max(KEPT_EVERY, 10 * took):  # a large file takes its time, but a tenth of the whole at most
            begin = time.monotonic()
            _write(faiss, index, file)
            written, took = time.monotonic(), time.monotonic() - begin
    _write(faiss, index, file)
    yield Progress("insert", len(matrix), len(matrix))
    return file


def _half_done(file: Path, matrix: np.ndarray) -> Any:
    """What an earlier build wrote down; None where there is nothing of use."""
    import faiss

    if not file.exists():
        return None
    try:
        index = faiss.read_index(str(file))
    except RuntimeError:
        return None
    return index if index.d == matrix.shape[1] and index.ntotal <= len(matrix) else None


def _write(faiss: Any, index: Any, file: Path) -> None:
    temporary = temporary_name(file)
    with room_needed(file):
        try:
            faiss.write_index(index, str(temporary))
            publish(temporary, file)
        finally:
            temporary.unlink(missing_ok=True)


def _opened(search_with: SearchWith, matrix: np.ndarray, path: Path | None, chosen: Chosen) -> SearchIndex:
    """An index that was built."""
    import faiss

    try:
        index = faiss.read_index(str(path))
    except RuntimeError as error:
        raise RetrievalError(f"{path} is no index that this version of faiss reads ({error}). Build it again.") from error

    def find(queries: np.ndarray, k: int, among: np.ndarray | None) -> np.ndarray:
        selector = None if among is None else faiss.IDSelectorBatch(among)
        return index.search(queries, k, params=search_with(faiss, index, chosen, k, selector))[1]

    return SearchIndex(matrix, find, exact=False, wider=int(chosen.parameters["wider"]))


def _open_flat(matrix: np.ndarray, path: Path | None, chosen: Chosen) -> SearchIndex:
    import faiss

    def find(queries: np.ndarray, k: int, among: np.ndarray | None) -> np.ndarray:
        heap = faiss.ResultHeap(len(queries), k, keep_max=True)
        for block in batches(0, len(matrix if among is None else among), 8 * BATCH):
            rows = np.ascontiguousarray(matrix[block if among is None else among[block]], np.float32)
            scores, places = faiss.knn(queries, rows, min(k, len(rows)), faiss.METRIC_INNER_PRODUCT)
            heap.add_result(scores, places + block.start if among is None else among[places + block.start])
        heap.finalize()
        return heap.I

    return SearchIndex(matrix, find)


def usual_lists(count: int) -> int:
    """Lists of an inverted file of so many photographs: 4 √N, so that to find the nearest costs about what looking into them does.

    The least that faiss's wiki advises (4 √N to 16 √N), since to learn more and to insert among them takes longer.

    >>> usual_lists(1_000_000)
    4000
    """
    return min(MOST_LISTS, 4 * math.isqrt(count))


def _make_ivfpq(matrix: np.ndarray, chosen: Chosen) -> Any:
    import faiss

    count, width = matrix.shape
    lists = max(1, min(int(chosen.parameters["lists"]) or usual_lists(count), count // A_CENTRE))
    parts = next(parts for parts in range(min(int(chosen.parameters["parts"]), width), 0, -1) if width % parts == 0)
    bits = min(8, max(1, count.bit_length() - 1))
    index = faiss.IndexIVFPQ(faiss.IndexFlatIP(width), width, lists, parts, bits, faiss.METRIC_INNER_PRODUCT)
    index.cp.min_points_per_centroid = index.pq.cp.min_points_per_centroid = 1  # fewer than it advises are said to nobody
    learnt = min(count, max(MOST_LEARNT, A_CENTRE * lists))
    rows = np.sort(np.random.default_rng(0).choice(count, learnt, replace=False))
    index.train(np.ascontiguousarray(matrix[np.resize(rows, max(2, learnt))], np.float32))  # codes of one bit have two centres
    return index


def _make_hnsw(matrix: np.ndarray, chosen: Chosen) -> Any:
    import faiss

    index = faiss.IndexHNSWFlat(matrix.shape[1], int(chosen.parameters["links"]), faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = int(chosen.parameters["construction"])
    return index


def _search_ivfpq(faiss: Any, index: Any, chosen: Chosen, k: int, selector: Any) -> Any:
    visited = int(chosen.parameters["visited"]) or -(-index.nlist // PART_VISITED)
    return faiss.SearchParametersIVF(nprobe=visited, **_only(selector))


def _search_hnsw(faiss: Any, index: Any, chosen: Chosen, k: int, selector: Any) -> Any:
    return faiss.SearchParametersHNSW(efSearch=max(k, int(chosen.parameters["ef"])), **_only(selector))


def _only(selector: Any) -> dict[str, Any]:
    return {} if selector is None else {"sel": selector}


_WIDER = (1, 1000)
FLAT = Engine("faiss flat", {}, {}, exact=True, open=_open_flat, package="faiss", install=_INSTALL)
IVFPQ = Engine(
    "faiss IVF-PQ", {"lists": 0, "parts": 64, "visited": 0, "wider": 20},
    {"lists": (0, MOST_LISTS), "parts": (1, 4096), "visited": (0, MOST_LISTS), "wider": _WIDER}, exact=False,
    open=partial(_opened, _search_ivfpq), build=partial(_build, _make_ivfpq), searched=("visited", "wider"), package="faiss",
    install=_INSTALL,
)  # fmt: skip
"""lists: into which descriptors fall, 0: `usual_lists`; parts: codes of a descriptor, a byte each; visited: lists that are looked into,
0: one of PART_VISITED; wider: of so many times as many candidates the best are kept, by their descriptors."""
HNSW = Engine(
    "faiss HNSW", {"links": 32, "construction": 100, "ef": 128, "wider": 1},
    {"links": (2, 512), "construction": (4, 4096), "ef": (1, 65536), "wider": _WIDER}, exact=False,
    open=partial(_opened, _search_hnsw), build=partial(_build, _make_hnsw), searched=("ef", "wider"), package="faiss",
    install=_INSTALL,
)  # fmt: skip
"""links: of a photograph to near ones; construction and ef: how many candidates are kept while one is inserted and searched for."""
