"""A lesson comes back from its file as it was, whatever its texts hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from retrieval_core.lessons.card import HIDDEN, Card, Lesson, Question
from retrieval_core.lessons.lesson_text import normal, parse_lesson, write_lesson

WRITTEN = """---
lesson: Average precision
about: In ten minutes
---
---
title: Which model wins?
view: query?query=castle_gate_2&show=ranking
question: {kind: wins, ask: 'Who: 1c or 1d?'}
claim: step 1c 1d > 0
hide: [ap, models]
note: |-
  First: wait.
  - then count
---
From 1c to 1d it is {step 1c 1d}.

* a list
***
behind a rule

---
title: '1984'
---
"""
LESSON = Lesson("ap", "Average precision", (
    Card("Which model wins?", "query?query=castle_gate_2&show=ranking",
    "From 1c to 1d it is {step 1c 1d}.\n\n* a list\n***\nbehind a rule",
         Question("wins", "Who: 1c or 1d?"), "step 1c 1d > 0", ("ap", "models"), "First: wait.\n- then count"),
    Card("1984"),
), "In ten minutes")  # fmt: skip


def read(text: str, name: str = "ap") -> Lesson:
    return parse_lesson(text.split("\n"), name, "ap.md")


def test_a_lesson_is_read_and_written_as_it_stands():
    assert read(WRITTEN) == LESSON
    assert read(WRITTEN).cards[0].question.of == {}
    assert write_lesson(LESSON) == WRITTEN


TEXTS = some.text(max_size=60) | some.sampled_from([
    "---", "a\n---\nb", "--- ", " ---", "\n\n  code\n\n", "{x}", "{{x}}", "a: b # c", "- x", "yes", "007", "null", "~", "'", '"',
    "%YAML",
    "&a", "*a", "!!python/object:x", "<<", "|", ">", "\ufeff", "\x85", "\u2028", "a\r\nb\rc", "\t", "…\n...\n", "?", "2019-01-01", "é",
    "e\u0301",
    "=", "\U0001f600", "\x00", "[a, b]", "x  \ny", "#", "`{`", "\x1b[0m", "a\r\x1b b", " \x00 ", "-\x1b--",
])  # fmt: skip
KEYS = some.from_regex(r"[a-z]{1,8}", fullmatch=True).filter(lambda key: key not in ("kind", "ask"))
VIEWS = some.sampled_from(["", "map", "map?model=1d&film=open", "query?query=a%20b%26c&box=1,2,3,4", "start?settings=perplexity%3D3"])
QUESTIONS = some.none() | some.builds(
    Question, some.sampled_from(["wins", "number", "first-wrong"]), TEXTS, some.dictionaries(KEYS, TEXTS, max_size=3)
)
HIDES = some.lists(some.sampled_from(list(HIDDEN)), unique=True).map(tuple)
TITLES = TEXTS.filter(lambda text: normal(Lesson("x", text, ())).title)
CARDS = some.builds(Card, TITLES, VIEWS, TEXTS, QUESTIONS, TEXTS, HIDES, TEXTS)
LESSONS = some.builds(Lesson, some.just("x"), TITLES, some.lists(CARDS, max_size=4).map(tuple), TEXTS)


@settings(max_examples=400, deadline=None)
@given(LESSONS)
def test_what_is_written_is_read_again(lesson):
    found = read(write_lesson(lesson), "x")
    assert found == normal(lesson)
    assert [card.question and dict(card.question.of) for card in found.cards] == [
        card.question and dict(card.question.of) for card in normal(lesson).cards
    ]
    assert normal(found) == found
    assert write_lesson(found) == write_lesson(lesson)


@pytest.mark.parametrize(("text", "kept"), [
    ("a\n---\nb", "a\n***\nb"), ("\n\n    code\n \n", "    code"), ("a\r\nb\rc", "a\nb\nc"), (" --- ", " --- "), ("a  \nb", "a  \nb"),
    ("a\x00\x1bb", "ab"),
])  # fmt: skip
def test_what_a_text_becomes(text, kept):
    assert normal(Lesson("x", "t", (Card("t", text=text),))).cards[0].text == kept


@pytest.mark.parametrize("text", ["a\r\x1b b", "\x00 a\x7f\n\x0bb \ud800", "a \x1b\x1c\x1d b"])
def test_a_title_keeps_one_blank_where_signs_are_taken_out(text):
    assert normal(Lesson("x", text, ())).title == "a b"


def test_a_file_of_windows_and_one_with_blanks_at_ends_of_lines_is_the_same():
    assert parse_lesson(WRITTEN.replace("---\n", "---  \n").split("\n"), "ap", "ap.md") == LESSON
