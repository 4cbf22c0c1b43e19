"""Compare → Clusters and Same landmark?: a button makes what is missing, what is shown is the core's, the link keeps the threshold."""

import pytest
from looking import button, end_of_work, stored, texts, views
from own_photographs import write_photographs

from pages.state.plain import plain
from pages.web.map_scene import together
from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.evaluation.cluster_tables import OWN, against, landmark_table, model_table, worded
from retrieval_core.evaluation.clusters import outliers
from retrieval_core.evaluation.pair_similarities import at_similarity, remaining, threshold
from retrieval_core.stored.clusters import measured, read_clusters
from retrieval_core.stored.model_states import model_states
from retrieval_core.workspace import Workspace

MODELS = ("1c", "1d", "1f")


@pytest.fixture
def clustered(cache):
    assert main(["--cache", str(cache), "clusters", "--models", ",".join(MODELS)]) == 0
    return cache


def frame(app, column):
    return next(one.value for one in app.dataframe if column in one.value.columns)


def test_a_button_looks_for_clusters_and_the_page_shows_the_cores(open_page, cache):
    app = open_page("Compare", cache, comparing="clusters", model="1f", k="6")
    assert not app.dataframe
    assert "clusters --dataset town --run quick --models " in texts(app.caption)
    assert not read_clusters(stored(cache, "1f"))
    assert main(["--cache", str(cache), "clusters", "--models", "1c,1d"]) == 0
    ready = [state.key for state in model_states(Workspace(cache), "town", "quick") if state.explorable]
    missing = [key for key in ready if key not in ("1c", "1d")]
    app = open_page("Compare", cache, comparing="clusters", model="1f", k="6")
    button(app, f"Measure {', '.join(missing)}").click().run()
    assert end_of_work(cache).state == "done"
    app.run()
    found = {key: measured(stored(cache, key), 6) for key in ("1d", "1f")}
    assert not [one for one in app.button if one.label.startswith("Measure")]
    assert plain(against("1d", "1f", found).words) in texts(app.markdown)
    assert list(frame(app, "1f").loc[:, "1f"]) == [str(value) for value in worded(model_table(found)).loc["1f"]]
    assert list(frame(app, "taken for").index) == list(landmark_table(found["1f"]).index)
    assert list(frame(app, "taken for")[OWN.title]) == pytest.approx(list(landmark_table(found["1f"])[OWN.title]))
    cards = views(app)["strips"]["strips"][0]["cards"]
    assert [card["id"] for card in cards] == [row.image_id for row in outliers(found["1f"])[:24]]
    assert button(app, "All on the map")


def test_the_threshold_is_that_of_the_rate_until_it_is_moved_and_the_link_keeps_it(open_page, clustered):
    app = open_page("Compare", clustered, comparing="pairs", model="1f")
    pairs, results = read_clusters(stored(clustered, "1f")).pairs, stored(clustered, "1f")
    assert app.slider[0].value == pytest.approx(threshold(pairs, "equal").similarity)
    assert list(frame(app, "similarity")["model"]) == list(MODELS)
    app = open_page("Compare", clustered, comparing="pairs", model="1f", rate="0.01", query="castle_gate_2")
    assert app.slider[0].value == pytest.approx(threshold(pairs, "0.01").similarity)
    app.slider[0].set_value(0.25).run()
    assert app.query_params["threshold"] in ("0.250", ["0.250"])
    row = next(row for row in remaining(results.dataset, results.rankings(), 0.25) if row.query_id == "castle_gate_2")
    assert f"{row.answers:,} answers to castle_gate_2 remain under 1f; **{row.right} of these are right**" in texts(app.markdown)
    table = frame(app, "similarity").set_index("false matches at")
    assert table.loc["put by hand", "false matches, %"] == pytest.approx(100 * at_similarity(pairs, 0.25).false_match)
    assert views(app)["strips"]
    again = open_page("Compare", clustered, comparing="pairs", model="1f", rate="0.01", query="castle_gate_2", threshold="0.25")
    assert again.slider[0].value == 0.25
    assert texts(again.markdown) == texts(app.markdown)
    wrong = open_page("Compare", clustered, comparing="pairs", model="1f", threshold="7")
    assert "The threshold is '7'" in texts(wrong.warning)


def test_without_landmarks_it_says_why_and_without_queries_there_is_no_list(open_page, cache, tmp_path):
    root = write_photographs(tmp_path / "own")[0]
    for name, folder in (("flat", root / "mill"), ("own", root)):
        add_dataset(Workspace(cache), name, folder)
        assert main(["--cache", str(cache), "extract", "--dataset", name, "--models", "2a", "--device", "cpu"]) == 0
    for part in ("clusters", "pairs"):
        app = open_page("Compare", cache, dataset="flat", comparing=part)
        assert "two landmarks have two photographs each, and 'flat' has 0" in texts(app.info)
    assert main(["--cache", str(cache), "clusters", "--dataset", "own", "--models", "2a"]) == 0
    app = open_page("Compare", cache, dataset="own", comparing="clusters", model="2a")
    assert len(frame(app, "taken for")) >= 2
    app = open_page("Compare", cache, dataset="own", comparing="pairs", model="2a")
    assert "Without queries there is no list" in texts(app.caption)


def test_the_legend_has_the_mean_share_of_each_landmark(town_cache):
    results = stored(town_cache, "1d")
    for subset in ("all", "labelled"):
        shares = together(results.dataset, subset, results.neighbours(subset)[0])
        one = measured(results, 12)
        values = one.own if subset == "all" else one.own_labelled
        for label, share in zip(results.dataset.labels, shares, strict=True):
            members = [value for value, of in zip(values, one.labels, strict=True) if of == label]
            assert share == pytest.approx(sum(members) / len(members), abs=1e-4)
    assert together(results.dataset, "all", None) == [None] * len(results.dataset.labels)
