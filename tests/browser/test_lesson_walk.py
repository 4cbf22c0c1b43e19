"""A lesson from its first card to its last with keys alone: every view comes, what is hidden is nowhere, and the presenter sees all."""

import re

import pytest
from app_server import start_app
from caches import copy_cache
from chromium import is_fault

from retrieval_core.lessons.card import Card, Lesson, Question
from retrieval_core.lessons.lesson_files import list_lessons, save_lesson
from retrieval_core.workspace import Workspace

pytestmark = pytest.mark.browser

QUERY = "query?query=brock_tower_1&model=1d&strips=all"
WALK = Lesson("walk", "A walk", (
    Card("Of the map", "map?model=1a", "A point is a photograph.", note="The first note."),
    Card("Of another model", "map?model=1d&view=0.1,0.1,2", "The points move.", hide=("models",)),
    Card("Which wins?", QUERY, "Look.", Question("wins"), "map 1d > 0", ("ap", "models", "verdicts"), "Count hands."),
    Card("What is it?", "map?model=1d&query=brock_tower_1&film=open", "", Question("number", of={"figure": "map 1d"}),
         hide=("labels", "ap")),
    Card("Not the last", "compare", "Bars.", Question("number", of={"figure": "map 1c"}), hide=("ap", "last")),
    Card("What each step bought", "ledger", "Steps.", hide=("ap",)),
    Card("The end", "start", "Thank you."),
))  # fmt: skip
# All that can be read on a page, in shadow roots as well, with what a screen reader says of pictures and buttons.
READ = """() => {
  const read = (root) => [root.innerText ?? [...root.children].map((one) => one.innerText ?? "").join("\\n"),
    ...[...root.querySelectorAll("*")].flatMap((one) => [
      ...(one.checkVisibility() ? ["alt", "title", "aria-label"].map((name) => one.getAttribute(name) ?? "") : []),
      ...(one.shadowRoot ? [read(one.shadowRoot)] : [])])].join("\\n");
  return read(document.body);
}"""
HIDDEN = {
    "models": r"(?<![\w-])(?:1[a-h]|2[at])(?![\w-])", "labels": r"brock_tower|castle_gate|alder_court",
    "ap": r"m?AP \((?:Oxford|finite sum)\)?[^\n]{0,9}\d+\.\d|m?AP \d+\.\d|Every step|All measures",
    "verdicts": r"counts as wrong|, good\b|[✓✗]", "last": r"(?<![\w-])2t(?![\w-])",
}  # fmt: skip


@pytest.fixture(scope="module")
def lesson_address(town_cache, tmp_path_factory):
    """The app on the town with the lesson of these tests."""
    cache = copy_cache(town_cache, tmp_path_factory.mktemp("walk") / "cache")
    save_lesson(Workspace(cache), WALK)
    with start_app(cache) as address:
        yield address


@pytest.fixture
def windows(browser):
    """Windows of one session; at the end nothing may have gone wrong in any."""
    context = browser.new_context(viewport={"width": 1024, "height": 768})
    context.set_default_timeout(300_000)
    errors = []
    context.on("console", lambda message: errors.append(f"{message.text} {message.location.get('url')}") if is_fault(message) else None)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert not errors, errors


def arrived(page, number: int) -> None:
    """The card is there, and the page has followed."""
    page.locator(f'.lesson[data-card="{number}"]').wait_for()
    page.wait_for_function(f"() => new URLSearchParams(location.search).get('card') === '{number}'")
    page.wait_for_timeout(300)
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(300)
    assert page.locator('[data-testid="stException"]').count() == 0


def found(page, what: str) -> list[str]:
    return re.findall(HIDDEN[what], page.evaluate(READ))


def answer(page) -> None:
    """Say something with the keyboard alone."""
    if page.locator(".option").count():
        page.locator(".option button").nth(1).focus()
        page.keyboard.press("Space")
    elif page.locator("[name=guess]").count():
        page.locator("[name=guess]").focus()
        page.keyboard.type("40")
        page.keyboard.press("Enter")
        page.locator(".lesson summary").focus()
    page.keyboard.press("Enter")


def test_a_lesson_walks_with_keys_alone(windows, lesson_address):
    page = windows.new_page()
    page.goto(f"{lesson_address}/map?model=1a&lesson=walk&card=1")
    arrived(page, 1)
    page.locator(".lesson summary").click()
    with windows.expect_page() as opened:
        page.get_by_text("Presenter’s window").click()
    window = opened.value
    window.get_by_text("The first note.").wait_for()
    for number, card in enumerate(WALK.cards, 1):
        arrived(page, number)
        window.get_by_text(f"{number} of {len(WALK.cards)} · ").wait_for()
        if card.note:
            assert card.note not in page.evaluate(READ)
        if card.hide:
            assert page.locator(".lesson").get_attribute("data-waits") == "true"
            assert {what: found(page, what) for what in card.hide} == {what: [] for what in card.hide}
            answer(page)
            page.locator('.lesson[data-waits="false"]').wait_for()
            page.wait_for_timeout(800)
            arrived(page, number)
            assert any(found(page, what) for what in card.hide)
        if card.question:
            assert re.match("(True|The truth): ", page.locator(".truth").inner_text())
            assert page.locator(".truth").inner_text().split(". ")[0].split(": ")[1] in window.locator("main").inner_text()
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    arrived(page, len(WALK.cards) - 1)
    assert "/ledger" in page.url
    page.reload()
    arrived(page, len(WALK.cards) - 1)
    window.get_by_text(f"{len(WALK.cards) - 1} of {len(WALK.cards)}").wait_for()
    page.locator(".lesson summary").click()
    page.get_by_text("Leave the lesson").click()
    page.locator(".lesson").wait_for(state="detached")
    window.get_by_text("The lesson is closed").wait_for()


def test_keys_of_the_lesson_choose_models_and_not_those_of_the_map(windows, lesson_address):
    page = windows.new_page()
    page.goto(f"{lesson_address}/map?model=1a&lesson=walk&card=1")
    arrived(page, 1)
    page.locator(".head[data-chosen]").wait_for(state="attached")
    page.keyboard.press("8")
    page.locator(".caption", has_text="model 1h").wait_for()  # the eighth of the run; the map itself has no such key
    page.keyboard.press("ArrowRight")
    page.locator(".caption", has_text="Model D").wait_for()
    page.wait_for_function("() => new URLSearchParams(location.search).get('view')?.startsWith('0.1')")
    page.wait_for_timeout(3000)  # the map has come to rest, and what it tells the page undoes nothing
    arrived(page, 2)


def test_axe_finds_nothing_serious_in_bar_and_window(windows, lesson_address):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page = windows.new_page()
    page.goto(f"{lesson_address}/query?lesson=walk&card=3&query=brock_tower_1")
    arrived(page, 3)
    windows.new_page().goto(f"{lesson_address}/files/presenter?tab={page.evaluate('() => sessionStorage.getItem(`lesson tab`)')}")
    for one in windows.pages:
        wrong = [row["id"] for row in axe.run(one).response["violations"] if row["impact"] in ("serious", "critical")]
        assert wrong == []


def test_every_card_of_the_report_lesson_comes(windows, lesson_address, town_cache):
    told = next(
        (one.kept.lesson for one in list_lessons(Workspace(town_cache)) if one.shipped and one.kept and "report" in one.name), None
    )
    if told is None:
        pytest.skip("the lesson on the report is not shipped yet")
    page = windows.new_page()
    page.goto(f"{lesson_address}/?lesson={told.name}&card=1")
    for number in range(1, len(told.cards) + 1):
        arrived(page, number)
        if page.locator('.lesson[data-waits="true"]').count():
            answer(page)
        page.keyboard.press("ArrowRight")
