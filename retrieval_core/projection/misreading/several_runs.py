"""Several runs of the same descriptors: is what they agree on true, and what they differ in wrong?"""

from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.maps import ProjectedMap, resolve_parameters
from retrieval_core.projection.misreading.measures import ORDER, order_of_landmarks, quality, shared_neighbours
from retrieval_core.projection.misreading.strip import METHOD, Panel, Sample, Strip, StripKind, between, turned
from retrieval_core.projection.pca import principal_components
from retrieval_core.projection.quality import map_quality
from retrieval_core.projection.tsne import place_from

SEEDS = (0, 1)  # of maps that start on the principal components, as all maps of the page Map do
RANDOM_SEEDS = (1, 2, 3)  # of maps that start anywhere
SHARED, MOVED = "neighbours as on the first map, %", "moved, % of the map's width"
_SPREAD = 1e-4  # of a start, as t-SNE wants it


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    usual, panels = (yield from sample.usual()), []
    for seed in SEEDS:
        made = yield from sample.map(None, seed)
        panels.append(_panel(f"seed {seed}", sample, made, usual, settings={}, seed=seed))
    for seed in RANDOM_SEEDS:
        made = yield from random_start(sample, seed)
        panels.append(_panel(f"random start {seed}", sample, made, usual))
    return Strip(tuple(panels))


def random_start(sample: Sample, seed: int) -> Generator[Progress, None, ProjectedMap]:
    """The usual t-SNE of a sample, but from places that are drawn at random."""
    used = resolve_parameters(METHOD, None, *sample.matrix.shape)
    coordinates = principal_components(sample.matrix, int(used["components"]), 0)
    start = np.random.default_rng(seed).normal(scale=_SPREAD, size=(len(sample.ids), 2))
    xy = yield from place_from(coordinates, start, used, seed)
    judged, overlap = map_quality(sample.matrix, xy)
    return ProjectedMap(sample.ids, xy, METHOD, used, seed, judged, overlap)


def _panel(title: str, sample: Sample, made: ProjectedMap, usual: ProjectedMap, **more) -> Panel:
    figures = quality(made) | {SHARED: 100 * shared_neighbours(made.xy, usual.xy)}
    figures |= order_of_landmarks(sample.matrix, made.xy, sample.codes, sample.landmarks)
    xy = turned(made, usual)
    figures[MOVED] = 100 * float(np.linalg.norm(xy - usual.xy, axis=1).mean() / np.ptp(usual.xy, axis=0).max())
    return Panel(title, xy, sample.codes, figures, **more)


def _says(strip: Strip) -> str:
    again, drawn = strip.panels[1].figures, [panel.figures for panel in strip.panels[len(SEEDS) :]]
    every = [again, *drawn]
    orders = [figures[ORDER] for figures in every if ORDER in figures]
    far = (f" What runs agree on need not be true: they put {between([100 - order for order in orders])} % of the comparisons of two "
           "distances between landmarks the wrong way round.") if orders else ""  # fmt: skip
    moved, shared = between([one[MOVED] for one in drawn]), between([one[SHARED] for one in every])
    return (f"Maps start on the first two principal components here. With another seed a photograph moves by {again[MOVED]:.0f} % of "
            f"the map's width on the mean, once the map is turned back; from random starts by {moved} %. Of its neighbours {shared} % "
            f"stay.{far}")  # fmt: skip


SEVERAL_RUNS = StripKind("Several runs", "“It comes out the same every time, so it is true.”", _make, _says)
