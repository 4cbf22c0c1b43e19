"""Figures in texts and addresses: filled, escaped, and said where they are missing."""

import pytest
from lesson_runs import RUN

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import Card, Question
from retrieval_core.lessons.figures import figure
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import (
    NONE_YET,
    as_markdown,
    filled,
    filled_card,
    filled_view,
    missing,
    missing_of_card,
    until_answered,
)
from retrieval_core.workspace import Workspace


@pytest.fixture
def shown(lesson_cache):
    return Shown(Workspace(lesson_cache), "few", RUN)


def test_a_figure_stands_in_the_place_of_its_name(shown):
    assert filled(shown, "{queries} queries, {{so}} and {map 2a}") == f"6 queries, {{so}} and {figure(shown, 'map 2a').words}"
    assert filled(shown, "{{{queries}") == "{6"
    assert missing(shown, "{queries} {map 2a}") == []


def test_what_is_missing_is_a_phrase_and_said_once(shown):
    assert filled(shown, "mAP {map 1d}, {map 1d}") == f"mAP {NONE_YET}, {NONE_YET}"
    [why] = missing(shown, "{map 1d} {map 1d}")
    assert "Run: python" in why


@pytest.mark.parametrize(("text", "said"), [
    ("a { b", "A { is alone"), ("a } b", "A } is alone"), ("{}", "names no figure"), ("{maps 2a}", "{maps 2a} names no figure"),
    ("{map 9z}", "'9z'"),
])  # fmt: skip
def test_a_wrong_placeholder_is_named(shown, text, said):
    with pytest.raises(RetrievalError) as error:
        filled(shown, text)
    assert said in str(error.value)


def test_names_of_the_data_are_no_markup():
    assert as_markdown("all_souls_1") == "all_souls_1"
    assert as_markdown("*a* [b](c) `d` <i> #1 {x}\n_e_") == r"\*a\* \[b\](c) \`d\` \<i\> \#1 \{x\} \_e\_"


def test_an_address_is_quoted_and_loses_what_is_not_here(shown):
    assert filled_view(shown, "query?model=2a&query={query number:2}&show=machine") == "query?model=2a&query=old_gate_1&show=machine"
    assert filled_view(shown, "query?query={query number:99}&model=2a") == "query?model=2a"
    assert filled_view(shown, "query?query={query number:99}") == "query"
    assert filled_view(shown, "") == ""


def test_all_of_a_card_is_filled(shown):
    asked = Question("number", "Of {queries}?", {"figure": "positives {query number:2}"})
    card = Card("{landmarks} landmarks", "map?query={query number:0}", "On {dataset}: {map 1d}", asked, "map 2a > 1", ("ap",), "{run}")
    made = filled_card(shown, card)
    assert (made.title, made.view, made.text) == ("3 landmarks", "map?query=mill_1", f"On few: {NONE_YET}")
    assert (made.question.ask, made.question.of["figure"], made.note) == ("Of 6?", "positives old_gate_1", RUN)
    assert (made.claim, made.hide) == (card.claim, card.hide)
    assert len(missing_of_card(shown, card)) == 1


def test_what_stands_below_a_rule_waits_for_the_answer():
    text = "Above\n\n***\n\nBelow\n\n***\nend"
    assert until_answered(Card("a", text=text, question=Question("wins"))) == "Above"
    assert until_answered(Card("a", text=text, hide=("ap",))) == "Above"
    assert until_answered(Card("a", text=text)) == text
    assert until_answered(Card("a", text="a *** b", hide=("ap",))) == "a *** b"
