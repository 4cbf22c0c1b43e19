"""Runs and work in a real browser: the chosen run in the link, a projection that is made while one watches, and what failed."""

import pytest
from app_server import start_app
from caches import copy_cache
from rest import at_rest
from tiny_runs import ENDLESS, add_seed

pytestmark = pytest.mark.browser

OTHER = "quick-seed1"


@pytest.fixture(scope="module")
def changing(town_cache, tmp_path_factory):
    """Where the app answers on a copy of the tiny town with a second run, which tests may change."""
    cache = copy_cache(town_cache, tmp_path_factory.mktemp("changing") / "cache")
    add_seed(cache, 1, 0.9)
    with start_app(cache) as address:
        yield address


def in_url(page, text):
    page.wait_for_function("(text) => decodeURIComponent(location.search).includes(text)", arg=text)


def test_the_run_is_chosen_in_the_sidebar_and_goes_with_the_link(page, changing):
    page.goto(f"{changing}/map?model=1c")
    page.locator(".caption", has_text="model 1c of run quick (").wait_for()
    in_url(page, "run=quick&")
    page.locator('[data-testid="stSidebar"]').get_by_role("combobox", name="Run").click()
    page.get_by_role("option", name=OTHER).click()
    page.locator(".caption", has_text=f"model 1c of run {OTHER} (").wait_for()
    in_url(page, f"run={OTHER}&")
    page.get_by_role("link", name="Compare").click()
    page.get_by_role("heading", name="Runs side by side").wait_for()
    page.get_by_text("mean ± standard deviation over seeds").wait_for()
    in_url(page, f"run={OTHER}&")
    page.reload()
    page.get_by_role("heading", name="Runs side by side").wait_for()
    assert page.locator('[data-testid="stSidebar"]').get_by_role("combobox", name="Run").input_value() == OTHER


def test_a_link_to_an_unknown_run_says_so_and_shows_another(page, changing):
    page.goto(f"{changing}/ledger?run=no-such-run")
    page.get_by_text("The link asks for run 'no-such-run', which is not here. Showing 'quick' instead.").wait_for()
    page.get_by_text("Over 2 seeds of quick").wait_for()
    in_url(page, "run=quick&")


def test_costs_are_measured_drawn_and_saved(page, changing):
    page.goto(f"{changing}/compare?model=1c")
    page.get_by_role("button", name="Measure 1a, 1b").click()
    page.get_by_text("At work now").wait_for()
    page.get_by_text("The line joins the Pareto front").wait_for()
    page.get_by_role("radio", name="bytes").click()
    in_url(page, "cost=bytes")
    chart = page.locator('[data-testid="stPlotlyChart"]').nth(1)
    chart.get_by_text("bytes a descriptor").wait_for()
    assert set(chart.locator("text.textpoint, .textpoint text").all_text_contents()) >= {"1a", "1c", "2a"}
    section = page.get_by_role("heading", name="What it costs to describe a photograph").locator("xpath=ancestor::*[.//button][1]")
    section.get_by_role("button", name="Save").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename == "town-costs-oxford-counted.csv"
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("model,mAP,million parameters,million multiply-adds a photograph,bytes a descriptor,milliseconds")
    assert [line.split(",")[0] for line in lines[1:9]] == ["1a", "1b", "1c", "1d", "1e", "1f", "1g", "1h"]


def test_another_perplexity_is_entered_watched_and_shown(page, changing):
    page.goto(f"{changing}/map?model=1c")
    page.locator(".stage[data-scene]").wait_for()
    page.get_by_role("button", name="Settings").click()
    # No pause between the field and the button: what was entered last counts.
    page.get_by_role("spinbutton", name="perplexity").fill("6")
    page.get_by_role("button", name="Show this map").click()
    page.get_by_text("t-SNE of 29 photographs under model 1c is not here yet").wait_for()
    page.locator('[data-testid="stProgress"]').wait_for()
    page.locator(".caption", has_text="perplexity 6").wait_for()
    in_url(page, "settings=perplexity=6")
    assert page.locator('[data-testid="stProgress"]').count() == 0


def test_a_projection_is_cancelled_and_begun_again_only_on_demand(page, changing):
    page.goto(f"{changing}/map?model=1c&settings={ENDLESS}")
    cancel = page.get_by_role("button", name="Cancel")
    cancel.wait_for()
    page.reload()
    cancel.click()
    page.get_by_text("It was cancelled after").wait_for()
    page.reload()
    page.get_by_text("It was cancelled after").wait_for()
    page.get_by_role("button", name="Try again").wait_for()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("button", name="Defaults").click()
    page.locator(".stage[data-scene]").wait_for()


def test_a_link_to_a_projection_that_can_not_be_says_so_and_shows_the_usual_one(page, changing):
    page.goto(f"{changing}/map?model=1c&settings=perplexity=100000")
    page.get_by_text("the usual is shown instead").wait_for()
    page.locator(".stage[data-scene]").wait_for()


def test_a_search_time_choice_is_described_and_opened(page, changing):
    page.goto(f"{changing}/query?model=1c&run={OTHER}")
    page.locator(".strips .card").first.wait_for()
    page.get_by_role("button", name="Search-time choices").click()
    page.get_by_role("combobox", name="Scales").click()
    page.get_by_role("option", name="3 scales").click()
    page.get_by_role("button", name="Describe town as 1c-ms").click()
    in_url(page, "model=1c-ms")
    page.get_by_text("Model 1c-ms: AP (Oxford)").wait_for(timeout=180_000)
    in_url(page, f"run={OTHER}&")


@pytest.mark.parametrize("path", ["", "map?settings=perplexity=100000", f"compare?run={OTHER}", f"ledger?run={OTHER}"])
def test_axe_finds_nothing_serious_where_runs_and_work_are_shown(page, changing, path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.goto(f"{changing}/{path}")
    page.locator("h1").wait_for()
    if "settings" in path:
        page.get_by_text("the usual is shown instead").wait_for()
    at_rest(page, page.locator("h1"))
    page.wait_for_timeout(2000)  # what has been pale while it was made is drawn at full strength
    found = axe.run(page).response["violations"]
    serious = [f"{one['id']}: {node['target']}" for one in found if one["impact"] in ("serious", "critical") for node in one["nodes"]]
    assert not serious, serious
