"""Good, ok, junk and queries, decided from what was measured in the rendered photographs."""

from collections.abc import Sequence

import numpy as np

from retrieval_core.datasets.town.photograph import Seen
from retrieval_core.datasets.town.specs import QUERIES
from retrieval_core.datasets.types import Query

GOOD_SHARE, GOOD_FRAME = 0.6, 0.1  # of the landmark seen, and of the picture filled by it: a clear picture
OK_SHARE, OK_FRAME = 0.25, 0.03  # Oxford5k: more than a quarter of the object is clearly visible
QUERY_AREA = 0.12  # of the picture: a query's box is no smaller


def judge(seen: Seen) -> str | None:
    """good, ok or junk; None where nothing of the landmark is seen."""
    if seen.box is None:
        return None
    if seen.share > GOOD_SHARE and seen.frame > GOOD_FRAME:
        return "good"
    return "ok" if seen.share > OK_SHARE and seen.frame > OK_FRAME else "junk"


def landmark_queries(name: str, seed: int, photographs: dict[str, Seen], area: int) -> list[Query]:
    """Up to five queries NAME_1 … of a landmark, with its lists; `photographs` by image id, `area` in pixels.

    A query is a good photograph with a large box; its own image stays among the good ones, as in Oxford5k.
    """
    lists: dict[str, list[str]] = {"good": [], "ok": [], "junk": []}
    for image_id, seen in photographs.items():
        if (word := judge(seen)) is not None:
            lists[word].append(image_id)

    def box_share(image_id: str) -> float:
        left, top, right, bottom = photographs[image_id].box
        return (right - left) * (bottom - top) / area

    order: Sequence[str] = list(np.random.default_rng((seed, 21)).permutation(lists["good"])) if lists["good"] else []
    chosen = sorted(order, key=lambda image_id: box_share(str(image_id)) < QUERY_AREA)[:QUERIES]
    good, ok, junk = (tuple(lists[word]) for word in ("good", "ok", "junk"))
    return [
        Query(f"{name}_{k}", str(image_id), name, photographs[str(image_id)].box, good, ok, junk)
        for k, image_id in enumerate(chosen, 1)
    ]
