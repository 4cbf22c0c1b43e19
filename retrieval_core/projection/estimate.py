"""How long a projection will take, so that a person can be told before it is begun."""

from collections.abc import Mapping

from retrieval_core.errors import check_choice
from retrieval_core.projection.maps import METHODS
from retrieval_core.projection.quality import MAX_ROWS
from retrieval_core.projection.tsne import EXACT_UP_TO

# Fitted on a 2-core laptop-class CPU to 1,000, 5,000 and 20,000 synthetic points of 512 dimensions, PCA and quality also to
# 2048. The formula is within about 20 % of those from 5,000 points; below, it is half a second or so too long.
_LOADING = {"umap": 4.0}  # seconds, the first time in a process
_LOADING_OTHERS = 1.0
_PCA = 1e-8  # a point and dimension; as much again for every 25 components
_SEARCH = 5e-9  # a pair of points
_QUALITY = (6.5e-9, 1.6e-11)  # a judged pair of points; more for each of its dimensions
_TSNE_EXACT = (1.3e-10, 1.2e-8)  # a pair of points and iteration; more, a point, iteration and unit of perplexity
_TSNE_ATTRACTION = 2.6e-8  # on the grid: a point, iteration and unit of perplexity
_TSNE_EARLY = 1.2e-7  # more, a point and early iteration
_TSNE_GRID = 1.6e-4  # a later iteration and root of the points: the map, and the grid over it, grows with them
_UMAP = (1e-6, 1.5e-8)  # a point and epoch; more for each neighbour
_PACMAP_PAIRS = 5.7e-9  # a pair and iteration
_PACMAP_SETUP = 7e-5  # a point


def estimated_seconds(method: str, count: int, width: int, parameters: Mapping | None = None) -> float:
    """Seconds that `compute_map` takes on `count` descriptors of `width` dimensions, roughly.

    `parameters` as for `resolve_parameters`; defaults fill in what is not given. It counts the loading of the libraries
    and the judging of the layout. Raises RetrievalError for an unknown method.
    """
    check_choice("projection", method, METHODS)
    used = METHODS[method] | dict(parameters or {})
    per_pair = _QUALITY[0] + _QUALITY[1] * width
    common = _LOADING.get(method, _LOADING_OTHERS) + min(count, MAX_ROWS) * count * per_pair
    common += _PCA * count * width * (1 + used.get("components", 2) / 25)
    return common + _placing(method, count, used)


def _placing(method: str, count: int, used: Mapping) -> float:
    """Seconds from principal components to places."""
    if method == "tsne":
        if count <= EXACT_UP_TO:
            iteration = count * (_TSNE_EXACT[0] * count + _TSNE_EXACT[1] * used["perplexity"])
            return _SEARCH * count**2 + iteration * (used["early_iterations"] + used["iterations"])
        attraction = _TSNE_ATTRACTION * count * used["perplexity"]
        early = used["early_iterations"] * (attraction + _TSNE_EARLY * count)
        return _SEARCH * count**2 + early + used["iterations"] * (attraction + _TSNE_GRID * count**0.5)
    if method == "umap":
        return _SEARCH * count**2 + used["epochs"] * count * (_UMAP[0] + _UMAP[1] * used["neighbours"])
    if method == "pacmap":
        pairs = used["neighbours"] * (1 + used["near_pairs"] + used["far_pairs"]) * count
        return _PACMAP_SETUP * count + _PACMAP_PAIRS * pairs * used["iterations"]
    return 0.0
