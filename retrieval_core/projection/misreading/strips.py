"""All ways to misread t-SNE that are shown, in their order, and the photographs that they are shown on."""

from typing import TYPE_CHECKING

import numpy as np

from retrieval_core.datasets.types import Dataset
from retrieval_core.descriptors.matrix import Descriptors
from retrieval_core.evaluation.clusters import label_codes
from retrieval_core.projection.misreading.distances import DISTANCES
from retrieval_core.projection.misreading.labels import LABELS
from retrieval_core.projection.misreading.noise import NOISE
from retrieval_core.projection.misreading.perplexity import PERPLEXITY
from retrieval_core.projection.misreading.several_runs import SEVERAL_RUNS
from retrieval_core.projection.misreading.sizes import SIZES
from retrieval_core.projection.misreading.steps import STEPS
from retrieval_core.projection.misreading.strip import FEWEST_MEMBERS, MOST, SEED, Sample, Strip, StripKind

if TYPE_CHECKING:
    import pandas as pd

STRIPS: dict[str, StripKind] = {
    "perplexity": PERPLEXITY, "steps": STEPS, "sizes": SIZES, "distances": DISTANCES, "noise": NOISE, "runs": SEVERAL_RUNS,
    "labels": LABELS,
}  # fmt: skip
STANDING = "Distances between clusters mean nothing, and neither do their sizes."


def draw_sample(dataset: Dataset, descriptors: Descriptors) -> Sample:
    """The labelled photographs of a dataset where two landmarks have some, else all; at most MOST of them, drawn with SEED."""
    codes = label_codes(dataset)
    large = np.bincount(codes[codes >= 0], minlength=1) >= FEWEST_MEMBERS
    subset = "labelled" if large.sum() >= 2 else "all"
    rows = np.flatnonzero(codes >= 0) if subset == "labelled" else np.arange(len(codes))
    kept = rows if len(rows) <= MOST else np.sort(np.random.default_rng(SEED).choice(rows, MOST, replace=False))
    ids = tuple(dataset.images[row].id for row in kept)
    return Sample(ids, np.asarray(descriptors.rows(ids)), codes[kept], dataset.labels, subset, len(rows))


def strip_table(strip: Strip) -> "pd.DataFrame":
    """The figures of a strip: a row a map, and above them what is true in descriptor space, where a figure is one of it."""
    import pandas as pd

    rows = {panel.title: panel.figures for panel in strip.panels}
    true = {name: value for name, value in strip.facts.items() if any(name in panel.figures for panel in strip.panels)}
    return pd.DataFrame.from_dict(({"in descriptor space": true} if true else {}) | rows, orient="index").rename_axis("map")
