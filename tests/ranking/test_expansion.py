"""Query expansion and database-side augmentation against plain loops in double precision."""

import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.progress import finished
from retrieval_core.ranking.expansion import augment, expand
from retrieval_core.ranking.order import order


def naive(row, others, k, alpha):
    """The mean of a row and its k nearest others, in float64."""
    row, others = row.astype(float), others.astype(float)
    similarities = others @ row
    total = row.copy()
    for position in sorted(range(len(others)), key=lambda one: (-similarities[one], one))[:k]:
        total += max(similarities[position], 0) ** alpha * others[position]
    return total / np.linalg.norm(total)


@pytest.mark.parametrize("k", [1, 4, 500])
@pytest.mark.parametrize("alpha", [0.0, 1.0, 3.0])
@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_query_is_averaged_with_its_first_photographs(count, k, alpha):
    queries, database = unit_rows(1, 5), unit_rows(2, count)
    found = expand(queries, database, k, alpha)
    np.testing.assert_allclose(found, [naive(query, database, k, alpha) for query in queries], atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 7, 30])
def test_a_photograph_is_averaged_with_its_neighbours_and_not_with_itself(count):
    database = unit_rows(3, count)
    found = finished(augment(database, 5, 3.0))
    expected = [naive(row, np.delete(database, place, axis=0), 5, 3.0) for place, row in enumerate(database)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_an_expanded_query_searches_again():
    queries, database = unit_rows(1, 3), unit_rows(2, 40)
    positions, scores = finished(order(queries, database, "alphaqe", {"k": 3, "alpha": 2.0}))
    expected = [database.astype(float) @ naive(query, database, 3, 2.0) for query in queries]
    np.testing.assert_array_equal(positions, np.argsort(-np.array(expected), axis=1))
    np.testing.assert_allclose(scores, -np.sort(-np.array(expected), axis=1), atol=1e-6)


def test_an_augmented_database_is_searched_for_the_query_as_it_is():
    queries, database = unit_rows(1, 3), unit_rows(2, 40)
    positions, _ = finished(order(queries, database, "dba", {"k": 4, "alpha": 1.0}))
    augmented = finished(augment(database, 4, 1.0))
    np.testing.assert_array_equal(positions, np.argsort(-(queries @ augmented.T), axis=1, kind="stable"))


def test_average_query_expansion_is_the_weighted_one_that_weighs_all_alike():
    queries, database = unit_rows(1, 6), unit_rows(2, 40)
    plain, weighted = (finished(order(queries, database, *choice)) for choice in (("aqe", {"k": 7}), ("alphaqe", {"k": 7, "alpha": 0})))
    np.testing.assert_array_equal(plain[0], weighted[0])


def test_an_opposite_photograph_does_not_turn_the_query_round():
    query = np.array([[1, 0]], np.float32)
    np.testing.assert_array_equal(expand(query, -query, 1, 3.0), query)  # of weight 0
    np.testing.assert_array_equal(expand(query, -query, 1, 0.0), query)  # the mean has no direction: the query keeps its own
