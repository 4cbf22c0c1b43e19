"""The bar of a lesson and the presenter's window without an app: keys, tally, what is revealed when, and what each window is told."""

import pytest
from modules_page import ORIGIN, WEB, open_modules
from typed import problems

from pages.web.lesson.messages import LessonData, LessonEvent, PresenterState
from pages.web.presenter import presenter

pytestmark = pytest.mark.browser

WINS = {
    "ask": "Which model finds most?", "options": [{"words": "1a", "src": ""}, {"words": "1d", "src": ""}], "answers": [1],
    "value": None, "unit": "", "why": "1d has 41.2, 1a 12.0.", "photographs": [], "missing": "",
}  # fmt: skip
NUMBER = WINS | {"ask": "How much?", "options": [], "answers": [], "value": 40.0, "unit": "%", "why": "It is measured."}
PLAIN = {
    "title": "Plain",
    "text": "Text of **one**.",
    "note": "",
    "question": None,
    "verdict": None,
    "hides": [],
    "map": None,
    "before": None,
}
CARDS = [
    PLAIN | {"title": "First", "note": "Say *this* first."},
    PLAIN | {"title": "Of 1d", "text": "Look at 1d.", "question": WINS, "hides": ["names of models"], "note": "Ask for hands.",
             "verdict": {"state": "holds", "words": "holds here: +3.1 points [1.0, 5.2]"},
             "before": {"title": "Of Model B", "text": "Look at Model B.", "ask": "Which?", "options": ["Model A", "Model B"]}},
    PLAIN | {"title": "A number", "question": NUMBER},
    PLAIN | {"title": "Last", "hides": ["names of models"], "map": {
        "maps": "run=quick&method=tsne", "shared": {"model": "1d"},
        "hidden": {"what": ["models"], "models": {"1d": "Model B"}, "last": ""}}},
]  # fmt: skip
DATA = {
    "kind": "lesson",
    "lesson": "one",
    "title": "A lesson",
    "number": 1,
    "cards": CARDS,
    "answered": [],
    "models": ["1a", "1d"],
    "presenter": "presenter",
}
SHOW = """async ([html, css, data]) => {
  document.body.innerHTML = '<button id="page">of the page</button><input id="field"><div id="host"></div>';
  const root = document.getElementById("host").attachShadow({ mode: "open" });
  root.innerHTML = `<style>${css}</style>${html}`;
  [window.events, window.answered, window.pageKeys, window.moved] = [[], [], [], []];
  document.addEventListener("keydown", (event) => window.pageKeys.push(event.key), { capture: true });
  window.addEventListener("lesson-map", (event) => window.moved.push(event.detail));
  const { show } = await import("/web/lesson/main.js");
  const link = { parentElement: root, setStateValue: (name, value) => window[name].push(value),
    setTriggerValue: (_, value) => window.events.push(value) };
  window.again = (changes) => show({ ...link, data: { ...data, ...changes } });
  window.end = window.again({});
}"""


def show(page, **changes):
    """Show the bar on a page of its own."""
    open_modules(page, {"/files/photograph/a": b""})
    again(page, **changes)


def again(page, **changes):
    html, css = ((WEB / "lesson" / f"lesson.{ending}").read_text(encoding="utf-8") for ending in ("html", "css"))
    page.evaluate(SHOW, [html, css, DATA | changes])


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def seen(page) -> str:
    return page.locator(".lesson").inner_text()


def test_the_data_of_these_tests_is_that_of_a_bar():
    assert problems(DATA, LessonData) == []


def test_arrows_go_from_card_to_card_before_the_page_hears_of_them(page):
    show(page)
    assert "1 of 4" in seen(page)
    press(page, "ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert "4 of 4" in seen(page)
    assert page.evaluate("() => window.events") == [{"step": 2}, {"step": 3}, {"step": 4}]
    assert page.evaluate("() => window.pageKeys") == []
    assert page.evaluate("() => window.moved") == [CARDS[3]["map"]]
    page.evaluate("() => window.again({ number: 2 })")  # the page has only followed to the second one
    assert "4 of 4" in seen(page)
    page.evaluate("() => window.again({ number: 4 })")
    page.evaluate("() => window.again({ number: 1 })")  # and now it says another one by itself
    assert "1 of 4" in seen(page)


def test_text_is_never_html(page):
    evil = ("<img src=x onerror=window.evil=1> <b>bold</b> [a](javascript:window.evil=2) [b](data:text/html,x) `<i>` "
            " \\*star\\*\n\n- **one**\n- two")  # fmt: skip
    show(page, cards=[PLAIN | {"title": "<script>window.evil=3</script>", "text": evil, "note": evil}])
    assert page.locator(".lesson img, .lesson b, .lesson script, .lesson i:not(.progress i), .lesson a").count() == 0
    assert "<b>bold</b>" in seen(page)
    assert "*star*" in seen(page)
    assert page.locator(".lesson li strong").inner_text() == "one"
    assert page.evaluate("() => window.evil") is None


def test_markdown_becomes_the_elements_it_stands_for(page):
    show(page)
    text = ("# Head\n\nOne *two*\nthree_four_five `co*de*` [site](https://a.test/x)\n\n1. a\n2. b\n   more\n\n> said\n\n"
            "***\n\n```\n<pre>\n```\n\n"
            "| x | y |\n|---|---|\n| 1 | 2 |\n")  # fmt: skip
    html = page.evaluate("""async (text) => {
      const { markdown } = await import("/web/lesson/markdown.js");
      return markdown(document.createElement("div"), text).innerHTML;
    }""", text)  # fmt: skip
    assert html == ('<h3>Head</h3><p>One <em>two</em> three_four_five <code>co*de*</code> <a href="https://a.test/x" target="_blank" '
                    'rel="noopener">site</a></p><ol start="1"><li>a</li><li>b more</li></ol><blockquote><p>said</p></blockquote><hr>'
                    "<pre><code>&lt;pre&gt;</code></pre><table><tr><th>x</th><th>y</th></tr>"
                    "<tr><td>1</td><td>2</td></tr></table>")  # fmt: skip


def test_hands_are_counted_and_the_truth_waits_for_enter(page):
    show(page, number=2)
    before = seen(page)
    assert "Of Model B" in before
    assert "Model A" in before
    assert not any(word in before for word in ("1d", "1a", "41.2", "holds", "3.1"))
    more = page.get_by_label("One hand more for Model B")
    more.click(click_count=2)
    page.get_by_label("One hand less for Model A").click()  # there are none to take away
    page.get_by_label("Hands for Model A").fill("7")
    page.get_by_label("Hands for Model A").press("Tab")
    more.click()
    press(page, "Enter")  # a button that the mouse has pressed does not take it
    after = seen(page)
    assert all(word in after for word in ("Of 1d", "True: 1d.", "41.2", "holds here: +3.1 points"))
    assert page.locator(".option.right .words").inner_text() == "✓ 1d"
    assert [page.get_by_label(f"Hands for {key}").input_value() for key in ("1a", "1d")] == ["7", "3"]
    assert page.evaluate("() => window.answered") == [[2]]
    press(page, "Enter")
    assert page.evaluate("() => window.answered") == [[2]]


def test_enter_presses_the_button_that_tab_went_to(page):
    show(page, number=2)
    page.get_by_label("One hand more for Model B").focus()
    press(page, "Shift+Tab", "Tab", "Enter")
    assert page.get_by_label("Hands for Model B").input_value() == "1"
    assert page.evaluate("() => window.answered") == []


def test_numbers_are_typed_in_and_stand_beside_the_truth(page):
    show(page, number=3)
    for guess in ("10", "44", "90"):
        page.locator("[name=guess]").fill(guess)
        page.locator("[name=guess]").press("Enter")
    assert "median 44 %" in seen(page)
    assert "40 %" not in seen(page)
    page.get_by_label("Take 90 % away").click()
    press(page, "Enter")
    assert "The truth: 40 %. It is measured." in seen(page)
    assert page.locator(".guesses .right").inner_text().startswith("✓ 44 %")
    assert "median 27 %" in seen(page)


def test_what_was_said_survives_cards_and_a_reload_and_can_be_cleared(page):
    show(page, number=2)
    page.get_by_label("One hand more for Model B").click()
    press(page, "Enter", "ArrowRight", "ArrowLeft")
    assert "True: 1d." in seen(page)
    page.reload()
    again(page, number=2)
    assert "True: 1d." in seen(page)
    assert page.get_by_label("Hands for 1d").input_value() == "1"
    assert page.evaluate("() => window.answered") == [[2]]  # the page is told what it can't know
    again(page, number=2, lesson="another")
    assert "True" not in seen(page)
    again(page, number=2)
    page.locator(".menu summary").click()
    page.get_by_text("Clear the answers").click()
    assert "True" not in seen(page)
    assert page.get_by_label("Hands for Model B").input_value() == "0"
    assert page.evaluate("() => window.answered.at(-1)") == []


def test_blank_spotlight_models_and_the_way_out(page):
    show(page)
    cover = page.locator("[data-kind]")
    press(page, "b")
    assert (cover.is_visible(), cover.get_attribute("data-kind")) == (True, "blank")
    press(page, "Escape")
    assert not cover.is_visible()
    press(page, "s")
    page.mouse.move(300, 200)
    assert "at 300px 200px" in cover.evaluate("(one) => one.style.background")
    page.locator("#page").click()  # the light is in nobody's way
    press(page, "Escape", "Escape", "2", "8")
    assert page.evaluate("() => window.events") == [{"model": "1d"}]
    assert page.evaluate("() => window.pageKeys") == ["Escape"]  # the second one is the page's
    page.locator("#field").focus()
    press(page, "b", "s", "1", "ArrowRight")
    assert not cover.is_visible()
    assert "1 of 4" in seen(page)
    page.locator(".menu summary").click()
    page.get_by_text("Leave the lesson").click()
    assert page.evaluate("() => window.events.at(-1)") == {"leave": True}
    for event in page.evaluate("() => window.events"):
        assert problems(event, LessonEvent) == []
    page.evaluate("() => window.end()")
    page.locator("#page").focus()
    press(page, "ArrowRight", "b")
    assert page.evaluate("() => window.pageKeys.slice(-2)") == ["ArrowRight", "b"]


def test_a_finger_turns_the_card(page):
    show(page)
    page.evaluate("""() => {
      const bar = document.getElementById("host").shadowRoot.querySelector(".lesson");
      const finger = (name, clientX) =>
        bar.dispatchEvent(new PointerEvent(name, { pointerType: "touch", isPrimary: true, clientX, clientY: 50, bubbles: true }));
      finger("pointerdown", 300); finger("pointerup", 180);
      finger("pointerdown", 300); finger("pointerup", 280);
    }""")  # fmt: skip
    assert "2 of 4" in seen(page)
    small = page.evaluate("""() => [...document.getElementById("host").shadowRoot.querySelectorAll("button, summary, input")]
      .map((one) => one.getBoundingClientRect())
      .filter(({ width, height }) => width && (width < 44 || height < 44)).length""")  # fmt: skip
    assert small == 0


@pytest.fixture
def two_windows(browser):
    """Pages of one browser's session."""
    context = browser.new_context()
    yield context
    context.close()


def presenters(context, bar):
    """The presenter's window of a bar, as the app serves it."""
    page = context.new_page()
    html = presenter(None).body.decode().split("modules/")[0] + '/web/lesson/presenter.js"></script></body></html>'
    open_modules(page)
    tab = bar.evaluate("() => sessionStorage.getItem('lesson tab')")
    page.route(f"{ORIGIN}/files/presenter**", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{ORIGIN}/files/presenter?tab={tab}")
    page.locator("nav").wait_for()
    return page


def test_the_presenters_window_knows_all_and_sends_its_keys_back(two_windows):
    bar = two_windows.new_page()
    show(bar, number=2)
    bar.get_by_label("One hand more for Model B").click()
    window = presenters(two_windows, bar)  # it is opened late
    told = window.locator("main").inner_text()
    for words in (
        "2 of 4 · Of 1d",
        "Ask for hands.",
        "✓ 1d: 1 hand",
        "True: 1d.",
        "Not revealed yet",
        "Next: A number",
        "on this card",
    ):
        assert words in told
    assert "Ask for hands" not in bar.locator("body").inner_text()
    press(window, "Enter")
    bar.get_by_text("True: 1d.").wait_for()
    window.get_by_text("Revealed.", exact=True).wait_for()
    press(window, "ArrowRight")
    bar.get_by_text("3 of 4").wait_for()
    window.get_by_role("button", name="Blank").click()
    bar.locator('[data-kind="blank"]').wait_for()
    window.get_by_text("The screen is blank").wait_for()
    window.reload()
    window.get_by_text("3 of 4 · A number").wait_for()
    bar.evaluate("() => window.end()")
    window.get_by_text("The lesson is closed").wait_for()
    bar.reload()
    again(bar, number=1)
    window.get_by_text("Say this first.").wait_for()


def test_two_tabs_have_a_presenter_each_even_when_one_is_a_copy(two_windows):
    first, second = two_windows.new_page(), two_windows.new_page()
    show(first)
    open_modules(second)
    tab = first.evaluate("() => sessionStorage.getItem('lesson tab')")
    second.evaluate("(tab) => sessionStorage.setItem('lesson tab', tab)", tab)
    again(second, number=3)
    second.wait_for_function("(tab) => sessionStorage.getItem('lesson tab') !== tab", arg=tab)
    window = presenters(two_windows, first)
    press(second, "ArrowLeft")
    window.wait_for_timeout(300)
    assert "1 of 4" in window.locator("h1").inner_text()


def test_what_the_presenters_window_is_told_is_written_down(two_windows):
    bar, other = two_windows.new_page(), two_windows.new_page()
    show(bar)
    open_modules(other)
    tab = bar.evaluate("() => sessionStorage.getItem('lesson tab')")
    other.evaluate("""(tab) => {
      window.told = [];
      window.channel = new BroadcastChannel(`lesson ${tab}`);
      window.channel.onmessage = ({ data }) => window.told.push(data);
    }""", tab)  # fmt: skip
    press(bar, "ArrowRight", "Enter", "ArrowRight", "b")
    other.wait_for_function("() => window.told.length > 3")
    told = other.evaluate("() => window.told")
    assert [problem for state in told for problem in problems(state, PresenterState)] == []
    assert {state["number"] for state in told} == {2, 3}
