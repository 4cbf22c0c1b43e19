"""The section of Compare about costs: it measures nothing by itself, a button does, and the chart and table are the core's."""

import numpy as np
import pandas as pd
import pytest
from caches import copy_cache
from looking import button, end_of_work, stored, texts
from PIL import Image as PILImage

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.evaluation.costs import MEASURES, cost_table, pareto_front
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.presets import PRESETS
from retrieval_core.stored.costs import read_cost
from retrieval_core.workspace import Workspace


def table_of(app) -> pd.DataFrame:
    return next(frame.value for frame in app.dataframe if MEASURES["operations"] in frame.value.columns)


def chart_of(app) -> str:
    return next(chart.proto.spec for chart in app.get("plotly_chart") if any(words in chart.proto.spec for words in MEASURES.values()))


@pytest.fixture(scope="module")
def measured(town_cache, tmp_path_factory):
    """Measured once; whoever changes something has a copy."""
    cache = copy_cache(town_cache, tmp_path_factory.mktemp("costs") / "cache")
    assert main(["--cache", str(cache), "costs", "--models", "1b,1c,1d", "--device", "cpu"]) == 0
    return cache


@pytest.fixture
def with_costs(measured, tmp_path):
    return copy_cache(measured, tmp_path / "measured")


def test_a_button_measures_and_the_table_is_the_cores(open_page, cache):
    app = open_page("Compare", cache)
    assert "What it costs to describe a photograph" in texts(app.subheader)
    assert not [frame for frame in app.dataframe if MEASURES["operations"] in frame.value.columns]
    button(app, f"Measure {', '.join(PRESETS)}").click().run()
    assert not app.exception
    assert "At work now" in texts(app.caption)
    assert end_of_work(cache, "run").state == "done"
    app.run()
    costs = {key: read_cost(stored(cache, key)) for key in PRESETS}
    means = {key: stored(cache, key).score_file["map_oxford"] for key in PRESETS}
    expected = cost_table(costs, means)
    pd.testing.assert_frame_equal(table_of(app), expected, check_names=False)
    assert ", ".join(pareto_front(expected, "milliseconds")) in texts(app.caption)
    assert button(app, "Measure again")


@pytest.mark.parametrize("measure", MEASURES)
def test_the_measure_is_chosen_in_the_link(open_page, with_costs, measure):
    app = open_page("Compare", with_costs, cost=measure)
    assert f'"text":"{MEASURES[measure]}"' in chart_of(app)
    front = pareto_front(table_of(app), measure)
    assert f"Pareto front: {', '.join(front)}." in texts(app.caption)
    missing = [key for key in PRESETS if key not in ("1b", "1c", "1d")]
    assert button(app, f"Measure {', '.join(missing)}")


def test_the_map_is_that_of_the_page(open_page, with_costs):
    counted, left_out = (table_of(open_page("Compare", with_costs, own=own))[MEAN] for own in ("counted", "left_out"))
    assert (left_out < counted).all()
    finite = table_of(open_page("Compare", with_costs, protocol="finite_sum"))[MEAN]
    assert finite["1d"] == pytest.approx(stored(with_costs, "1d").score_file["map_finite_sum"])


def test_without_queries_there_is_the_table_and_why_there_is_no_chart(open_page, cache, tmp_path):
    random = np.random.default_rng(3)
    (tmp_path / "mine").mkdir()
    for number in range(3):
        PILImage.fromarray(random.integers(0, 255, (60, 80, 3), np.uint8)).save(tmp_path / "mine" / f"{number}.png")
    add_dataset(Workspace(cache), "mine", tmp_path / "mine")
    for command in (["extract", "--start", "shapes"], ["costs"]):
        assert main(["--cache", str(cache), *command, "--dataset", "mine", "--device", "cpu", "--models", "1d"]) == 0
    app = open_page("Compare", cache, dataset="mine")
    assert not app.get("plotly_chart")
    assert "Without mAP there is no chart, only the table. 'mine' has no queries" in texts(app.info)
    assert np.isnan(table_of(app).loc["1d", MEAN])
    assert table_of(app).loc["1d", MEASURES["bytes"]] == 2048


def test_times_of_several_machines_are_not_to_be_compared(open_page, with_costs, monkeypatch):
    from retrieval_core.runs import cost_steps

    monkeypatch.setattr(cost_steps, "machine", lambda device: "another machine (cpu)")
    list(cost_steps.measure_costs(Workspace(with_costs), "town", "quick", ("1d",), "cpu"))
    assert "several machines" in texts(open_page("Compare", with_costs).warning)


def test_imported_descriptors_have_no_costs(open_page, cache, tmp_path):
    np.save(tmp_path / "net.npy", np.eye(4, 8, dtype=np.float32))
    (tmp_path / "ids.txt").write_text("a\nb\nc\nd\n")
    add_dataset(Workspace(cache), "theirs", tmp_path / "net.npy", model="1h")
    app = open_page("Compare", cache, dataset="theirs", model="1h")
    assert "can't be measured here" in texts(app.caption)
