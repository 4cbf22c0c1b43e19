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
SEARCH_CHOICES = {
    "same": SearchChoice("crop", "same", "crop rule same"),
    "fill": SearchChoice("crop", "fill", "crop rule fill"),
    "ms": SearchChoice("scales", (1.0, 2**-0.5, 0.5), "3 scales"),
    "ms4": SearchChoice("scales", (1.0, 5 / 6, 2 / 3, 0.5), "4 scales"),
    "gem": SearchChoice("pooling", "shifted", "GeM after shifting"),
    "pca": SearchChoice("whitening", "pca", "PCA whitening"),
    "lw": SearchChoice("whitening", "learned", "learned whitening"),
}
"""What is written behind a model's key to choose it, as in 1d-ms-pca; in this order, at most one of each field."""
