"""What can be chosen of a model at search time, without training anew, and is written behind its key, as in 1d-ms-pca."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SearchChoice:
    """One thing that can be chosen at search time: the field of the preset that it sets, to what, and its words."""

    field: str
    value: object
    title: str


# Multi-scale: Radenović et al., "Fine-tuning CNN image retrieval with no human annotation", TPAMI 2018; the practical took
# 1200, 1000, 800 and 600 pixels. Learned whitening: Mikolajczyk and Matas, "Improving descriptors for fast tree matching", 2007.
# A size: GeM pools a map of any size into as many numbers, so that a network describes larger pictures than it was trained on.
SEARCH_CHOICES = {
    **{f"{side}px": SearchChoice("size", side, f"{side} pixels") for side in (96, 112, 160, 224, 320, 448, 640, 1024)},
    "same": SearchChoice("crop", "same", "crop rule same"),
    "fill": SearchChoice("crop", "fill", "crop rule fill"),
    "ms": SearchChoice("scales", (1.0, 2**-0.5, 0.5), "3 scales"),
    "ms4": SearchChoice("scales", (1.0, 5 / 6, 2 / 3, 0.5), "4 scales"),
    "gem": SearchChoice("pooling", "shifted", "GeM after shifting"),
    "pca": SearchChoice("whitening", "pca", "PCA whitening"),
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
