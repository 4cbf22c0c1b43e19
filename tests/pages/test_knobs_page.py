"""Laboratory → Knobs: a button makes what is missing, the curves are the core's, and p is handed to the browser whole."""

import base64

import numpy as np
import pytest
from looking import button, end_of_work, stored, texts, views
from own_photographs import write_photographs
from typed import problems

from pages.web.gem.messages import GemView
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.evaluation.knobs import value_table
from retrieval_core.evaluation.tables import MEAN
from retrieval_core.stored.knobs import found_curves, read_knob
from retrieval_core.workspace import Workspace


def turned(cache, knob, *words):
    assert main(["--cache", str(cache), "knobs", "--knob", knob, *words, "--device", "cpu"]) == 0


def open_knobs(open_page, cache, knob, **parameters):
    return open_page("Laboratory", cache, part="knobs", knob=knob, **parameters)


def frame(app):
    return next(one.value for one in app.dataframe if "default" in one.value.columns)


def test_a_button_makes_the_curves_of_all_models_and_a_slider_turns_them(open_page, cache):
    app = open_knobs(open_page, cache, "dimension", model="1c")
    assert not app.dataframe
    assert "Left out: 1e is whitened already" in texts(app.caption)
    begin = next(one for one in app.button if one.label.startswith("Turn it of 1a, 1b, 1c"))
    assert begin.label.endswith("2a, 2t")
    turned(cache, "dimension", "--models", "1c,1d")
    app = open_knobs(open_page, cache, "dimension", model="1c", value="16")
    curves = found_curves(Workspace(cache), "town", "quick", ["1c", "1d"], "dimension")
    expected = value_table(curves, "dimension", 16.0, stored(cache, "1c").dataset, "oxford")
    assert list(frame(app)[MEAN]) == pytest.approx(list(expected[MEAN]))
    assert list(frame(app)["change"]) == list(expected["change"])
    assert list(frame(app)["bytes"]) == [64, 64]
    app = open_knobs(open_page, cache, "dimension", model="1c", value="<b>")
    assert "asks for Dimensions" in texts(app.warning)
    assert app.query_params["value"] == "256"
    [slider] = app.select_slider
    assert slider.options == ["8", "16", "32", "64", "128", "256", "512"]
    slider.set_value("512").run()
    assert list(frame(app).index) == ["1d"]  # 1c has 256
    spec = next(chart.proto.spec for chart in app.get("plotly_chart"))
    assert "dimensions that PCA keeps" in spec
    assert "whole landmarks are drawn anew" in texts(app.caption)


def test_work_begins_from_the_page_and_its_curve_is_shown(open_page, cache):
    turned(cache, "p", "--models", "1d,1e,1f,1g,1h,2a,2t")
    app = open_knobs(open_page, cache, "p", model="1d")
    assert "knobs --knob p --dataset town --run quick --models 1c" in texts(app.caption)
    button(app, "Turn it of 1c").click().run()
    assert "At work now" in texts(app.caption)
    assert end_of_work(cache, "run").state == "done"
    app.run()
    assert not [one for one in app.button if one.label.startswith("Turn it of")]
    assert list(frame(app).index) == ["1c", "1d", "1e", "1f", "1g", "1h", "2a", "2t"]
    view = views(app)["gem"]
    assert problems(view, GemView) == []
    curve, seen = read_knob(stored(cache, "1d"), "p")
    assert view["at"] == view["own"] == curve.own
    assert view["map"][curve.own] == pytest.approx(stored(cache, "1d").score_file["map_oxford"], abs=0.051)
    assert view["found"] == seen["query_positions"][:, 0].tolist()
    places = np.frombuffer(base64.b64decode(view["places"]), "<f4").reshape(seen["places"].shape)
    assert np.array_equal(places, seen["places"])
    assert {int(number) for number in view["cards"]} == set(np.unique(seen["query_positions"][:, 0]).tolist())
    image = stored(cache, "1d").dataset.images[3].id
    view = views(open_knobs(open_page, cache, "p", model="1d", photo=image, value="∞"))["gem"]
    assert view["powers"][view["at"]] == "∞"
    assert view["found"] == seen["photograph_positions"][:, 3].tolist()
    assert view["ids"][view["asked"]] == image
    assert set(view["ap"]) == {None}


def test_without_ground_truth_there_are_places_and_costs(open_page, cache, tmp_path):
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "run", "--dataset", "flat", "--models", "1c", "--device", "cpu"]) == 0
    turned(cache, "p", "--dataset", "flat", "--models", "1c")
    app = open_knobs(open_page, cache, "p", dataset="flat", model="1c")
    assert MEAN not in frame(app)
    assert "Without ground truth there is no mAP" in texts(app.info)
    assert views(app)["gem"]["asked"] == 0


def test_imported_descriptors_have_no_knobs(open_page, cache, tmp_path):
    np.save(tmp_path / "rows.npy", np.random.default_rng(0).normal(size=(6, 8)).astype(np.float32))
    (tmp_path / "ids.txt").write_text("".join(f"p{k}\n" for k in range(6)))
    words = ["data", "add", "theirs", str(tmp_path / "rows.npy"), "--model", "1h", "--ids", str(tmp_path / "ids.txt")]
    assert main(["--cache", str(cache), *words]) == 0
    app = open_knobs(open_page, cache, "p", dataset="theirs", model="1h")
    assert "were imported" in texts(app.info)
    assert main(["--cache", str(cache), "knobs", "--knob", "p", "--dataset", "theirs", "--models", "1h"]) == 2
