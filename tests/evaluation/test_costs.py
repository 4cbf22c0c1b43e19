"""The table of costs and its Pareto front, against comparing every two models."""

import numpy as np
import pandas as pd
import pytest

from retrieval_core.evaluation.costs import FASTEST, MEASURES, SLOWEST, Cost, cost_table, pareto_front
from retrieval_core.evaluation.tables import MEAN


def cost(operations, parameters=2_500_000, milliseconds=1.5):
    return Cost(parameters, operations, 2048, milliseconds, (1.25, milliseconds, 9.0), 64, 112, "a machine")


def test_the_table_says_each_measure_in_the_unit_of_its_head():
    table = cost_table({"1a": cost(3e8), "1b": cost(4e8)}, {"1a": 12.5})
    assert table.index.name == "model"
    assert table.loc["1a"].to_list() == [12.5, 2.5, 300, 2048, 1.5, 1.25, 9.0, 112, "a machine"]
    assert list(table.columns) == [MEAN, *MEASURES.values(), FASTEST, SLOWEST, "size", "measured on"]
    assert np.isnan(table.loc["1b", MEAN])


@pytest.mark.parametrize(("models", "front"), [
    ({"a": (1, 10), "b": (2, 20), "c": (3, 15)}, ["a", "b"]),
    ({"a": (1, 10), "b": (1, 20)}, ["b"]),
    ({"a": (2, 10), "b": (1, 10)}, ["b"]),
    ({"a": (1, 10), "b": (1, 10)}, ["a"]),
    ({"a": (1, None), "b": (2, 0)}, ["b"]),
    ({"a": (1, None)}, []),
])  # fmt: skip
def test_the_front_by_hand(models, front):
    costs = {key: cost(operations) for key, (operations, _) in models.items()}
    table = cost_table(costs, {key: mean for key, (_, mean) in models.items()})
    assert pareto_front(table, "operations") == front


@pytest.mark.parametrize("measure", MEASURES)
def test_the_front_holds_whom_no_other_beats(measure):
    random = np.random.default_rng(7)
    column = MEASURES[measure]
    table = pd.DataFrame({MEAN: random.permutation(40) / 1.0, column: random.permutation(40)}, [f"m{k}" for k in range(40)])
    beaten = lambda key: ((table[column] < table.loc[key, column]) & (table[MEAN] > table.loc[key, MEAN])).any()  # noqa: E731
    front = pareto_front(table, measure)
    assert set(front) == {key for key in table.index if not beaten(key)}
    assert table.loc[front, column].is_monotonic_increasing
    assert table.loc[front, MEAN].is_monotonic_increasing
