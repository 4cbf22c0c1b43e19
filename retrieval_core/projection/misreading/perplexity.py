"""One set of descriptors under several perplexities: is the number of clusters in the picture one of the photographs?"""

from collections.abc import Generator

from retrieval_core.progress import Progress
from retrieval_core.projection.misreading.measures import KEPT, SEEN, clusters_seen, order_of_landmarks, quality
from retrieval_core.projection.misreading.strip import Panel, Sample, Strip, StripKind, between, bounded, turned

PERPLEXITIES = (2, 5, 30, 50, 100)
TRUE_CLUSTERS = "clusters in descriptor space"


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    usual, panels = (yield from sample.usual()), []
    for value in bounded(PERPLEXITIES, len(sample.ids)):
        settings = {"perplexity": float(value)}
        made = yield from sample.map(settings)
        order = order_of_landmarks(sample.matrix, made.xy, sample.codes, sample.landmarks)
        figures = quality(made) | {SEEN: clusters_seen(made.xy)} | order
        panels.append(Panel(f"perplexity {value}", turned(made, usual), sample.codes, figures, settings))
    facts = {TRUE_CLUSTERS: clusters_seen(sample.matrix), "landmarks": len(sample.landmarks)}
    return Strip(tuple(panels), facts=facts)


def _says(strip: Strip) -> str:
    found, landmarks = strip.facts[TRUE_CLUSTERS], strip.facts["landmarks"]
    there = f", and there are {landmarks:.0f} landmarks" if landmarks else ""
    ends = strip.panels[0], strip.panels[-1]
    kept = "; ".join(f"{panel.title} keeps {panel.figures[KEPT]:.0f} % of the neighbours" for panel in ends)
    return (f"The photographs are the same in all. HDBSCAN sees {between(strip.all(SEEN))} clusters on these maps; among the "
            f"descriptors themselves it finds {found:.0f}{there}. {kept[0].upper()}{kept[1:]}.")  # fmt: skip


PERPLEXITY = StripKind("Perplexity", "“There are so many groups.”", _make, _says)
