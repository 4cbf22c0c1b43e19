"""How much of the exact answer a search engine finds, and how long it takes: photographs search for their nearest."""

import ctypes
import gc
from collections.abc import Generator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.ranking.search_index import SearchIndex

if TYPE_CHECKING:
    import pandas as pd

K = 10  # of recall@10
SEARCHED = 200  # photographs that are searched for, spread evenly
_UNTIMED = 3  # searches before the first that is timed
_SAME = 1e-5  # similarities that differ by less are the same, computed in another order


@dataclass(frozen=True)
class Measured:
    """What was measured of an index: recall@10, milliseconds of one search, seconds to build, bytes on disk and in memory.

    `milliseconds`: median and 95 % of them. What a server holds is not known here: None. `machine`: where it was measured.
    """

    recall: float
    milliseconds: tuple[float, float]
    searched: int
    build_seconds: float
    disk: int | None
    memory: int | None
    machine: str


def searched_rows(count: int, most: int = SEARCHED) -> np.ndarray:
    """The rows of so many descriptors that are searched for."""
    return np.unique(np.linspace(0, count - 1, min(most, count)).astype(np.int64))


def nearest_exactly(matrix: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Similarities (Q, K + 1) of some rows of (N, D) to their nearest, themselves among them; -inf where there are fewer."""
    return SearchIndex(matrix).search(np.asarray(matrix[rows], np.float32), K + 1)[1]


def measure_search(
    index: SearchIndex, matrix: np.ndarray, rows: np.ndarray, exactly: np.ndarray
) -> Generator[Progress, None, tuple[float, np.ndarray]]:
    """Search for some rows, one after the other. Returns recall@10 and the milliseconds (Q,) of each search.

    A photograph is not counted for finding itself. One that is found counts where it is as similar as the tenth of `exactly`, as
    `nearest_exactly` gives them: of equal similarities either is right.
    """
    found, wanted, took = 0, 0, np.empty(len(rows))
    for number in range(-min(_UNTIMED, len(rows)), len(rows)):
        query = np.asarray(matrix[rows[number] : rows[number] + 1], np.float32)
        begin = perf_counter()
        positions, similarities = index.search(query, K + 1)
        if number < 0:
            continue
        took[number] = 1000 * (perf_counter() - begin)
        best = np.sort(exactly[number][np.isfinite(exactly[number])])[::-1][1 : K + 1]  # the first is itself, or as similar
        others = similarities[0][(positions[0] >= 0) & (positions[0] != rows[number])][:K]
        wanted += len(best)
        found += min(len(best), int((others >= best[-1] - _SAME).sum())) if len(best) else 0
        yield Progress("search", number + 1, len(rows))
    return found / wanted if wanted else 1.0, took


def anonymous_memory() -> int | None:
    """Bytes that this process holds and the system can't take back, mapped files left out; None where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return None
    return 1024 * int(status.split("RssAnon:")[1].split()[0])


def hand_back_memory() -> None:
    """Give the system back what was freed, where it takes it back: else an index fills what others left, and seems to take nothing."""
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):  # not glibc
        ctypes.CDLL(None).malloc_trim(0)


def size_on_disk(path: Path) -> int:
    """Bytes of a file, or of all files below a folder."""
    return path.stat().st_size if path.is_file() else sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def engine_table(measured: Mapping[tuple[str, str], Measured]) -> "pd.DataFrame":
    """A row for each model and engine: recall@10 (0 to 1), milliseconds of a search, seconds to build, MB on disk and in memory."""
    import pandas as pd  # takes a while to load, and a search does without

    rows = [{
        "model": model, "engine": engine, "recall@10": one.recall, "median ms": one.milliseconds[0], "95 % ms": one.milliseconds[1],
        "build s": one.build_seconds, "MB on disk": _megabytes(one.disk), "MB in memory": _megabytes(one.memory),
    } for (model, engine), one in measured.items()]  # fmt: skip
    return pd.DataFrame(rows).set_index("model")


def _megabytes(size: int | None) -> float:
    return float("nan") if size is None else size / 1e6
