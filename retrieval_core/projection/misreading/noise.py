"""Vectors that were drawn at random: does one see clusters where there are none?"""

from collections.abc import Generator

import numpy as np

from retrieval_core.progress import Progress
from retrieval_core.projection.maps import ProjectedMap, compute_map
from retrieval_core.projection.misreading.measures import SEEN, TRUST, clusters_seen, quality
from retrieval_core.projection.misreading.strip import GREY, METHOD, SEED, Panel, Sample, Strip, StripKind, between, bounded

PERPLEXITIES = (2, 5, 30, 100)
OF_PHOTOGRAPHS = "trustworthiness of the photographs"


def random_vectors(shape: tuple[int, ...]) -> np.ndarray:
    """Gaussian vectors of a shape (N, D), of length 1."""
    drawn = np.random.default_rng(SEED).standard_normal(shape, np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def noise_map(sample: Sample, vectors: np.ndarray, perplexity: float) -> Generator[Progress, None, ProjectedMap]:
    """The t-SNE of vectors in the place of a sample's descriptors."""
    return (yield from compute_map(sample.ids, vectors, METHOD, {"perplexity": perplexity}))


def _make(sample: Sample) -> Generator[Progress, None, Strip]:
    usual = yield from sample.usual()
    vectors, grey, panels = random_vectors(sample.matrix.shape), np.full(len(sample.ids), GREY), []
    for value in bounded(PERPLEXITIES, len(sample.ids)):
        made = yield from noise_map(sample, vectors, float(value))
        panels.append(Panel(f"noise, perplexity {value}", made.xy, grey, quality(made) | {SEEN: clusters_seen(made.xy)}))
    return Strip(tuple(panels), facts={OF_PHOTOGRAPHS: usual.quality[TRUST]})


def _says(strip: Strip) -> str:
    return ("As many random vectors as photographs, of as many dimensions, each drawn by itself: no two belong together. HDBSCAN "
            f"sees {between(strip.all(SEEN))} clusters on these maps all the same. Their trustworthiness is "
            f"{between(strip.all(TRUST), '{:.2f}')}, that of the photographs' usual map "
            f"{strip.facts[OF_PHOTOGRAPHS]:.2f}.")  # fmt: skip


NOISE = StripKind("Noise", "“There is structure in it.”", _make, _says)
