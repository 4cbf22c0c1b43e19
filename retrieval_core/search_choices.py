"""What can be chosen of a model at search time, without training anew, and is written behind its key, as in 1d-ms-pca."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class SearchChoice:
    """One thing that can be chosen at search time: the field of the preset that it sets, to what, and its words."""

    field: str
    value: object
    title: str
    kept: int | None = None  # dimensions that a whitening keeps; None: all


@dataclass(frozen=True)
class AggregationAbout:
    """What is known of an aggregation without its code, which needs torch: `descriptors/aggregation/` has that."""

    title: str
    learns: bool = False  # a vocabulary, from the training landmarks
    sets: bool = False  # whether it makes a set of visual words instead of a vector
    dim: Callable[[int], int] = lambda channels: channels  # of its descriptor, or a word's code, from the channels of the map


CLUSTERS = 64  # of VLAD and NetVLAD, as in Arandjelović et al., "NetVLAD", CVPR 2016
MIXTURES = 32  # of the Fisher vector
LOCAL = 64  # dimensions of a position's vector before the Fisher vector
WORDS = 1000  # of the bag of words and of ASMK; 25,000 and 65,536 in the papers, whose training sets are as much larger
CODE = 128  # bits of a word's code in ASMK, as in Tolias et al., ECCV 2020

KEPT = (8, 16, 32, 64, 128, 256, 512, 1024)  # dimensions that a whitening may keep

AGGREGATIONS = {
    "gem": AggregationAbout("GeM, p = 3"),
    "mac": AggregationAbout("MAC"),
    "mean": AggregationAbout("mean"),
    "spoc": AggregationAbout("SPoC"),
    "crow": AggregationAbout("CroW"),
    "rmac": AggregationAbout("R-MAC"),
    "vlad": AggregationAbout("VLAD", True, dim=lambda channels: CLUSTERS * channels),
    "netvlad": AggregationAbout("NetVLAD", True, dim=lambda channels: CLUSTERS * channels),
    "fisher": AggregationAbout("Fisher vector", True, dim=lambda channels: 2 * MIXTURES * min(LOCAL, channels)),
    "bow": AggregationAbout("BoW-CNN", True, dim=lambda channels: WORDS),
    "asmk": AggregationAbout("ASMK", True, sets=True, dim=lambda channels: min(CODE, channels)),
}
"""How the map of the last convolution can become a descriptor, by the name behind the key; each is a file of its own."""

# Multi-scale: Radenović et al., "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2018; the practical took
# 1200, 1000, 800 and 600 pixels. Learned whitening: Mikolajczyk and Matas, "Improving descriptors for fast tree matching", 2007.
# A size: GeM pools a map of any size into as many numbers, so that a network describes larger pictures than it was trained on.
SEARCH_CHOICES = {
    **{f"{side}px": SearchChoice("size", side, f"{side} pixels") for side in (64, 96, 112, 160, 224, 320, 448, 640, 1024)},
    "same": SearchChoice("crop", "same", "crop rule same"),
    "fill": SearchChoice("crop", "fill", "crop rule fill"),
    "ms": SearchChoice("scales", (1.0, 2**-0.5, 0.5), "3 scales"),
    "ms4": SearchChoice("scales", (1.0, 5 / 6, 2 / 3, 0.5), "4 scales"),
    **{name: SearchChoice("aggregation", name, about.title) for name, about in AGGREGATIONS.items()},
    "pca": SearchChoice("whitening", "pca", "PCA whitening"),
    **{f"pca{kept}": SearchChoice("whitening", "pca", f"PCA whitening to {kept}", kept) for kept in KEPT},
    "lw": SearchChoice("whitening", "learned", "learned whitening"),
    "aqe": SearchChoice("after", "aqe", "average query expansion"),
    "alphaqe": SearchChoice("after", "alphaqe", "α query expansion"),
    "dba": SearchChoice("after", "dba", "database-side augmentation"),
    "diffusion": SearchChoice("after", "diffusion", "diffusion"),
    "superglobal": SearchChoice("after", "superglobal", "SuperGlobal re-ranking"),
    "verified": SearchChoice("after", "verified", "geometric verification"),
    "vqe": SearchChoice("after", "vqe", "verified query expansion"),
}
"""What is written behind a model's key to choose it, as in 1d-ms-pca; in this order, at most one of each field."""


AFTER = tuple(name for name, choice in SEARCH_CHOICES.items() if choice.field == "after")
"""Names of what is done after the search: it changes rankings, and no descriptor."""


def described_key(key: str) -> str:
    """The key of the model whose descriptors a model ranks: its own, without what is done after the search."""
    return key.rpartition("-")[0] if after_search(key) else key


def after_search(key: str) -> str | None:
    """What a model does after the search, one of AFTER; None where it ranks by similarity alone."""
    last = key.rpartition("-")[2]
    return last if "-" in key and last in AFTER else None
