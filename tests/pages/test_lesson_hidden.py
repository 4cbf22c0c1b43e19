"""What the card of a lesson hides is nowhere on the pages until it is answered, and there afterwards."""

import json
import re

import pytest
from caches import copy_cache
from looking import NAMES, views
from typed import problems

from pages.state import hidden
from pages.web.lesson.messages import LessonData
from pages.web.map.messages import MapData
from pages.web.ranking.messages import PickView, PictureView, StripsView
from retrieval_core.lessons.card import HIDDEN, Card, Lesson, Question
from retrieval_core.lessons.lesson_files import save_lesson
from retrieval_core.presets import RUN_ORDER
from retrieval_core.workspace import Workspace

PRESENTED = [name for name in NAMES if name != "Lesson"]
VIEW = {"model": "1d", "query": "brock_tower_1", "strips": "all", "dataset": "town"}
UNSEEN = {"id", "src", "kind", "key", "model", "query", "photo", "current", "scene", "shared", "placed", "bins", "hidden", "places",
          "labels", "hues", "colour", "word", "lesson", "models"}  # fmt: skip
"""Parts of what the browser is given that it does not write down; tests/browser/test_lesson_walk.py reads what it does."""


def card(hides: tuple[str, ...]) -> Card:
    return Card(
        f"Of {', '.join(hides)}", "query?query=brock_tower_1&model=1d", "Look.", Question("wins"), "map 1d > 0", hides, "A note."
    )


@pytest.fixture(scope="module")
def lessons(town_cache, tmp_path_factory):
    """The town with a lesson whose cards hide one thing each, in the order of HIDDEN, and the last one nothing."""
    cache = copy_cache(town_cache, tmp_path_factory.mktemp("lessons") / "cache")
    save_lesson(Workspace(cache), Lesson("veils", "Veils", (*(card((what,)) for what in HIDDEN), Card("Open", "map"))))
    return cache


def look(open_page, cache, page: str, what: str, **parameters):
    """A page while the card that hides something is presented."""
    number = list(HIDDEN).index(what) + 1 if what else len(HIDDEN) + 1
    return open_page(page, cache, **VIEW, lesson="veils", card=str(number), **parameters)


def leaves(value, unseen=frozenset(UNSEEN)):
    """All texts of what the browser is given but those that it does not write down."""
    if isinstance(value, dict):
        return [text for name, one in value.items() if name not in unseen for text in leaves(one)]
    if isinstance(value, list):
        return [text for one in value for text in leaves(one)]
    return [value] if isinstance(value, str) else []


def walked(block):
    yield from (one for child in block.children.values() for one in (walked(child) if hasattr(child, "children") else [child]))


def written(app) -> str:
    """All that stands on a page: of Streamlit's elements, and of ours; without the ids of elements, and without tables' bytes."""
    found = []
    for element in (*walked(app.main), *walked(app.sidebar)):
        if element.type == "bidi_component":
            view = json.loads(element.proto.json)
            found += [] if "cards" in view else leaves(view)
        elif element.type == "arrow_data_frame":
            found.append(element.value.to_string())
        elif hasattr(element, "options"):
            found += [str(one) for one in element.options]
        else:
            found += [str(getattr(element, name)) for name in ("label", "value", "body") if hasattr(element, name)]
    return "\n".join(found)


NAMED = {
    "models": rf"(?<![\w-])(?:{'|'.join(RUN_ORDER)})(?![\w-])",
    "labels": r"(?i)brock.?tower|castle.?gate|alder.?court",
    "ap": r"AP \((?:Oxford|finite sum)\)[^\n]{0,9}\d+\.\d|mAP[^\n]{0,9}\d+\.\d",
}


@pytest.mark.parametrize("page", PRESENTED)
@pytest.mark.parametrize("what", NAMED)
def test_what_is_hidden_is_on_no_page(open_page, lessons, page, what):
    app = look(open_page, lessons, page, what)
    assert not re.findall(NAMED[what], written(app))


@pytest.mark.parametrize("show", ["ranking", "machine", "flow", "after", "why", "feedback"])
@pytest.mark.parametrize("what", NAMED)
def test_what_is_hidden_is_in_no_view_of_a_query(open_page, lessons, show, what):
    assert not re.findall(NAMED[what], written(look(open_page, lessons, "Query", what, show=show)))


@pytest.mark.parametrize("what", NAMED)
def test_what_is_not_hidden_is_there(open_page, lessons, what):
    assert re.findall(NAMED[what], written(look(open_page, lessons, "Query", "")))


def test_verdicts_have_no_border_and_no_word(open_page, lessons):
    words = lambda app: {card["word"] for strip in views(app)["strips"]["strips"] for card in strip["cards"]}  # noqa: E731
    assert words(look(open_page, lessons, "Query", "verdicts")) == {"none"}
    assert {"good", "wrong"} & words(look(open_page, lessons, "Query", ""))
    for show in ("machine", "flow", "after", "feedback"):
        assert not {"machine", "flow", "strips", "marking"} & set(views(look(open_page, lessons, "Query", "verdicts", show=show)))


def test_the_last_model_is_nowhere(open_page, lessons):
    for page in PRESENTED:
        app = look(open_page, lessons, page, "last")
        last = views(app)["lesson"]["models"][-1]
        assert last == "1h"  # the eighth; the tenth is left out
        assert not re.findall(r"(?<![\w-])2t(?![\w-])", written(app))


def test_the_map_is_told_what_to_leave_out(open_page, lessons):
    shown = views(look(open_page, lessons, "Map", "models"))["map"]
    assert problems(shown, MapData) == []
    assert (shown["hidden"]["what"], shown["hidden"]["models"]["1d"], shown["hidden"]["last"]) == (["models"], "Model D", "")
    assert views(look(open_page, lessons, "Map", "last"))["map"]["hidden"]["last"] == "2t"
    assert views(look(open_page, lessons, "Map", ""))["map"]["hidden"] == {"what": [], "models": {}, "last": ""}


def test_what_was_answered_is_shown(open_page, lessons):
    app = look(open_page, lessons, "Query", "ap")
    assert not re.findall(NAMED["ap"], written(app))
    app.session_state[hidden.ANSWERED] = {"veils": [list(HIDDEN).index("ap") + 1]}
    app.run()
    assert re.findall(NAMED["ap"], written(app))


def test_what_the_bar_is_given_is_written_down(open_page, lessons):
    bar = views(look(open_page, lessons, "Query", "models"))["lesson"]
    assert problems(bar, LessonData) == []
    shown = bar["cards"][list(HIDDEN).index("models")]
    assert shown["question"]["options"][0]["words"] == "1a"
    assert shown["before"]["options"][0] == "Model A"
    assert bar["cards"][-1]["map"]["shared"]["k"] == "12"
    assert "model" not in bar["cards"][-1]["map"]["shared"]  # it stays the one that is chosen


def test_hidden_names_have_messages_of_their_own(open_page, lessons):
    shown = views(look(open_page, lessons, "Query", "labels"))
    for kind, wanted in (("pick", PickView), ("picture", PictureView), ("strips", StripsView)):
        assert problems({name: value for name, value in shown[kind].items() if name != "key"}, wanted) == []
    assert shown["pick"]["queries"][0]["called"] == "Query 1"


def test_a_page_without_a_lesson_hides_nothing(open_page, town_cache):
    app = open_page("Query", town_cache, **VIEW)
    assert re.findall(NAMED["ap"], written(app))
    assert "lesson" not in views(app)
