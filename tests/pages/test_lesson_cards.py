"""The page Lesson: a lesson is made, sorted, edited, previewed, undone, handed out and taken in; nobody's words are lost unsaid."""

from dataclasses import replace

import pytest
import streamlit as st
from lessons_cache import with_descriptors
from looking import button, texts
from streamlit.testing.v1 import AppTest

from pages.state import actions, door
from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import lesson_files
from retrieval_core.lessons.card import Card, Lesson, Question
from retrieval_core.lessons.lesson_files import list_lessons, read_lesson, save_lesson
from retrieval_core.lessons.lesson_text import write_lesson
from retrieval_core.lessons.view import read_view
from retrieval_core.workspace import Workspace

LESSON = Lesson("gates", "Of gates", (
    Card("One", "map?model=1d", "There are {photographs} photographs, ![x](http://x/y.png).", note="Say it."),
    Card("Two", "query?model=1d&query=gate_1", question=Question("number", of={"figure": "queries"}), hide=("ap",)),
    Card("Three"),
))  # fmt: skip


@pytest.fixture(autouse=True)
def shipped(tmp_path, monkeypatch):
    """A program that ships one lesson."""
    (tmp_path / "shipped").mkdir()
    (tmp_path / "shipped" / "ours.md").write_text(write_lesson(Lesson("ours", "Ours", (Card("Theirs"),), "about it")))
    monkeypatch.setattr(lesson_files, "SHIPPED", tmp_path / "shipped")


@pytest.fixture
def kept(tmp_path):
    """A cache with descriptors and the lesson."""
    cache = with_descriptors(tmp_path / "imported")
    save_lesson(Workspace(cache), LESSON)
    return cache


@pytest.fixture
def opened(open_page, kept):
    """The page on the lesson."""
    return open_page("Lesson", kept, dataset="theirs", lesson="gates")


def now(cache, name: str = "gates") -> Lesson:
    return read_lesson(Workspace(cache), name).lesson


def titles(cache) -> list[str]:
    return [card.title for card in now(cache).cards]


def field(app, label: str):
    """The field of this label outside of the menus."""
    return next(one for one in (*app.text_input, *app.text_area, *app.selectbox, *app.multiselect) if one.label == label and one.key
                and one.key.startswith("gates "))  # fmt: skip


def test_a_card_is_previewed_with_the_figures_of_the_run(opened):
    assert "There are 12 photographs" in texts(opened.markdown)
    assert "!\\!" not in texts(opened.markdown)
    assert "\\![x](http" in texts(opened.markdown), "a picture of another address is not asked for"
    assert "Say it." in texts(opened.markdown)
    assert not opened.warning


def test_cards_are_sorted_added_duplicated_deleted_and_all_of_it_is_undone(opened, kept):
    for label, expected, chosen in (
        ("Down", ["Two", "One", "Three"], "2"), ("Down", ["Two", "Three", "One"], "3"), ("Up", ["Two", "One", "Three"], "2"),
        ("Duplicate", ["Two", "One", "One", "Three"], "3"), ("Add", ["Two", "One", "One", "New card", "Three"], "4"),
        ("Delete", ["Two", "One", "One", "Three"], "4"), ("Delete", ["Two", "One", "One"], "3"),
    ):  # fmt: skip
        button(opened, label).click().run()
        assert titles(kept) == expected
        assert opened.query_params["edited"] == chosen
        assert not opened.exception
        assert not opened.error
    for _ in range(7):
        button(opened, "Undo").click().run()
    assert now(kept) == LESSON
    assert button(opened, "Undo").disabled
    assert not opened.warning


def test_the_ends_can_not_be_moved_further_and_an_empty_lesson_can_be_filled(opened, kept):
    assert button(opened, "Up").disabled
    for _ in range(3):
        button(opened, "Delete").click().run()
    assert titles(kept) == []
    assert "no cards yet" in texts(opened.info)
    assert button(opened, "Present").disabled
    button(opened, "Add").click().run()
    assert titles(kept) == ["New card"]


def test_every_field_is_written_as_soon_as_it_is_left(opened, kept):
    field(opened, "Title").set_value("A new title").run()
    field(opened, "View").set_value("http://localhost:8501/compare?dataset=town&model=1d").run()
    field(opened, "Text").set_value("A\n---\nB").run()
    field(opened, "Question").set_value("number").run()
    field(opened, "About").set_value("figure: queries\n").run()
    field(opened, "Asked in your words").set_value("How many?").run()
    field(opened, "Hidden until it is answered").set_value(["ap", "models"]).run()
    field(opened, "Claim").set_value("queries > 1").run()
    field(opened, "Note for the presenter").set_value("").run()
    assert not opened.error, texts(opened.error)
    expected = Card(
        "A new title",
        "compare?model=1d",
        "A\n***\nB",
        Question("number", "How many?", {"figure": "queries"}),
        "queries > 1",
        ("ap", "models"),
    )
    assert now(kept).cards == (expected, *LESSON.cards[1:])
    assert "How many?" in texts(opened.markdown)
    assert "holds here" in texts(opened.caption)
    field(opened, "Question").set_value("no question").run()
    assert now(kept).cards[0].question is None


@pytest.mark.parametrize(("label", "value", "said"), [
    ("Title", " ", "A card needs a title"), ("View", "the map", "is no address of a page"), ("View", "atlas",
    "There is no page 'atlas'"),
    ("View", "map?modle=1d", "No page has a parameter 'modle'"), ("View", "map?seed=-1", "seed"), ("View", "map?k=7",
    "neighbours k is '7'"),
    ("View", "map?film=maybe", "Unknown film 'maybe'"), ("About", "figure", "is not written as in"), ("About", "kind: x",
    "is not written as in"),
])  # fmt: skip
def test_what_can_not_be_is_said_below_its_field_and_not_written(open_page, kept, label, value, said):
    app = open_page("Lesson", kept, dataset="theirs", lesson="gates", edited="2")
    field(app, label).set_value(value).run()
    assert "This is not saved" in texts(app.error)
    assert said in texts(app.error).replace("\\", "")
    assert field(app, label).value == value, "what was typed stays"
    assert now(kept) == LESSON
    app.run()
    assert "This is not saved" in texts(app.error)
    field(app, label).set_value({"Title": "T", "View": "map", "About": ""}[label]).run()
    assert not app.error
    assert now(kept) != LESSON


def test_what_the_run_lacks_is_said_with_the_command(open_page, kept):
    save_lesson(Workspace(kept), Lesson("lost", "Lost", (
        Card("Model", "map?model=1h", "{map 1h}"), Card("Query", "query?query=nobody"), Card("Photograph",
        "map?selection=gate_1,nobody"),
        Card("Figure", text="{atlas 1d}"),
    )))  # fmt: skip
    for number, said in enumerate(
        ("Add the descriptors again: data add theirs", "no query 'nobody'", "no photograph 'nobody'", "{atlas 1d} names no figure"), 1
    ):
        app = open_page("Lesson", kept, dataset="theirs", lesson="lost", edited=str(number))
        assert said in texts(app.warning).replace("\\", ""), texts(app.warning)
        assert not app.error


def test_two_tabs_do_not_lose_what_the_other_wrote(opened, kept):
    theirs = replace(LESSON, title="Theirs")
    save_lesson(Workspace(kept), theirs, read_lesson(Workspace(kept), "gates").version)
    field(opened, "Title").set_value("Mine").run()
    assert "changed meanwhile" in texts(opened.error)
    assert now(kept) == theirs
    assert field(opened, "Title").value == "Mine"
    field(opened, "Text").set_value("Also mine").run()
    assert now(kept) == theirs
    button(opened, "Write mine in its place").click().run()
    assert (now(kept).title, now(kept).cards[0].title, now(kept).cards[0].text) == ("Of gates", "Mine", "Also mine")
    assert not opened.error
    save_lesson(Workspace(kept), theirs, read_lesson(Workspace(kept), "gates").version)
    button(opened, "Down").click().run()
    button(opened, "Take what is there").click().run()
    assert now(kept) == theirs
    assert field(opened, "Title").value == "Two", "the place that was moved to"
    assert not opened.error


def test_what_is_written_goes_to_its_own_card_when_another_is_chosen_at_once(opened, kept):
    field(opened, "Text").set_value("Of the first")
    field(opened, "Note for the presenter").set_value("Also of the first")
    next(one for one in opened.radio if one.label == "Cards").set_value("3")
    opened.run()
    assert not opened.error, texts(opened.error)
    assert [(card.text, card.note) for card in now(kept).cards[::2]] == [("Of the first", "Also of the first"), ("", "")]
    assert opened.query_params["edited"] == "3"
    field(opened, "Text").set_value("Of the third")
    button(opened, "Up").click()
    opened.run()
    assert [(card.title, card.text) for card in now(kept).cards] == [("One", "Of the first"), ("Three", "Of the third"), ("Two", "")]


def test_a_lesson_is_begun_copied_retitled_and_removed(opened, kept):
    opened.text_input(key="name of the new lesson 0").set_value("towers").run()
    button(opened, "Create").click().run()
    assert now(kept, "towers").cards == (Card("First card"),)
    assert opened.query_params["lesson"] == "towers"
    opened.text_input(key="title of the lesson towers").set_value("Of towers").run()
    assert now(kept, "towers").title == "Of towers"
    opened.text_input(key="name of the copy towers 1").set_value("towers").run()
    button(opened, "Copy it").click().run()
    assert "There is a lesson 'towers' already" in texts(opened.error).replace("\\", "")
    opened.text_input(key="name of the copy towers 1").set_value("bridges").run()
    button(opened, "Copy it").click().run()
    assert replace(now(kept, "bridges"), name="towers") == now(kept, "towers")
    button(opened, "Remove it").click().run()
    assert [one.name for one in list_lessons(Workspace(kept))] == ["ours", "gates", "towers"]
    assert not opened.exception


def test_a_shipped_lesson_is_looked_at_and_copied_to_be_changed(open_page, kept):
    app = open_page("Lesson", kept, dataset="theirs", lesson="ours")
    assert "press **Copy**" in texts(app.caption)
    assert all(one.disabled for one in app.button if one.label in ("Up", "Down", "Add", "Duplicate", "Delete"))
    assert next(one for one in app.text_input if one.label == "Title").disabled
    assert "Remove it" not in {one.label for one in app.button}
    app.text_input(key="name of the copy ours 0").set_value("mine").run()
    button(app, "Copy it").click().run()
    assert not next(one for one in app.text_input if one.label == "Title" and one.key.startswith("mine ")).disabled


def test_a_file_is_taken_in_and_a_bad_one_is_said(opened, kept):
    data = write_lesson(replace(LESSON, title="From elsewhere")).encode()
    opened.get("file_uploader")[0].set_value(("elsewhere.md", b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n"), "text/markdown")).run()
    button(opened, "Import it").click().run()
    assert replace(now(kept, "elsewhere"), name="gates") == replace(LESSON, title="From elsewhere")
    for name, content, said in (
        ("gates.md", data, "already"),
        ("x.md", b"no lesson", "x.md is no lesson"),
        ("y.md", b"x" * 1_000_001, "at most"),
    ):
        opened.get("file_uploader")[0].set_value((name, content, "text/markdown")).run()
        if not opened.error:
            button(opened, "Import it").click().run()
        assert said in texts(opened.error).replace("\\", "")
    assert [one.name for one in list_lessons(Workspace(kept))] == ["ours", "elsewhere", "gates"]


def test_a_damaged_lesson_takes_nothing_else_down(open_page, kept):
    (kept / "lessons" / "bad.md").write_text("---\nlesson: x\n---\n---\ntitel: y\n---\n")
    app = open_page("Lesson", kept, dataset="theirs", lesson="bad")
    assert "card 1: unknown key 'titel'" in texts(app.error).replace("\\", "")
    assert "The other lessons can be used" in texts(app.error)
    assert "bad · damaged" in app.selectbox[0].options
    app.selectbox[0].set_value("gates").run()
    assert not app.error
    app.selectbox[0].set_value("bad").run()
    button(app, "Remove it").click().run()
    assert not (kept / "lessons" / "bad.md").exists()


def test_a_visitor_looks_and_changes_nothing(opened, kept, monkeypatch):
    monkeypatch.setattr(door, "caller", lambda: door.Caller("10.0.0.9", ()))
    opened.run()
    assert not button(opened, "Present").disabled
    labels = ("Up", "Down", "Add", "Duplicate", "Delete", "Undo", "Create", "Copy it", "Remove it", "Add this view to a lesson")
    closed = [one for one in opened.button if one.label in labels]
    assert closed
    assert all(one.disabled for one in closed)
    for one in closed:
        one.proto.disabled, one.disabled = False, False
        one.click().run()
        assert not opened.exception
    assert field(opened, "Title").disabled
    assert now(kept) == LESSON
    for act in (lambda: actions.keep_lesson(LESSON), lambda: actions.drop_lesson("gates"),
                lambda: actions.take_lesson(b"", "x.md", "x", [])):  # fmt: skip
        with pytest.raises(RetrievalError, match="from another machine"):
            act()


FORM = """
from pages.state.link import load_state
from pages.widgets import add_view
load_state()
add_view.form({view!r})
"""


@pytest.fixture
def asked(kept, monkeypatch):
    """What the dialog holds, by itself: a test without a browser can't run it alone."""
    monkeypatch.setattr(door, "caller", lambda: None)
    monkeypatch.setenv("RETRIEVAL_CACHE", str(kept))
    st.cache_resource.clear()
    yield AppTest.from_string(FORM.format(view="query?model=1d&query=mill_1"), default_timeout=60).run()
    st.cache_resource.clear()


def test_what_a_page_shows_is_the_view_that_is_asked_about(open_page, kept):
    app = open_page("Query", kept, dataset="theirs", model="1d", query="mill_1", k="24", show="flow", lesson="gates")
    button(app, "Add this view to a lesson").click().run()
    [said] = [one.value.replace("\\", "") for one in app.caption if "The view:" in one.value]
    view = read_view(said.removeprefix("The view: "))
    assert view.page == "query"
    assert {"model": "1d", "query": "mill_1", "k": "24", "show": "flow"}.items() <= view.parameters.items()
    assert not {"dataset", "run", "lesson"} & set(view.parameters)
    assert "Add this view to a lesson" not in {one.label for one in open_page("Lesson", kept, dataset="theirs").button}


def test_a_view_becomes_the_last_card_of_a_lesson(asked, kept):
    asked.selectbox[0].set_value("gates").run()
    button(asked, "Add").click().run()
    assert "The card has no title" in texts(asked.error)
    asked.text_input[0].set_value("A mill").run()
    asked.text_area[0].set_value("Look.").run()
    button(asked, "Add").click().run()
    assert now(kept).cards == (*LESSON.cards, Card("A mill", "query?model=1d&query=mill_1", "Look."))
    assert asked.query_params["lesson"] == "gates"


def test_a_view_begins_a_new_lesson(asked, kept):
    asked.selectbox[0].set_value("A new lesson").run()
    for name, said in (("", "can't be the name"), ("a/b", "can't be the name"), ("ours", "comes with the program")):
        asked.text_input[0].set_value(name).run()
        asked.text_input[1].set_value("All").run()
        button(asked, "Add").click().run()
        assert said in texts(asked.error).replace("\\", "")
    asked.text_input[0].set_value("fresh").run()
    button(asked, "Add").click().run()
    assert now(kept, "fresh").cards == (Card("All", "query?model=1d&query=mill_1"),)
