"""Clusters, Same landmark?, Unlabelled and Duplicates in a real browser: each clicked through, and looked at by axe at every size."""

import shutil

import pytest
from app_server import start_app
from caches import copy_cache
from rest import at_rest, click_until

from retrieval_core.cli.main import main
from retrieval_core.datasets.catalog import add_dataset
from retrieval_core.stored.bins import read_bins
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser

SIZES = ((1024, 768), (1440, 900), (1920, 1080), (768, 1024))
TABLE = '[data-testid="stDataFrame"]'
# By part: its link, and what is there once it is drawn.
PARTS = {
    "clusters": ("compare?comparing=clusters&model=1a&k=6", ".strips .card"),
    "pairs": ("compare?comparing=pairs&model=1a", ".strips .card"),
    "apart": ("unlabelled?model=1a&draws=5&second=1c&apart=nnpu", ".strips .card"),
    "detective": ("unlabelled?guess=detective&jury=1a,1d,2a&votes=1&among=3", ".strips .card"),
    "duplicates": ("duplicates?dataset=copied", ".strips .card"),
}


@pytest.fixture(scope="module")
def measured(town_cache, tmp_path_factory):
    """A cache in which all these pages have something to show; the dataset `copied` holds a photograph twice."""
    root = tmp_path_factory.mktemp("measured")
    cache, copied = copy_cache(town_cache, root / "cache"), root / "copied"
    shutil.copytree(cache / "town" / "photographs" / "jpg", copied / "jpg")
    shutil.copytree(cache / "town" / "photographs" / "lab", copied / "lab")
    shutil.copy(copied / "jpg" / "castle_gate_000001.jpg", copied / "jpg" / "a_copy.jpg")
    add_dataset(Workspace(cache), "copied", copied)
    for words in (["clusters", "--models", "1a,1d"], ["unlabelled", "--models", "1a", "--second", "1c", "--draws", "5"]):
        assert main(["--cache", str(cache), *words]) == 0
    return cache


@pytest.fixture(scope="module")
def address(measured):
    with start_app(measured) as address:
        yield address


def opened(page, address, name):
    link, drawn = PARTS[name]
    page.goto(f"{address}/{link}")
    page.locator(drawn).first.wait_for(timeout=180_000)  # the first page loads the libraries
    rested(page)


def rested(page):
    """Until the page is drawn: a control that is drawn anew does not hear a key."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()


def in_url(page, text):
    page.wait_for_function("(text) => decodeURIComponent(location.search).includes(text)", arg=text)


def keep(page, measured, name, dataset="town"):
    """Keep what is shown under a name, and give back the bin."""
    page.get_by_role("button", name="Keep as a bin").click()
    page.get_by_role("textbox", name="Name of the bin").fill(name)
    page.get_by_role("textbox", name="Name of the bin").press("Enter")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text(f"photographs as {name}.").wait_for()
    page.keyboard.press("Escape")
    return next(bin for bin in read_bins(Workspace(measured), dataset) if bin.name == name)


def test_a_landmark_and_the_outliers_lead_to_the_map(page, address, measured):
    opened(page, address, "clusters")
    page.get_by_role("radio", name="12 nearest").click()
    in_url(page, "k=12")
    kept = keep(page, measured, "strays")
    assert kept.made_by == "outliers under 1a, 12 nearest"
    landmarks = page.locator(f".st-key-alone-landmarks {TABLE}")
    landmarks.scroll_into_view_if_needed()
    lead = page.get_by_role("button", name="on the map").first
    click_until(page, landmarks, lambda box: (box["x"] + 14, box["y"] + 38 * 1.5), lambda ms: lead.wait_for(timeout=ms))
    page.get_by_role("button", name="All on the map").click()
    page.wait_for_url("**/map**")
    in_url(page, f"selection={kept.ids[0]}")


def test_the_threshold_is_moved_with_the_keyboard_and_goes_with_the_link_of_another_query(page, address):
    opened(page, address, "pairs")
    page.get_by_role("radio", name="10 % false matches").click()
    in_url(page, "rate=0.1")
    rested(page)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    in_url(page, "threshold=")
    page.goto(f"{page.url}&query=castle_gate_2")
    page.get_by_text("answers to castle_gate_2 remain under 1a").wait_for()


def test_a_measure_and_a_method_are_chosen_and_its_decision_colours_the_map(page, address):
    opened(page, address, "apart")
    page.get_by_role("radio", name="recall").click()
    in_url(page, "measure=recall")
    page.get_by_role("radio", name="Spies").click()
    in_url(page, "apart=spies")
    page.get_by_role("button", name="On the map").click()
    page.wait_for_url("**/map**")
    in_url(page, "colour=decision:spies")
    page.locator(".stage[data-scene]").wait_for()


def test_duplicates_are_looked_for_kept_and_called_different(page, address, measured):
    page.goto(f"{address}/duplicates?dataset=copied")
    page.get_by_role("button", name="Look for near-equal photographs").click()
    page.locator('.card[data-image="a_copy"]').wait_for(timeout=180_000)
    assert keep(page, measured, "twins", "copied").ids == ("a_copy", "castle_gate_000001")
    at_rest(page, page.locator(".strips"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser, address, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce")
    page, serious = context.new_page(), []
    page.set_default_timeout(60_000)
    for name in PARTS:
        opened(page, address, name)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(800)  # charts are drawn anew
            if page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
                serious.append(f"{name} is wider than {width}")
            for one in axe.run(page).response["violations"]:
                if one["impact"] in ("serious", "critical"):
                    serious += [f"{name} at {width}: {one['id']}: {node['target']}" for node in one["nodes"]]
    context.close()
    assert not serious, serious
