"""Layouts: a place in the plane for every descriptor, and everything it takes to make the same one again."""

import re
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from retrieval_core.datasets.large_arrays import all_finite
from retrieval_core.descriptors.word_sets import are_sets
from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.progress import Progress
from retrieval_core.projection.method import Method
from retrieval_core.projection.pacmap import PACMAP
from retrieval_core.projection.pca import PCA, principal_components
from retrieval_core.projection.quality import map_quality
from retrieval_core.projection.tsne import TSNE
from retrieval_core.projection.umap import UMAP

METHODS: dict[str, Method] = {"tsne": TSNE, "umap": UMAP, "pca": PCA, "pacmap": PACMAP}

# The practical gives scikit-learn 300 iterations in all, of which that spends up to 250 on early exaggeration.
NAMED_SETTINGS = {
    "the practical's setting": (
        "tsne", {"components": 100, "perplexity": 40.0, "early_iterations": 250, "iterations": 50},
    ),
}  # fmt: skip
"""Settings with a name: a method and what differs from its defaults."""

NO_MAP = ("ASMK has no vector: no map. It makes a set of visual words of a photograph, which has a similarity to others and no place "
          "among them. Its rankings and galleries are on the page Query; for a map choose another aggregation.")  # fmt: skip

FEWEST = 4  # points below which no method says anything

HIGHEST_SEED = 2**31 - 1  # PaCMAP takes no larger one


@dataclass(frozen=True, eq=False)
class ProjectedMap:
    """Places (N, 2) float32 of the images `ids`, row for row.

    `method`, `parameters` (complete, as used) and `seed` make the same layout again from the same descriptors;
    `quality` holds trustworthiness and knn_overlap, with the size of a neighbourhood and the number of points judged;
    `overlap` (N,) float32 the share of each point's neighbours that the layout keeps, NaN where it was not judged.
    `pivots`: how many were laid out where the others were placed among them (see pivots.py); None where all were.
    """

    ids: tuple[str, ...]
    xy: np.ndarray
    method: str
    parameters: dict
    seed: int
    quality: dict
    overlap: np.ndarray
    pivots: int | None = None


def resolve_parameters(method: str, parameters: Mapping | None, count: int, width: int) -> dict:
    """All parameters of a method as they are used on `count` descriptors of `width` dimensions.

    Defaults fill in what is not given. What few points can't bear is lowered: components to what there is, others as the
    method's `fit` says. Raises RetrievalError for an unknown method or parameter, a value out of bounds or of the wrong
    type, and fewer than FEWEST points.
    """
    check_choice("projection", method, METHODS)
    used = METHODS[method].fill_in(parameters or {})
    if count < FEWEST:
        raise RetrievalError(f"A map takes at least {FEWEST} photographs, and there are {count}. Choose more of them.")
    if "components" in used:
        used["components"] = min(used["components"], count, width)
    return METHODS[method].fit(used, count)


def check_map_seed(seed: int) -> int:
    """Return a seed that every projection takes; RetrievalError with the range for another."""
    if not 0 <= seed <= HIGHEST_SEED:
        raise RetrievalError(f"The seed {seed} is out of range. Give a map a whole number from 0 to {HIGHEST_SEED}.")
    return seed


def read_map_seed(text: str) -> int:
    """The seed of a map from a text; empty is 0. RetrievalError with the range for what is no whole number, or out of it."""
    if not re.fullmatch("[0-9]*", text):
        raise RetrievalError(f"The seed {text[:40]!r} is no whole number from 0 to {HIGHEST_SEED}. Write seed=0 for the usual map.")
    return check_map_seed(int(text[:20] or 0))


def check_vectors(matrix: np.ndarray) -> None:
    """Raise a RetrievalError where rows are sets of words: a map takes vectors."""
    if are_sets(matrix):
        raise RetrievalError(NO_MAP)


def compute_map(
    ids: Sequence[str], matrix: np.ndarray, method: str, parameters: Mapping | None = None, seed: int = 0
) -> Generator[Progress, None, ProjectedMap]:
    """Lay out descriptors (N, D) with rows of length 1, so that near points are similar; judge the result.

    The same arguments give the same layout on the same machine. Returns (as a generator does) the ProjectedMap.
    Raises RetrievalError as `resolve_parameters` does, for sets of words, for a seed out of range, and if a descriptor is not finite.
    """
    check_vectors(matrix)
    used = resolve_parameters(method, parameters, *matrix.shape)
    check_map_seed(seed)
    if not all_finite(matrix):
        raise RetrievalError("A descriptor holds values that are not finite. Extract the descriptors again.")
    chosen = METHODS[method]
    yield Progress(chosen.title, 0, 1, "finding principal components")
    coordinates = principal_components(matrix, used.get("components", min(2, *matrix.shape)), seed)
    xy = yield from chosen.place(coordinates, used, seed)
    yield Progress(chosen.title, 1, 1, "measuring quality")
    quality, overlap = map_quality(matrix, xy, seed)
    return ProjectedMap(tuple(ids), xy, method, used, seed, quality, overlap)
