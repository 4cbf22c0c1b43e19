"""What people came for takes most of the window, from a projector's 1024×768 to 1920×1080 and on a tablet, and can be shown alone."""

import pytest
from rest import at_rest
from shares import PAGES, share

pytestmark = pytest.mark.browser

SIZES = {
    "projector": {"viewport": {"width": 1024, "height": 768}},
    "laptop": {"viewport": {"width": 1440, "height": 900}},
    "large": {"viewport": {"width": 1920, "height": 1080}},
    "tablet": {"viewport": {"width": 768, "height": 1024}, "has_touch": True, "is_mobile": True},
}
# The least share of the window, by page. The tiny town fills no large window with its 29 photographs: of lists that end it is
# said for the projector alone.
LEAST = {"start": 0.5, "map": 0.44, "map and photographs": 0.62, "ranking": 0.45, "machine": 0.38, "flow": 0.38, "compare": 0.45,
         "ledger": 0.5, "failures": 0.5}  # fmt: skip
ENDING = {"ranking", "compare", "ledger", "failures"}
# Axe at every size and in both schemes: each pair once for each page would take half an hour.
AXE = [("projector", "light"), ("laptop", "dark"), ("tablet", "light"), ("tablet", "dark")]


TYPE = "(one) => parseFloat(getComputedStyle(one).fontSize)"


def opened(browser, address, size, scheme, name):
    """A page as it is opened at a size, once it is drawn."""
    context = browser.new_context(color_scheme=scheme, reduced_motion="reduce", **SIZES[size])
    page = context.new_page()
    page.set_default_timeout(60_000)
    link, _, drawn = PAGES[name]
    page.goto(f"{address}/{link}")
    page.locator(drawn).first.wait_for(state="attached")
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_function("() => !document.querySelector('[data-stale=true], [data-testid=stSpinner]')")
    page.wait_for_timeout(1200)  # what has been pale while it was made is drawn at full strength
    return page


@pytest.mark.parametrize("size", SIZES)
def test_what_people_came_for_takes_most_of_the_window(browser, address, size):
    small = {}
    for name, least in LEAST.items():
        if size in ("large", "tablet") and name in ENDING:
            continue
        page = opened(browser, address, size, "light", name)
        taken = share(page, PAGES[name][1])
        if taken < least - (0.12 if size == "tablet" else 0):  # upright, it shows more of what lies below
            small[name] = round(taken, 3)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the window"
        page.context.close()
    assert not small, small


@pytest.mark.parametrize(("size", "scheme"), AXE)
def test_axe_finds_nothing_serious(browser, address, size, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    serious = []
    for name in PAGES:
        page = opened(browser, address, size, scheme, name)
        for one in axe.run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                serious += [f"{name}: {one['id']}: {node['target']}" for node in one["nodes"]]
        page.context.close()
    assert not serious, serious


def test_on_a_projector_the_tools_are_one_row_and_the_picture_lies_over_nothing(browser, address):
    page = opened(browser, address, "projector", "light", "map and photographs")
    assert page.locator(".tools").bounding_box()["height"] < 40
    page.context.close()
    page = opened(browser, address, "projector", "light", "ranking")
    picture = page.locator('[data-testid="stMain"] .picture img').bounding_box()
    cards = page.locator(".strips").bounding_box()
    assert picture["x"] + picture["width"] <= cards["x"]
    page.context.close()


def test_all_small_maps_stand_in_one_row(browser, address):
    page = opened(browser, address, "projector", "light", "start")
    tops = page.locator(".tile").evaluate_all("(tiles) => tiles.map((tile) => Math.round(tile.getBoundingClientRect().top))")
    assert len(tops) == 10
    assert len(set(tops)) == 1
    page.goto(f"{address}/map?model=1d&film=open")
    page.locator(".minis button").nth(9).wait_for()
    tops = page.locator(".minis button").evaluate_all("(minis) => minis.map((mini) => Math.round(mini.getBoundingClientRect().top))")
    assert len(set(tops)) == 1
    page.context.close()


@pytest.mark.parametrize(("name", "part"), [("map and photographs", ".stage"), ("ranking", ".strips"), ("machine", ".machine, .around"),
                                            ("compare", '[data-testid="stDataFrame"]')])  # fmt: skip
def test_p_and_the_button_show_a_part_alone_in_large_type(browser, address, name, part):
    page = opened(browser, address, "projector", "light", name)
    before, size = share(page, part), page.locator(part).first.evaluate(TYPE)
    keys = page.locator('[class*="st-key-alone-"]').first
    keys.hover(position={"x": 60, "y": 60})
    page.keyboard.press("p")
    page.locator(".shown-alone").wait_for()
    page.wait_for_timeout(500)
    assert share(page, ".shown-alone") > 0.99
    assert share(page, part) > max(before, 0.4)
    if name != "compare":  # a table is magnified as a whole
        assert page.locator(part).first.evaluate(TYPE) > 1.2 * size
    at = page.url
    page.keyboard.press("Escape")  # means this, and not the selection
    page.locator(".shown-alone").wait_for(state="detached")
    assert page.url == at
    page.locator("button.alone").first.click()
    page.locator(".shown-alone").wait_for()
    page.get_by_role("button", name="Back").click()
    page.locator(".shown-alone").wait_for(state="detached")
    page.context.close()


def test_a_point_of_the_map_is_chosen_also_while_it_is_alone(browser, address):
    page = opened(browser, address, "projector", "light", "map")
    page.keyboard.press("p")
    page.locator(".shown-alone").wait_for()
    page.wait_for_timeout(500)
    page.keyboard.press("j")
    page.locator('.head[data-chosen="alder_court_1"]').wait_for()
    page.wait_for_function("() => location.search.includes('query=alder_court_1')")
    at_rest(page, page.locator(".stage"))
    assert share(page, ".shown-alone") > 0.99
    page.context.close()
