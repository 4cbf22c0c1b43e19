"""One map with other colours: is it the places that persuade, or the paint?"""

from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.misreading.measures import quality, same_by_chance, same_colour
from retrieval_core.projection.misreading.noise import noise_map, random_vectors
from retrieval_core.projection.misreading.strip import SEED, Panel, Sample, Strip, StripKind, between

SHUFFLES = (1, 2)
PERPLEXITY = 30.0
ON_MAP, IN_SPACE, CHANCE = "own colour near by on the map, %", "in descriptor space, %", "own colour by chance, %"


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    if len(sample.landmarks) < 2 or (sample.codes < 0).any():
        return Strip(missing="This takes labelled photographs: two landmarks with five each.")
    usual = yield from sample.usual()
    panels = [Panel("true labels", usual.xy, sample.codes, _colours(sample.matrix, usual.xy, sample.codes) | quality(usual), {})]
    for seed in SHUFFLES:
        codes = np.random.default_rng(seed).permutation(sample.codes)
        panels.append(Panel(f"labels shuffled, {seed}", usual.xy, codes, _colours(sample.matrix, usual.xy, codes) | quality(usual)))
    vectors = random_vectors(sample.matrix.shape)
    made = yield from noise_map(sample, vectors, PERPLEXITY)
    codes = pieces(made.xy, len(np.unique(sample.codes)))
    panels.append(Panel("noise, painted by place", made.xy, codes, _colours(vectors, made.xy, codes) | quality(made)))
    return Strip(tuple(panels), facts={CHANCE: 100 * same_by_chance(sample.codes)})


def _colours(matrix: np.ndarray, xy: np.ndarray, codes: np.ndarray) -> dict[str, float]:
    return {ON_MAP: 100 * same_colour(xy, codes), IN_SPACE: 100 * same_colour(matrix, codes)}


def pieces(xy: np.ndarray, count: int) -> np.ndarray:
    """Numbers (N,) of `count` pieces that a map (N, 2) is cut into, by k-means."""
    from sklearn.cluster import KMeans

    return KMeans(count, n_init=3, random_state=SEED).fit_predict(xy).astype(np.int64)


def _says(strip: Strip) -> str:
    true, *shuffled, noise = strip.panels
    mixed = between([one.figures[ON_MAP] for one in shuffled])
    return (f"With the true labels {true.figures[ON_MAP]:.0f} % of what lies nearest on the map has a photograph's own colour, and "
            f"{true.figures[IN_SPACE]:.0f} % in descriptor space; shuffled {mixed} %, where chance gives {strip.facts[CHANCE]:.0f} %. "
            f"Noise that is cut into pieces and painted once it lies there has {noise.figures[ON_MAP]:.0f} % on the map, and "
            f"{noise.figures[IN_SPACE]:.0f} % among its vectors. Colours prove something only if they were there "
            "before the map.")  # fmt: skip


LABELS = StripKind("Shuffled labels", "“The colours come apart, so the model knows the landmarks.”", _make, _says)
