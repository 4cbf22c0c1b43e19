import pytest
from looking import button, end_of_work, shared, stored, texts

from pages.state import link
from retrieval_core.datasets.catalog import open_dataset
from retrieval_core.presets import PRESETS
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.stored.training_log import newest_running_log
from retrieval_core.workspace import Workspace


def test_an_empty_cache_offers_to_build_the_town(open_page, tmp_path):
    app = open_page("Start", tmp_path / "cache")
    assert next(button.label for button in app.button) == "Build the town"
    assert "Nothing has been built yet" in texts(app.markdown)


def test_a_cache_that_cannot_be_written_gives_the_remedy(open_page, tmp_path):
    (tmp_path / "file").write_text("in the way")
    app = open_page("Start", tmp_path / "file" / "cache")
    app.button[0].click().run()
    assert not app.exception
    assert "RETRIEVAL_CACHE" in texts(app.error)


@pytest.mark.parametrize("page", ["Map", "Query", "Compare", "Ledger", "Failures", "Unlabelled", "Duplicates", "Laboratory"])
def test_the_other_pages_say_what_to_do_first(open_page, tmp_path, page):
    app = open_page(page, tmp_path / "cache")
    assert "Start" in texts(app.info)


def test_the_leaderboard_shows_every_model(open_page, town_cache):
    app = open_page("Start", town_cache)
    table = app.dataframe[0].value
    assert list(table["model"]) == list(PRESETS)
    assert (table["mAP (Oxford)"] > 0).all()
    assert table["start"].str.contains("stand-in for ImageNet|Python package").all()


def test_the_way_on_is_shown_as_soon_as_there_is_something_to_explore(open_page, town_cache, tmp_path):
    there = "See the descriptor space"
    assert there not in [button.label for button in open_page("Start", tmp_path / "cache").button]
    app = open_page("Start", town_cache)
    assert there in [button.label for button in app.button]
    assert "1a, 1b, 1c, 1d, 1e, 1f, 1g, 1h" in texts(app.markdown)


def test_the_page_compare_says_what_a_quick_schedule_means(open_page, town_cache):
    assert "a large network learns less" in texts(open_page("Compare", town_cache).caption)


def test_a_folder_that_is_missing_gives_a_message_and_no_traceback(open_page, tmp_path):
    app = open_page("Start", tmp_path / "cache")
    app.text_input[0].input("photos")
    app.text_input[1].input(str(tmp_path / "nowhere"))
    button(app, "Add").click().run()
    assert not app.exception
    assert "nowhere" in texts(app.error)


def test_the_map_hands_the_link_over_to_the_browser(open_page, town_cache):
    app = open_page("Map", town_cache, model="1c", selection="brock_tower_000001,castle_gate_000002", k="6", view="0.1,0.2,3")
    told = shared(app)
    assert told["scene"].startswith("files/scene/town?run=quick&method=tsne&subset=all")
    assert told["shared"]["model"] == "1c"
    assert told["shared"]["selection"] == ["brock_tower_000001", "castle_gate_000002"]
    assert (told["shared"]["k"], told["shared"]["view"]) == ("6", "0.1,0.2,3")


def test_other_projections_are_computed_when_they_are_asked_for(open_page, cache):
    app = open_page("Map", cache, model="1d", method="pca", subset="labelled")
    assert "PCA of 18 photographs under model 1d is not here yet" in texts(app.info)
    assert end_of_work(cache).state == "done"
    app.run()
    assert "method=pca&subset=labelled" in shared(app)["scene"]
    assert stored(cache, "1d").map(map_choice("pca", "labelled", None, 0)) is not None


def test_a_link_to_many_photographs_is_short_and_names_the_same(open_page, town_cache, monkeypatch):
    app = open_page("Map", town_cache, model="1d")
    dataset = open_dataset(Workspace(town_cache), "town")
    many = [image.id for image in dataset.images if image.label != "goose_row"]
    monkeypatch.setattr(link, "MOST_IN_URL", 3)
    kept = {}
    with monkeypatch.context() as patch:
        patch.setattr(link, "put", lambda **changes: kept.update(changes))
        link.select(many, dataset)
    assert len(kept["selection"]) < 60
    app = open_page("Map", town_cache, model="1d", selection=kept["selection"])
    assert shared(app)["shared"]["selection"] == many
    app = open_page("Map", town_cache, model="1d", selection="~000000:1-3")
    assert shared(app)["shared"]["selection"] == []
    assert "other photographs" in texts(app.warning)


def test_the_table_agrees_with_the_cache(open_page, town_cache):
    app = open_page("Compare", town_cache, protocol="finite_sum")
    table = app.dataframe[0].value
    scores = {score.query_id: score for score in stored(town_cache, "1f").scores}
    assert table.loc["alder_court_2", "1f"] == pytest.approx(100 * scores["alder_court_2"].ap_finite_sum)
    assert "report" in texts(app.caption)
    assert "are not shown" in texts(app.caption)


@pytest.mark.parametrize("page", ["Map", "Query", "Compare", "Failures"])
def test_a_link_with_nonsense_is_named_and_replaced(open_page, town_cache, page):
    wrong = {
        "Map": {"method": "magic"},
        "Query": {"query": "no_such_query"},
        "Compare": {"protocol": "votes"},
        "Failures": {"atlas": "stars"},
    }[page]
    app = open_page(page, town_cache, model="1d", **wrong)
    assert next(iter(wrong.values())) in texts(app.warning)


def test_a_link_to_strangers_drops_them_and_says_so(open_page, town_cache):
    app = open_page("Map", town_cache, model="1d", selection="brock_tower_000001,no_such_photograph")
    assert shared(app)["shared"]["selection"] == ["brock_tower_000001"]
    assert "no_such_photograph" in texts(app.warning)


def test_the_running_loss_is_read_from_the_log_without_its_unfinished_line(tmp_path):
    log = tmp_path / "town-train" / "quick-seed3" / "1d" / ".weights-0123abcd" / "training.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text('{"step": 5, "loss": 2.5}\n{"step": 5, "validation_map": 9.0}\n{"step": 10, "loss": 2.0}\n{"step": 15, "lo')
    assert [line["loss"] for line in newest_running_log(Workspace(tmp_path), "1d") if "loss" in line] == [2.5, 2.0]
    assert newest_running_log(Workspace(tmp_path), "1f") == []


def test_another_dataset_leaves_no_query_or_selection_of_the_old_one_behind():
    def page():
        from pages.state import link

        link.load_state()
        link.choose("dataset", ["town", "photos"], __import__("streamlit").selectbox, "Dataset")

    from streamlit.testing.v1 import AppTest

    app = AppTest.from_function(page)
    app.query_params.update({"dataset": "town", "query": "castle_gate_2", "selection": "a%2520b"})
    app.run()
    app.selectbox[0].set_value("photos").run()
    assert not app.exception
    assert app.query_params["dataset"] in ("photos", ["photos"])
    assert "query" not in app.query_params
    assert "selection" not in app.query_params
