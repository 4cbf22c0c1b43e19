import json

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

PAGES = {name: f"pages/{name.lower()}.py" for name in ("Start", "Map", "Query", "Compare", "Ledger", "Failures")}
HEAD = """
import streamlit as st
from pages.widgets import style
from pages.state import loaders
from pages.widgets.errors import shown_errors
from pages.state.link import load_state
import runpy
load_state()
with shown_errors():
    runpy.run_path({page!r}, run_name="page")
"""


@pytest.fixture
def open_page(monkeypatch):
    """Run one page on a cache, with the parameters of a link."""

    def open_it(page, cache, **parameters):
        monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
        st.cache_resource.clear()
        st.cache_data.clear()
        app = AppTest.from_string(HEAD.format(page=PAGES[page]), default_timeout=120)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception
        return app

    yield open_it
    st.cache_resource.clear()
    st.cache_data.clear()


def texts(elements):
    return " ".join(str(element.value) for element in elements)


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


@pytest.mark.parametrize("page", ["Map", "Query", "Compare", "Ledger", "Failures"])
def test_the_other_pages_say_what_to_do_first(open_page, tmp_path, page):
    app = open_page(page, tmp_path / "cache")
    assert "Start" in texts(app.info)


def test_the_leaderboard_shows_every_model(open_page, town_cache):
    app = open_page("Start", town_cache)
    table = app.dataframe[0].value
    assert list(table["model"]) == ["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h"]
    assert (table["mAP (Oxford)"] > 0).all()
    assert table["start"].str.contains("stand-in for ImageNet").all()


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
    next(button for button in app.button if button.label == "Add").click()
    app.run()
    assert not app.exception
    assert "nowhere" in texts(app.error)


def shared(app):
    """What the map in the browser is told."""
    return json.loads(app.get("bidi_component")[0].proto.json)


def test_the_map_hands_the_link_over_to_the_browser(open_page, town_cache):
    app = open_page("Map", town_cache, model="1c", selection="brock_tower_000001,castle_gate_000002", k="6", view="0.1,0.2,3")
    told = shared(app)
    assert told["scene"].startswith("files/scene/town?method=tsne&subset=all")
    assert told["shared"]["model"] == "1c"
    assert told["shared"]["selection"] == ["brock_tower_000001", "castle_gate_000002"]
    assert (told["shared"]["k"], told["shared"]["view"]) == ("6", "0.1,0.2,3")


def test_other_projections_are_computed_when_they_are_asked_for(open_page, town_cache):
    from retrieval_core.stored.results import load_map
    from retrieval_core.workspace import Workspace

    app = open_page("Map", town_cache, model="1d", method="pca", subset="labelled")
    assert "method=pca&subset=labelled" in shared(app)["scene"]
    assert load_map(Workspace(town_cache), "town", "1d", "pca", "labelled") is not None


def test_a_link_to_many_photographs_is_short_and_names_the_same(open_page, town_cache, monkeypatch):
    from pages.state import link, loaders

    app = open_page("Map", town_cache, model="1d")
    dataset = loaders.open_named("town")
    many = [image.id for image in dataset.images if image.label != "goose_row"]
    monkeypatch.setattr(link, "MOST_IN_URL", 3)
    kept = {}
    monkeypatch.setattr(link, "put", lambda **changes: kept.update(changes))
    link.select(many, dataset)
    assert len(kept["selection"]) < 60
    app = open_page("Map", town_cache, model="1d", selection=kept["selection"])
    assert shared(app)["shared"]["selection"] == many
    app = open_page("Map", town_cache, model="1d", selection="~000000:1-3")
    assert shared(app)["shared"]["selection"] == []
    assert "other photographs" in texts(app.warning)


def test_the_table_agrees_with_the_cache(open_page, town_cache):
    from retrieval_core.stored.results import load_scores
    from retrieval_core.workspace import Workspace

    app = open_page("Compare", town_cache, protocol="finite_sum")
    table = app.dataframe[0].value
    scores = {score.query_id: score for score in load_scores(Workspace(town_cache), "town", "1f")}
    assert table.loc["alder_court_2", "1f"] == pytest.approx(100 * scores["alder_court_2"].ap_finite_sum)
    assert "report" in texts(app.caption)
    assert "are not shown" in texts(app.caption)


@pytest.mark.parametrize("page", ["Map", "Query", "Compare", "Failures"])
def test_a_link_with_nonsense_is_named_and_replaced(open_page, town_cache, page):
    wrong = {"Map": {"method": "magic"}, "Query": {"query": "no_such_query"}, "Compare": {"protocol": "votes"},
             "Failures": {"atlas": "stars"}}[page]
    app = open_page(page, town_cache, model="1d", **wrong)
    assert next(iter(wrong.values())) in texts(app.warning)


def test_a_link_to_strangers_drops_them_and_says_so(open_page, town_cache):
    app = open_page("Map", town_cache, model="1d", selection="brock_tower_000001,no_such_photograph")
    assert shared(app)["shared"]["selection"] == ["brock_tower_000001"]
    assert "no_such_photograph" in texts(app.warning)


def test_the_running_loss_is_read_from_the_log_without_its_unfinished_line(monkeypatch, tmp_path):
    from pages.state import loaders

    log = tmp_path / "town-train" / "1d" / ".weights-0123abcd" / "training.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text('{"step": 5, "loss": 2.5}\n{"step": 5, "validation_map": 9.0}\n{"step": 10, "loss": 2.0}\n{"step": 15, "lo')
    monkeypatch.setenv("RETRIEVAL_CACHE", str(tmp_path))
    st.cache_resource.clear()
    assert loaders.running_losses("1d") == {5: 2.5, 10: 2.0}
    assert loaders.running_losses("1f") == {}
    st.cache_resource.clear()


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
