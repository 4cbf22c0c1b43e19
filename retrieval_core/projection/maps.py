"""Layouts: a place in the plane for every descriptor, and everything it takes to make the same one again."""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.progress import Progress
from retrieval_core.projection.pacmap import pacmap
from retrieval_core.projection.pca import principal_components
from retrieval_core.projection.quality import map_quality
from retrieval_core.projection.tsne import tsne
from retrieval_core.projection.umap import umap

METHODS: dict[str, dict[str, float]] = {
    "tsne": {
        "components": 50,  # principal components that the distances are taken from
        "perplexity": 30.0,  # how many neighbours a point looks at, softly counted
        "early_exaggeration": 12.0,  # attraction during the early iterations
        "early_iterations": 250,
        "iterations": 500,  # after the early ones
    },
    "umap": {
        "components": 50,
        "neighbours": 15,  # how many neighbours a point holds on to, itself counted
        "minimum_distance": 0.1,  # how tightly points may be packed
        "epochs": 300,
    },
    "pca": {},
    "pacmap": {
        "components": 50,
        "neighbours": 10,
        "near_pairs": 0.5,  # pairs of middling distance per neighbour
        "far_pairs": 2.0,  # pairs of random points per neighbour
        "iterations": 450,
    },
}
"""Methods and the default values of their parameters."""

TITLES = {"tsne": "t-SNE", "umap": "UMAP", "pca": "PCA", "pacmap": "PaCMAP"}

# The practical gives scikit-learn 300 iterations in all, of which that spends up to 250 on early exaggeration.
NAMED_SETTINGS = {
    "the practical's setting": (
        "tsne", {"components": 100, "perplexity": 40.0, "early_iterations": 250, "iterations": 50},
    ),
}  # fmt: skip
"""Settings with a name: a method and what differs from its defaults."""

FEWEST = 4  # points below which no method says anything

_LOWEST = {"minimum_distance": 0.0, "early_iterations": 0, "neighbours": 2, "components": 2, "near_pairs": 0.0}  # otherwise 1
_HIGHEST = {"minimum_distance": 1.0}


@dataclass(frozen=True, eq=False)
class ProjectedMap:
    """Places (N, 2) float32 of the images `ids`, row for row.

    `method`, `parameters` (complete, as used) and `seed` make the same layout again from the same descriptors;
    `quality` holds trustworthiness and knn_overlap, with the size of a neighbourhood and the number of points judged;
    `overlap` (N,) float32 the share of each point's neighbours that the layout keeps, NaN where it was not judged.
    """

    ids: tuple[str, ...]
    xy: np.ndarray
    method: str
    parameters: dict
    seed: int
    quality: dict
    overlap: np.ndarray


def read_parameters(text: str) -> dict[str, float]:
    """Parameters written as in "perplexity=40,iterations=200"; RetrievalError for a part that is not name=number."""
    found = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            found[name.strip()] = int(value) if value.strip().isdigit() else float(value)
        except ValueError:
            raise RetrievalError(f"The setting {part!r} is not name=number. Write it as in perplexity=40, or leave it out.") from None
    return found


def resolve_parameters(method: str, parameters: Mapping | None, count: int, width: int) -> dict:
    """All parameters of a method as they are used on `count` descriptors of `width` dimensions.

    Defaults fill in what is not given. What few points can't bear is lowered: components to what there is, t-SNE's
    perplexity to a third of the other points, UMAP's neighbours to the number of points.
    Raises RetrievalError for an unknown method or parameter, or a value that is out of range or of the wrong type.
    """
    check_choice("projection", method, METHODS)
    defaults = METHODS[method]
    for name, value in (parameters or {}).items():
        check_choice(f"parameter of {TITLES[method]}", name, defaults)
        whole = isinstance(defaults[name], int)
        lowest, highest = _LOWEST.get(name, 1), _HIGHEST.get(name, float("inf"))
        if (method, name) == ("pacmap", "iterations"):
            lowest = 201  # its first two phases take 200
        right_type = isinstance(value, Real) and not isinstance(value, bool) and (not whole or value == int(value))
        if not right_type or not lowest <= value <= highest or value == float("inf"):
            kind = "a whole number" if whole else "a number"
            most = f" and at most {highest}" if name in _HIGHEST else ""
            raise RetrievalError(f"{name} of {TITLES[method]} must be {kind} of at least {lowest}{most}, not {value!r}.")
    if count < FEWEST:
        raise RetrievalError(f"A map takes at least {FEWEST} photographs, and there are {count}. Choose more of them.")
    used = {name: type(default)((parameters or {}).get(name, default)) for name, default in defaults.items()}
    if "components" in used:
        used["components"] = min(used["components"], count, width)
    if "perplexity" in used:
        used["perplexity"] = min(used["perplexity"], float((count - 1) // 3))
    if "neighbours" in used:
        used["neighbours"] = min(used["neighbours"], count if method == "umap" else count - 1)
    return used


def compute_map(
    ids: Sequence[str], matrix: np.ndarray, method: str, parameters: Mapping | None = None, seed: int = 0
) -> Generator[Progress, None, ProjectedMap]:
    """Lay out descriptors (N, D) with rows of length 1, so that near points are similar; judge the result.

    The same arguments give the same layout on the same machine. Returns (as a generator does) the ProjectedMap.
    Raises RetrievalError as `resolve_parameters` does, or if a descriptor is not finite.
    """
    used = resolve_parameters(method, parameters, *matrix.shape)
    if not np.isfinite(matrix).all():
        raise RetrievalError("A descriptor holds values that are not finite. Extract the descriptors again.")
    yield Progress(TITLES[method], 0, 1, "finding principal components")
    coordinates = principal_components(matrix, used.get("components", 2), seed)
    if method == "tsne":
        xy = yield from tsne(coordinates, used, seed)
    elif method == "umap":
        xy = yield from umap(coordinates, used, seed)
    elif method == "pacmap":
        xy = yield from pacmap(coordinates, used, seed)
    else:
        xy = coordinates
    yield Progress(TITLES[method], 1, 1, "measuring quality")
    quality, overlap = map_quality(matrix, xy, seed)
    return ProjectedMap(tuple(ids), xy, method, used, seed, quality, overlap)
