"""SuperGlobal re-ranking against plain loops, as the authors' program does it."""

import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.progress import finished
from retrieval_core.ranking.order import order
from retrieval_core.ranking.search import search
from retrieval_core.ranking.super_global import refined_scores


def naive(query, candidates, neighbours, beta):
    """Scores of candidates, one after the other, in float64."""
    query, rows = query.astype(float), candidates.astype(float)
    refined = []
    for place, row in enumerate(rows):
        others = sorted((one for one in range(len(rows)) if one != place), key=lambda one: (-rows[one] @ row, one))[:neighbours]
        weights = [beta * max(rows[one] @ row, 0) for one in others]
        refined.append((row + sum(weight * rows[one] for weight, one in zip(weights, others, strict=True))) / (1 + sum(weights)))
    first = [row @ query for row in refined]
    best = sorted(range(len(rows)), key=lambda one: (-first[one], one))[: neighbours + 1]
    together = np.max([refined[one] for one in best], axis=0)
    return [(score + row @ together) / 2 for score, row in zip(first, refined, strict=True)]


@pytest.mark.parametrize("count", [1, 2, 9, 40])
@pytest.mark.parametrize("beta", [0.0, 0.15, 1.0])
def test_the_scores_are_those_of_the_loops(count, beta):
    query, candidates = unit_rows(1, 1)[0], unit_rows(2, count)
    np.testing.assert_allclose(refined_scores(query, candidates, 9, beta), naive(query, candidates, 9, beta), atol=1e-5)


def test_only_the_first_change_places():
    queries, database = unit_rows(1, 3), unit_rows(2, 60)
    plain, similarities = search(queries, database)
    positions, scores = finished(order(queries, database, "superglobal", {"k": 20, "neighbours": 4, "beta": 0.5}))
    np.testing.assert_array_equal(positions[:, 20:], plain[:, 20:])
    np.testing.assert_array_equal(scores[:, 20:], similarities[:, 20:])
    for row, query in enumerate(queries):
        found = np.array(naive(query, database[plain[row, :20]], 4, 0.5))
        np.testing.assert_array_equal(positions[row, :20], plain[row, :20][np.argsort(-found, kind="stable")])
    assert (positions[:, :20] != plain[:, :20]).any()
