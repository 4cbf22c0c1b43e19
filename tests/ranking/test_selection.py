"""A selection's similarities against a double loop over its pairs."""

from itertools import combinations

import numpy as np
import pytest
from unit_rows import unit_rows

from retrieval_core.ranking import selection
from retrieval_core.ranking.selection import mean_within, similarity_to


@pytest.mark.parametrize("count", [2, 7])
def test_the_mean_within_is_that_of_all_pairs(count):
    rows = unit_rows(0, count)
    naive = [float(rows[one] @ rows[other]) for one, other in combinations(range(count), 2)]
    assert mean_within(rows) == pytest.approx(np.mean(naive), abs=1e-6)


def test_one_row_has_no_pairs():
    assert mean_within(unit_rows(0, 1)) is None


def test_the_similarity_to_a_selection_is_the_mean_to_each_of_it(monkeypatch):
    monkeypatch.setattr(selection, "_ROWS", 4)
    matrix, rows = unit_rows(0, 11), unit_rows(1, 3)
    naive = [np.mean([float(one @ other) for other in rows]) for one in matrix]
    np.testing.assert_allclose(similarity_to(matrix, rows), naive, atol=1e-6)
