"""Work that pages begin: its bar, its end, its failure and how it is cancelled; nothing is begun again by itself."""

import pytest
from looking import button, end_of_work, shared, stored, texts, views
from streamlit.testing.v1 import AppTest
from tiny_runs import ENDLESS, add_seed

from retrieval_core.runs import jobs
from retrieval_core.stored.artefacts import map_choice
from retrieval_core.workspace import Workspace

IMPOSSIBLE = "perplexity=100000"


def bars(app: AppTest) -> list[str]:
    return [bar.proto.text for bar in app.get("progress")]


def job(cache, place="look") -> jobs.JobState:
    return jobs.current(Workspace(cache), place)


@pytest.fixture
def stopped(cache):
    """The cache; what is still at work in it at the end is cancelled."""
    yield cache
    for place in jobs.PLACES:
        jobs.cancel(Workspace(cache), place)


def test_another_perplexity_is_made_under_a_bar_and_shown(open_page, cache):
    app = open_page("Map", cache, model="1d")
    next(field for field in app.number_input if field.label == "perplexity").set_value(5.0)
    button(app, "Show this map").click().run()
    assert not app.exception
    assert app.query_params["settings"] in ("perplexity=5", ["perplexity=5"])
    assert "t-SNE of 29 photographs under model 1d is not here yet" in texts(app.info)
    assert bars(app)
    assert button(app, "Cancel")
    assert "map" not in views(app)
    assert end_of_work(cache).state == "done"
    app.run()
    assert "settings=perplexity=5" in shared(app)["scene"]
    assert stored(cache, "1d").map(map_choice("tsne", "all", {"perplexity": 5}, 0)).parameters["perplexity"] == 5
    assert "Compute the shown map of 9 more models" in [one.label for one in app.button]


def test_the_bar_is_there_again_after_a_reload_and_cancelling_is_said(open_page, stopped):
    open_page("Map", stopped, model="1c", settings=ENDLESS)
    app = open_page("Map", stopped, model="1c", settings=ENDLESS)  # as after a reload
    assert bars(app)
    begun = job(stopped)
    assert begun.state == "running"
    button(app, "Cancel").click().run()
    assert end_of_work(stopped).state == "cancelled"
    app.run()
    assert "It was cancelled after" in texts(app.info)
    assert "map" not in views(app)
    app.run()  # looking again begins nothing
    assert job(stopped).pid == begun.pid
    button(app, "Try again").click().run()
    assert job(stopped).pid != begun.pid
    assert bars(app)


@pytest.fixture
def unmended(monkeypatch):
    """Links are taken as they are: one that asks for the impossible stands for work that fails."""
    monkeypatch.setattr("pages.state.link._mend", lambda state: None)


@pytest.mark.usefixtures("unmended")
def test_work_that_failed_is_said_and_not_begun_again_by_itself(open_page, stopped):
    app = open_page("Map", stopped, model="1c", settings=IMPOSSIBLE)
    failed = end_of_work(stopped)
    assert failed.state == "failed"
    for _ in range(2):
        app.run()
        assert not app.exception
        assert "It failed: " in texts(app.error)
        assert "perplexity" in texts(app.error)
        assert button(app, "Try again")
    assert job(stopped) == failed


@pytest.mark.usefixtures("unmended")
def test_a_map_of_another_choice_can_be_opened_after_a_failure(open_page, stopped):
    open_page("Map", stopped, model="1c", settings=IMPOSSIBLE)
    assert end_of_work(stopped).state == "failed"
    app = open_page("Map", stopped, model="1c")
    assert not app.error
    assert "1c" in shared(app)["shared"]["model"]


def test_a_map_that_may_take_long_is_asked_for_first(open_page, cache, monkeypatch):
    from pages.widgets import projection

    monkeypatch.setattr(projection, "ASK_FROM", 0.0)
    app = open_page("Map", cache, model="1c", settings="perplexity=6")
    assert "so one of 29 takes" in texts(app.info)
    assert job(cache) is None or "perplexity=6" not in job(cache).arguments
    button(app, "Compute it").click().run()
    assert end_of_work(cache).state == "done"
    app.run()
    assert "settings=perplexity=6" in shared(app)["scene"]


def test_recompute_says_where_fresh_and_stored_differ(open_page, cache):
    run = add_seed(cache, 1, 0.9)  # its stored APs are not those of its descriptors
    app = open_page("Compare", cache, model="1d", run=run)
    button(app, "Recompute now").click().run()
    assert bars(app)
    end_of_work(cache)
    app.run()
    assert not app.success
    assert "1d DIFFERS from what is stored" in texts(app.error)
    # Of another model or run nothing is said.
    assert "DIFFERS" not in texts(open_page("Compare", cache, model="1d", run="quick").error)


def test_models_of_other_sizes_than_now_cannot_be_explored(open_page, cache, monkeypatch):
    from dataclasses import replace

    from retrieval_core.schedules import COLUMNS

    monkeypatch.setitem(COLUMNS["quick-shapes"], "1c", replace(COLUMNS["quick-shapes"]["1c"], extract_size=80))
    for page in ("Map", "Query", "Failures"):
        app = open_page(page, cache, model="1c")
        assert "Model 1c of run quick is stale: the size of the pictures changed since" in texts(app.info)
        assert not app.get("bidi_component")
    table = open_page("Start", cache, model="1c").dataframe[0].value.set_index("model")
    assert table.loc["1c", "state"] == "stale"
    assert "1c" not in open_page("Compare", cache, model="1c").dataframe[0].value.columns


def test_rebuild_what_changed_leaves_alone_what_did_not(open_page, cache):
    files = [file for file in (cache / "town" / "quick").rglob("*") if file.is_file()]
    before = {file: file.stat().st_mtime_ns for file in files}
    app = open_page("Start", cache)
    button(app, "Rebuild what changed").click().run()
    assert bars(app)
    assert end_of_work(cache, "run").state == "done"
    assert {file: file.stat().st_mtime_ns for file in before} == before
    app.run()
    assert not app.exception
    assert "Rebuild what changed" in [one.label for one in app.button]


def test_another_run_is_watched_and_cancelled_on_start(open_page, stopped):
    app = open_page("Start", stopped)
    button(app, "Start this run").click().run()  # with seed 1
    assert bars(app)
    button(app, "Cancel").click().run()
    assert end_of_work(stopped, "run").state == "cancelled"
    app = open_page("Start", stopped)
    assert "The last run was cancelled after" in texts(app.info)
    assert set(app.dataframe[0].value["state"]) == {"ready"}  # of quick, which it left alone
