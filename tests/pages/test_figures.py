"""The chart of costs: labels of points that lie together stand apart, the front is joined, whiskers are those of the repeats."""

import pytest

from pages.widgets.figures import cost_chart
from retrieval_core.evaluation.costs import MEASURES, Cost, cost_table, pareto_front


@pytest.fixture
def table():
    """Four networks of one size that find nearly the same, one that is far away, and one without mAP."""
    costs = {key: Cost(11_000_000, 4e8, 2048, 5.0, (4.0, 5.0, 8.0), 64, 112, "here") for key in ("1d", "1e", "1f", "1g", "1d-ms")}
    costs["1h"] = Cost(27_000_000, 9e8, 8192, 20.0, (19.0, 20.0, 21.0), 64, 112, "here")
    return cost_table(costs, {"1d": 33.2, "1e": 33.8, "1f": 39.2, "1g": 33.6, "1h": 13.3})


@pytest.mark.parametrize("measure", MEASURES)
def test_labels_of_points_that_lie_together_stand_apart(table, measure):
    front = pareto_front(table, measure)
    line, points = cost_chart(table, measure, front, "mAP").data
    places = dict(zip(["1d", "1e", "1f", "1g", "1h"], points.textposition, strict=True))  # without an mAP there is no point
    assert len({places["1d"], places["1e"], places["1g"]}) == 3
    assert places["1f"] == places["1h"] == places["1d"]  # they have room
    assert front == ["1f"]
    assert list(points.text) == ["1d", "1e", "<b>1f</b>", "1g", "1h"]
    assert list(line.y) == [39.2]


def test_milliseconds_have_whiskers_from_the_fastest_to_the_slowest_repeat(table):
    _, points = cost_chart(table, "milliseconds", [], "mAP").data
    assert points.error_x.arrayminus[0] == 1.0
    assert points.error_x.array[0] == 3.0
    assert cost_chart(table, "bytes", [], "mAP").data[1].error_x.array is None
