"""Layouts of very many descriptors: a sample, the pivots, is laid out, and the rest is placed on it by its nearest pivots.

What is done so far lies in a folder, so that work that was cut off goes on where it stopped. Descriptors may be memory-mapped: they
are read block by block.
"""

from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import numpy as np

from retrieval_core.datasets.array_files import read_arrays, write_arrays
from retrieval_core.progress import Progress
from retrieval_core.projection.maps import METHODS, ProjectedMap, check_vectors, compute_map
from retrieval_core.projection.placement import place
from retrieval_core.projection.quality import map_quality
from retrieval_core.workspace import publish, temporary_name

MOST_WHOLE = 120_000
"""Photographs that are laid out one and all, and sent to a browser at once; of more, pivots are, and the browser is sent tiles."""

PIVOTS = 10_000  # photographs that the method itself lays out, of more than MOST_WHOLE
JUDGED = 1000  # photographs that the quality of such a map is judged by: each is compared with all others
PART = 32_768  # photographs placed between two notes of what is done
_ROWS = 4096  # placed between two reports


def draw_pivots(count: int, pivots: int, seed: int) -> np.ndarray:
    """Which of `count` photographs are pivots: rising numbers (P,) int64, drawn at random."""
    return np.sort(np.random.default_rng(seed).choice(count, min(pivots, count), replace=False))


def compute_pivot_map(
    ids: Sequence[str], matrix: np.ndarray, method: str, parameters: Mapping | None, seed: int, folder: Path, pivots: int = PIVOTS
) -> Generator[Progress, None, ProjectedMap]:
    """Lay out `pivots` of the descriptors (N, D) by a method, place the others among them, and judge the result.

    A photograph that is no pivot lies in the middle of the places of its nearest pivots in descriptor space: see `place`. The same
    arguments give the same layout on the same machine, also if it was cut off in between: `folder` holds what is done so far of
    exactly these arguments. Returns (as a generator does) the ProjectedMap; its `pivots` says how many were laid out.
    Raises RetrievalError as `compute_map` and `place` do.
    """
    check_vectors(matrix)
    title, total = METHODS[method].title, len(matrix)
    chosen = draw_pivots(total, pivots, seed)
    rows = np.asarray(matrix[chosen], np.float32)
    laid_out = folder / "pivots.safetensors"
    if not laid_out.exists():
        made = yield from compute_map([ids[row] for row in chosen], rows, method, parameters, seed)
        _keep(laid_out, made.xy, {"parameters": made.parameters})
    arrays, about = read_arrays(laid_out)
    places, xy = np.array(arrays["xy"]), np.empty((total, 2), np.float32)
    for start in range(0, total, PART):
        file, end = folder / f"placed-{start}.safetensors", min(start + PART, total)
        if not file.exists():
            part = np.empty((end - start, 2), np.float32)
            for first in range(start, end, _ROWS):
                yield Progress(title, first, total, f"placing by the nearest of {len(chosen):,} pivots")
                last = min(first + _ROWS, end)
                part[first - start : last - start] = place(rows, places, matrix[first:last])
            _keep(file, part, {})
        xy[start:end] = read_arrays(file)[0]["xy"]
    xy[chosen] = places
    yield Progress(title, total, total, "measuring quality")
    quality, overlap = map_quality(matrix, xy, seed, most=JUDGED)
    return ProjectedMap(tuple(ids), xy, method, about["parameters"], seed, quality, overlap, len(chosen))


def _keep(file: Path, xy: np.ndarray, about: dict) -> None:
    temporary = temporary_name(file)
    try:
        write_arrays(temporary, {"xy": xy}, about)
        publish(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)
