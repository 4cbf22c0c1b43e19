"""Laboratory, Break it: sliders change one picture under every model, and a button tries one change on all queries."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from looking import button, end_of_work, stored, texts, views
from own_photographs import write_photographs

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset, open_dataset
from retrieval_core.datasets.images import read_image
from retrieval_core.descriptors.changed_picture import change_picture
from retrieval_core.descriptors.changes import CHANGES
from retrieval_core.evaluation.precision_recall import ap_steps
from retrieval_core.evaluation.robustness import LOST, bears_best, robustness_table
from retrieval_core.presets import PRESETS
from retrieval_core.runs.describer import open_describer
from retrieval_core.stored.robustness import read_robustness
from retrieval_core.workspace import Workspace

QUERY = "castle_gate_2"


def looked_at(open_page, cache, **more):
    return open_page("Laboratory", cache, part="break", **({"model": "1d", "query": QUERY} | more))


def charts(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def ranked(cache, model, strengths):
    """AP (Oxford) in percent, ids and similarity of the changed query, one model by itself."""
    results = stored(cache, model)
    query, (database, queries) = results.dataset.query(QUERY), results.descriptors
    photograph = read_image(results.dataset.image(query.image_id).path)
    row = open_describer(results, "cpu").describe_changed(change_picture(photograph, query.box, strengths, QUERY))
    ids = [database.ids[place] for place in np.argsort(-(database.matrix @ row.T).ravel(), kind="stable")]
    return 100 * ap_steps(ids, query).ap("oxford"), ids, (queries.rows([QUERY]) @ row.T).item()


def test_sliders_change_the_picture_and_every_models_ap(open_page, town_cache):
    app = looked_at(open_page, town_cache)
    assert [one.label for one in app.slider] == [change.title for change in CHANGES.values()]
    assert len(views(app)["strips"]["strips"]) == 1
    assert button(app, "Unchanged").disabled
    rotation = next(one for one in app.slider if one.label == "Rotation")
    rotation.set_value(90).run()
    next(one for one in app.slider if one.label == "Noise").set_value(32).run()
    assert not app.exception
    assert app.query_params["changes"] in ("rotation=90,noise=32", ["rotation=90,noise=32"])
    before, after = next(chart["data"] for chart in charts(app) if chart["data"][-1].get("name") == "changed")
    scores = {key: {score.query_id: 100 * score.ap_oxford for score in stored(town_cache, key).scores} for key in before["y"]}
    assert set(before["y"]) >= {"1a", "1e", "2a"}
    assert before["x"] == pytest.approx([scores[key][QUERY] for key in before["y"]])
    for key in ("1a", "1e", "1d"):
        ap, ids, similarity = ranked(town_cache, key, {"rotation": 90, "noise": 32})
        assert after["x"][after["y"].index(key)] == pytest.approx(ap, abs=1e-6)
    assert [card["id"] for card in views(app)["strips"]["strips"][1]["cards"]] == ids[:12]
    assert views(app)["strips"]["strips"][1]["title"] == "rotation 90°, noise 32 · 1d"
    said = texts(app.markdown)
    assert f"{scores['1d'][QUERY]:.1f} → {ap:.1f}" in said
    assert f"similarity to the unchanged picture **{similarity:.3f}**" in said
    assert f"search {QUERY} --dataset town --run quick --change rotation=90,noise=32" in texts(app.caption)
    assert "inside the box of castle_gate_2" in texts(app.caption).replace("\\", "")
    button(app, "Unchanged").click().run()
    assert "changes" not in app.query_params


def test_a_change_that_there_is_not_is_named_and_left_out(open_page, town_cache):
    app = looked_at(open_page, town_cache, changes="rotation=999")
    assert "at most 180" in texts(app.warning)
    assert button(app, "Unchanged").disabled


def test_a_photograph_has_similarities_and_no_ap(open_page, town_cache):
    app = looked_at(open_page, town_cache, query="", photo="brock_tower_000003", changes="blur=2")
    [bars] = [chart["data"][0] for chart in charts(app) if chart["data"][0]["type"] == "bar"]
    assert all(-1 <= value < 1 for value in bars["x"])
    assert "Nothing judges these answers" in texts(app.markdown)
    assert len(views(app)["strips"]["strips"]) == 2


def test_a_button_tries_all_queries_and_the_table_is_the_cores(open_page, cache):
    for key in set(PRESETS) - {"1c", "1d"}:
        shutil.rmtree(cache / "town" / "quick" / key)
    app = looked_at(open_page, cache, change="jpeg")
    assert not [chart for chart in charts(app) if "error_y" in chart["data"][0]]
    button(app, "JPEG of all queries under 1c, 1d").click().run()
    assert not app.exception
    assert "At work now" in texts(app.caption)
    assert end_of_work(cache, "run").state == "done"
    dataset = open_dataset(Workspace(cache), "town")
    for protocol in ("oxford", "finite_sum"):
        app = looked_at(open_page, cache, change="jpeg", protocol=protocol)
        found = {key: read_robustness(stored(cache, key), "jpeg") for key in ("1c", "1d")}
        expected = robustness_table(found, dataset, protocol)
        [table] = [frame.value for frame in app.dataframe if LOST in frame.value.columns]
        pd.testing.assert_frame_equal(table, expected, check_names=False)
        [chart] = [chart for chart in charts(app) if "error_y" in chart["data"][0]]
        assert [trace["name"] for trace in chart["data"]] == ["1c", "1d"]
        assert chart["data"][0]["y"] == pytest.approx(expected.iloc[0, :5].tolist())
        assert bears_best(expected) in texts(app.markdown)
        assert not [one for one in app.button if "of all queries under" in one.label]
        assert "robustness --dataset town --run quick --changes jpeg" in texts(app.caption)


def test_a_flat_folder_has_a_picture_to_break_and_no_chart(open_page, cache, tmp_path):
    add_dataset(Workspace(cache), "flat", write_photographs(tmp_path / "own")[0] / "mill")
    assert main(["--cache", str(cache), "extract", "--dataset", "flat", "--models", "2a", "--device", "cpu"]) == 0
    app = looked_at(open_page, cache, dataset="flat", model="2a", query="", changes="rotation=45")
    assert not app.error
    assert app.query_params["photo"] in ("0", ["0"])
    assert len(views(app)["strips"]["strips"]) == 2
    assert "The chart is of AP, and there is none here" in texts(app.info)
    assert not [one for one in app.button if "of all queries" in one.label]


def test_imported_descriptors_have_no_network(open_page, cache, tmp_path):
    np.save(tmp_path / "rows.npy", np.eye(6, 8, dtype=np.float32))
    (tmp_path / "ids.txt").write_text("".join(f"p{k}\n" for k in range(6)))
    add_dataset(Workspace(cache), "theirs", tmp_path / "rows.npy", model="1h")
    app = looked_at(open_page, cache, dataset="theirs", model="1h", query="")
    assert "were imported" in texts(app.info)
    assert not app.slider
