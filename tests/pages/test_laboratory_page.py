"""The page Laboratory: its table of aggregations is the core's, a button makes what is missing, and it says where nothing judges."""

import pandas as pd
import pytest
from looking import button, end_of_work, stored, texts
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.evaluation.aggregation_keys import aggregation_keys
from retrieval_core.evaluation.aggregations import aggregation_table
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.stored.aggregations import found_aggregations
from retrieval_core.workspace import Workspace


def table_of(app) -> pd.DataFrame | None:
    return next((frame.value for frame in app.dataframe if "dimensions" in frame.value.columns), None)


def aggregated(cache, *words):
    assert main(["--cache", str(cache), "aggregations", *words, "--device", "cpu"]) == 0
    return cache


def test_a_button_makes_what_is_missing_and_the_table_is_the_cores(open_page, cache):
    app = open_page("Laboratory", cache, model="1c")
    assert table_of(app) is None
    assert "learnt on the training landmarks" in texts(app.markdown)
    assert "aggregations --dataset town --run quick --models 1c" in texts(app.caption)
    button(app, "Aggregate the map of 1c (19 missing)").click().run()
    assert not app.exception
    assert "At work now" in texts(app.caption)
    assert end_of_work(cache, "run").state == "done"
    app.run()
    workspace, dataset = Workspace(cache), open_dataset(Workspace(cache), "town")
    for protocol in ("oxford", "finite_sum"):
        app = open_page("Laboratory", cache, model="1c-rmac", protocol=protocol)
        expected = aggregation_table(found_aggregations(workspace, "town", "quick", "1c"), dataset, protocol)
        assert list(expected.index) == ["1c", *aggregation_keys("1c")]
        pd.testing.assert_frame_equal(table_of(app), expected, check_names=False, check_dtype=False)
        spec = next(chart.proto.spec for chart in app.get("plotly_chart"))
        assert "R-MAC" in spec
        assert "whole landmarks are drawn anew" in texts(app.caption)
        assert not [one for one in app.button if "missing" in one.label]
    compare = open_page("Compare", cache, rows="all", group="all")
    assert {"1c-rmac", "1c-vlad-pca128"} <= set(compare.dataframe[0].value.columns)


def test_without_ground_truth_there_are_sizes_and_a_way_to_look(open_page, cache, tmp_path):
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    aggregated(cache, "--dataset", "flat", "--models", "2a")
    app = open_page("Laboratory", cache, dataset="flat", model="2a-mac")
    assert MEAN not in table_of(app)
    assert "Without ground truth there is no mAP" in texts(app.info)
    assert not app.get("plotly_chart")


@pytest.mark.parametrize("model", ["1a", "1e", "2a"])
def test_every_model_of_the_table_has_a_map_to_aggregate(open_page, town_cache, model):
    app = open_page("Laboratory", town_cache, model=model)
    trunk = "1d" if model == "1e" else model
    assert button(app, f"Aggregate the map of {trunk} (19 missing)")
    assert stored(town_cache, model).state[0] == "ready"


def test_imported_descriptors_have_none(open_page, cache, tmp_path):
    import numpy as np

    np.save(tmp_path / "rows.npy", np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32))
    (tmp_path / "ids.txt").write_text("".join(f"p{k}\n" for k in range(6)))
    words = ["data", "add", "theirs", str(tmp_path / "rows.npy"), "--model", "1h", "--ids", str(tmp_path / "ids.txt")]
    assert main(["--cache", str(cache), *words]) == 0
    app = open_page("Laboratory", cache, dataset="theirs", model="1h")
    assert "were imported" in texts(app.info)
    assert not [one for one in app.button if "Aggregate" in one.label]
    assert main(["--cache", str(cache), "aggregations", "--dataset", "theirs", "--models", "1h"]) == 2
