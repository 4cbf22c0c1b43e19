"""The words of a card before its question is answered: nothing that stands below its rule."""

from pages.widgets.lesson_bar import _before
from retrieval_core.lessons.card import Card, Question

TEXT = "What is it?\n\n***\n\nIt is this."


def test_what_stands_below_a_rule_waits_for_the_answer():
    asked = _before(Card("a card", text=TEXT, question=Question("number")), None, None)
    assert asked == {"title": "a card", "text": "What is it?", "ask": "", "options": []}
    assert _before(Card("a card", text=TEXT, hide=("ap",)), None, None)["text"] == "What is it?"


def test_a_card_that_asks_nothing_has_one_text():
    assert _before(Card("a card", text=TEXT), None, None) is None
    assert _before(Card("a card", text="No rule.", question=Question("number")), None, None) is None
