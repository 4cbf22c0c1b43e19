"""Which models stand in the table of aggregations of a trunk."""

from retrieval_core.errors import RetrievalError
from retrieval_core.presets import PRESETS, get_preset, split_key
from retrieval_core.search_choices import AGGREGATIONS, SEARCH_CHOICES

REDUCED = 128  # dimensions to which all are whitened, so that they can be compared at one size
WIDE = ("vlad", "netvlad")  # 64 times as wide as the map has channels: they are in the table whitened only


def trunk_key(key: str) -> str:
    """The key of a model without aggregation and whitening: what all rows of its table share."""
    base, names = split_key(key)
    if base in PRESETS and PRESETS[base].whitening:
        base = PRESETS[base].parent
    return "-".join([base, *(name for name in names if SEARCH_CHOICES[name].field not in ("aggregation", "whitening"))])


def aggregation_keys(key: str) -> list[str]:
    """The models of the table of a model's trunk: every aggregation as it is, and whitened to REDUCED dimensions where it is a vector.

    RetrievalError where the trunk's map can't be aggregated.
    """
    trunk = trunk_key(key)
    if get_preset(split_key(trunk)[0]).pooling == "head":
        raise RetrievalError(f"Model {trunk} is described by its own head: it gives no map of activations that could be aggregated. "
                             "Choose a convolutional network.")  # fmt: skip
    found = []
    for name in AGGREGATIONS:
        plain = f"{trunk}-{name}"
        found += [plain] if name not in WIDE else []
        found += [f"{plain}-pca{REDUCED}"] if (preset := get_preset(plain)).has_vector and preset.dim >= REDUCED else []
    return found
