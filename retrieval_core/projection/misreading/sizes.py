"""Two landmarks, one of which is drawn together or apart in descriptor space: does its size on the map tell?"""

from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.maps import compute_map
from retrieval_core.projection.misreading.measures import quality, width
from retrieval_core.projection.misreading.strip import METHOD, SEED, Panel, Sample, Strip, StripKind, between, turned

FACTORS = (0.25, 0.5, 1.0, 2.0)
FEWER = 3  # one in so many of the photographs is left on the last map
TRUE, SEEN, MEMBERS = "wide in truth ×", "wide on the map ×", "photographs ×"  # of the second landmark's


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    if len(sample.landmarks) < 2:
        return Strip(missing="This takes two landmarks with five photographs each.")
    first, second = sample.landmarks[:2]
    rows, others = sample.rows(first), sample.rows(second)
    both = np.concatenate([rows, others])
    usual = yield from compute_map([sample.ids[row] for row in both], sample.matrix[both], METHOD)
    drawn = np.sort(np.random.default_rng(SEED).permutation(len(rows))[: max(2, len(rows) // FEWER)])
    cases = [(f"spread × {factor:g}", np.arange(len(rows)), factor) for factor in FACTORS]
    cases.append((f"1 in {FEWER} of its photographs", drawn, 1.0))
    panels = []
    for title, kept, factor in cases:
        own, other = spread(sample.matrix[rows], factor)[kept], sample.matrix[others]
        chosen = np.concatenate([rows[kept], others])
        made = yield from compute_map([sample.ids[row] for row in chosen], np.concatenate([own, other]), METHOD)
        ours, theirs = made.xy[: len(kept)], made.xy[len(kept) :]
        figures = {TRUE: width(own) / width(other), SEEN: width(ours) / width(theirs), MEMBERS: len(kept) / len(others)}
        panels.append(Panel(title, turned(made, usual), sample.codes[chosen], figures | quality(made)))
    return Strip(tuple(panels), names=(sample.labels[first], sample.labels[second]))


def spread(matrix: np.ndarray, factor: float) -> np.ndarray:
    """Descriptors (N, D) as many times as far from their middle, and of length 1 again."""
    middle = matrix.mean(axis=0)
    moved = middle + factor * (matrix - middle)
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def _says(strip: Strip) -> str:
    own, other = strip.names
    resized, fewer = strip.panels[:-1], strip.panels[-1]
    true, seen = ([panel.figures[name] for panel in resized] for name in (TRUE, SEEN))
    usual = next(panel for panel in resized if panel.title == "spread × 1")
    by = [max(values) / min(values) for values in (true, seen)]
    went = [f"{usual.figures[name]:.2f} to {fewer.figures[name]:.2f}" for name in (SEEN, TRUE)]
    return (f"Drawn together or apart, {own} is {between(true, '{:.2f}')} times as wide as {other} in descriptor space, which is a "
            f"factor of {by[0]:.1f}; on the map {between(seen, '{:.2f}')} times, a factor of {by[1]:.1f}. With 1 in {FEWER} of its "
            f"photographs, spread as before, it goes from {went[0]} times on the map, and from {went[1]} in descriptor "
            "space.")  # fmt: skip


SIZES = StripKind("Sizes of clusters", "“This landmark varies more than that one.”", _make, _says)
