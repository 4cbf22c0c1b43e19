"""Three landmarks whose distances the usual map gets wrong: does a map tell which are near?"""

from collections.abc import Generator
from itertools import combinations, permutations

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.maps import ProjectedMap, compute_map
from retrieval_core.projection.misreading.measures import ORDER, middles, order_of_landmarks, pair_distances, quality
from retrieval_core.projection.misreading.strip import GREY, Line, Panel, Sample, Strip, StripKind, between, bounded, turned

PERPLEXITIES = (5, 30, 100)
SECOND, THIRD = "second distance ×", "third distance ×"  # in lengths of the one that is shortest in truth


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    if len(sample.landmarks) < 3:
        return Strip(missing="This takes three landmarks with five photographs each.")
    usual = yield from sample.usual()
    truth, seen = (middles(points, sample.codes, sample.landmarks) for points in (sample.matrix, usual.xy))
    three = [sample.landmarks[place] for place in most_wrong(truth, seen)]
    panels = []
    for value in bounded(PERPLEXITIES, len(sample.ids)):
        settings = {"perplexity": float(value)}
        made = yield from sample.map(settings)
        panels.append(_panel(f"perplexity {value}", sample, made, usual, three, settings=settings))
    made = yield from compute_map(sample.ids, sample.matrix, "pca")
    panels.append(_panel("PCA", sample, made, usual, three))
    lengths = pair_distances(middles(sample.matrix, sample.codes, three))
    facts = {SECOND: lengths[1] / lengths[0], THIRD: lengths[2] / lengths[0], "landmarks": len(sample.landmarks)}
    facts |= order_of_landmarks(sample.matrix, usual.xy, sample.codes, sample.landmarks)
    return Strip(tuple(panels), tuple(sample.labels[code] for code in three), facts)


def most_wrong(truth: np.ndarray, seen: np.ndarray) -> tuple[int, int, int]:
    """The three of (L, D) middles, and of (L, 2) on a map, of which the map is most wrong.

    The first is nearer to the second than to the third, and on the map it is the other way round, or least the way that it is: of all
    the product of both ratios is the largest.
    """

    def wrong(chosen: tuple[int, ...]) -> float:
        (near, far, _), (near_seen, far_seen, _) = (np.maximum(pair_distances(places[list(chosen)]), 1e-9) for places in (truth, seen))
        return float((far / near) * (near_seen / far_seen)) if near <= far else 0.0

    return max(permutations(range(len(truth)), 3), key=wrong)


def _panel(title: str, sample: Sample, made: ProjectedMap, usual: ProjectedMap, three: list[int], **more) -> Panel:
    xy = turned(made, usual)
    places = middles(xy, sample.codes, three)
    lengths = pair_distances(places)
    lengths = lengths / max(lengths[0], 1e-9)
    lines: list[Line] = [(float(places[a][0]), float(places[a][1]), float(places[b][0]), float(places[b][1]), f"{length:.2f}")
                         for (a, b), length in zip(combinations(range(3), 2), lengths, strict=True)]  # fmt: skip
    codes = np.where(np.isin(sample.codes, three), sample.codes, GREY)
    figures = {SECOND: lengths[1], THIRD: lengths[2]} | order_of_landmarks(sample.matrix, xy, sample.codes, sample.landmarks)
    return Panel(title, xy, codes, figures | quality(made), lines=tuple(lines), **more)


def _says(strip: Strip) -> str:
    first, second, third = strip.names
    t_sne = [panel for panel in strip.panels if panel.title != "PCA"]
    seen = [between([panel.figures[name] for panel in t_sne], "{:.2f}") for name in (SECOND, THIRD)]
    wrong = 100 - strip.facts[ORDER]
    return (f"Of all {strip.facts['landmarks']:.0f} landmarks these are the three that the usual map gets most wrong. In descriptor "
            f"space {first} to {third} is {strip.facts[SECOND]:.2f} times as far as {first} to {second}, and {second} to {third} "
            f"{strip.facts[THIRD]:.2f} times; on the t-SNE maps {seen[0]} and {seen[1]} times. Of all comparisons of two distances "
            f"between landmarks the usual map gets {wrong:.0f} % the wrong way round, where tossing a coin would 50 %.")  # fmt: skip


DISTANCES = StripKind("Distances between clusters", "“These two landmarks are alike, that one is far off.”", _make, _says)
