"""Filters of a search: which photographs may be found, by what is known of them beside their descriptors."""

from collections.abc import Collection, Sequence

import numpy as np

from retrieval_core.datasets.types import Dataset
from retrieval_core.errors import RetrievalError


def among(
    ids: Sequence[str], dataset: Dataset, landmark: str = "", unlabelled: bool = False, bin: Collection[str] | None = None
) -> np.ndarray | None:
    """Positions (K,) int64, rising, of the photographs in `ids` that pass every filter; None where there is none.

    They are taken from the dataset as it is now, not from what an engine was told when it was built: a label that was mended counts
    at once.

    Args:
        ids: of the descriptors' rows.
        dataset: what knows their labels.
        landmark: those of this landmark.
        unlabelled: those of no landmark.
        bin: the ids of a bin.

    Raises:
        RetrievalError: there is no such landmark, both of the first two are asked for, or nothing is left.
    """
    if landmark and unlabelled:
        raise RetrievalError("A photograph can't be of a landmark and unlabelled. Ask for one of the two.")
    if landmark and landmark not in dataset.labels:
        raise RetrievalError(f"{dataset.name} has no landmark {landmark!r}. It has {', '.join(dataset.labels) or 'none'}.")
    if not landmark and not unlabelled and bin is None:
        return None
    kept = None if bin is None else set(bin)
    labels = {image.id: image.label for image in dataset.images}
    asked = landmark or None
    found = [row for row, name in enumerate(ids)
             if (kept is None or name in kept) and (not (landmark or unlabelled) or labels.get(name) == asked)]  # fmt: skip
    if not found:
        raise RetrievalError("No photograph passes the filter. Leave a part of it out.")
    return np.array(found, np.int64)
