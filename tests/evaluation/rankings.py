"""Rankings and queries to test with."""

import numpy as np

from retrieval_core.datasets.types import Query
from retrieval_core.ranking.search import Ranking


def ranking(query_id, ids):
    return Ranking(query_id, tuple(ids), np.zeros(len(ids), np.float32))


def random_query(seed):
    """A shuffled ranking with junk, cut short now and then, and a query whose own image is somewhere among the good."""
    random = np.random.default_rng(seed)
    ids = [f"image {number}" for number in range(random.integers(4, 60))]
    shuffled = [str(image_id) for image_id in random.permutation(ids)]
    good, ok, junk = 2 + random.integers(len(ids) // 3), random.integers(len(ids) // 3), random.integers(len(ids) // 3)
    query = Query("keep_1", shuffled[0], "keep", None, tuple(shuffled[:good]), tuple(shuffled[good : good + ok]),
                  tuple(shuffled[good + ok : good + ok + junk]))  # fmt: skip
    ranked = [str(image_id) for image_id in random.permutation(ids)]
    return ranked[: random.integers(len(ids) // 2, len(ids) + 1)], query
