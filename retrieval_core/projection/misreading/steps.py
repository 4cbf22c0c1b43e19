"""One run that is stopped sooner or later: is the picture finished?"""

from collections.abc import Generator

from retrieval_core.progress import Progress
from retrieval_core.projection.misreading.measures import KEPT, TRUST, quality
from retrieval_core.projection.misreading.strip import Panel, Sample, Strip, StripKind, turned

STOPS = ((10, 1), (50, 1), (100, 1), (250, 1), (250, 50), (250, 500), (250, 2000))  # early and late iterations


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    usual, panels = (yield from sample.usual()), []
    for early, late in STOPS:
        settings = {"early_iterations": float(early), "iterations": float(late)}
        made = yield from sample.map(settings)
        panels.append(Panel(f"after {early + late:,} steps", turned(made, usual), sample.codes, quality(made), settings))
    return Strip(tuple(panels))


def _says(strip: Strip) -> str:
    first, usual, last = strip.panels[0], strip.panels[-2], strip.panels[-1]
    kept = [f"{panel.title} {panel.figures[KEPT]:.0f} % of the neighbours are kept" for panel in (first, usual, last)]
    trusted = [f"{panel.figures[TRUST]:.2f}" for panel in (first, usual, last)]
    return (f"Shapes that are drawn out or pinched belong to a run that was stopped: {'; '.join(kept)} (trustworthiness "
            f"{trusted[0]}, {trusted[1]}, {trusted[2]}). Every picture is enlarged to the same size. Of the shortest runs the last "
            "step is without the early exaggeration.")  # fmt: skip


STEPS = StripKind("Steps", "“This is what the descriptors look like.”", _make, _says)
