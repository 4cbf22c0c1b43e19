"""The lessons that come with the program: whole, without a typed number, and shown on whatever is there."""

import re

import pytest
from lesson_runs import RUN

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import figures
from retrieval_core.lessons.check import faults
from retrieval_core.lessons.claims import SAID, judge
from retrieval_core.lessons.lesson_files import list_lessons
from retrieval_core.lessons.questions import KINDS, pose
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import NONE_YET, filled_card, missing_of_card, until_answered
from retrieval_core.workspace import Workspace

NAMES = ("alexnet-to-today", "average-precision", "misread-t-sne", "report")
NAMED = re.compile(
    r"\b[12][a-z](-\w+)*\b|\bResNet(18|50|101)\b|\bLite0\b|\bR?Oxford5k\b|\bfc7\b|\b2019\b"  # models, networks, datasets, the report
    r"|\b24 questions\b|\bQuestion \d+\b|\bquery 16\b|\(3, 6, 7, 9 to 11, 16 to 19, 21 and 24\)"  # questions by their numbers
    r"|\(p = 1\)|\bfrom 0 to 1\b|\bfrom -1 \(|\bto 1 \(|\b0 is the same, 1 is at a right angle\b|\b50 % is a coin\b"  # definitions
)
"""Numbers that are names or definitions: all others must come from the run on show."""


def lessons():
    return [one.kept.lesson for one in list_lessons(Workspace("/nowhere")) if one.shipped]


def cards():
    return [(f"{lesson.name} {number}", card) for lesson in lessons() for number, card in enumerate(lesson.cards, 1)]


every_card = pytest.mark.parametrize("card", [card for _, card in cards()], ids=[name for name, _ in cards()])


def test_all_four_are_there():
    assert [lesson.name for lesson in lessons()] == sorted(NAMES)
    report = next(lesson for lesson in lessons() if lesson.name == "report")
    assert [card.title.partition(":")[0] for card in report.cards] == [f"Question {number}" for number in range(1, 25)]


@every_card
def test_a_card_names_nothing_that_there_is_not(card):
    assert faults(card) == []
    assert card.view
    assert card.note


@every_card
def test_every_number_comes_from_the_run(card):
    texts = [card.title, card.text, card.note, card.question.ask if card.question else ""]
    left = [NAMED.sub("", re.sub(r"\{[^{}]*\}", "", text)) for text in texts]
    assert not re.findall(r"\S*\d\S*", " ".join(left))


def test_typed_numbers_are_found():
    assert NAMED.sub("", "1d of ResNet18 has 50 % on Oxford5k").split() == ["of", "has", "50", "%", "on"]


@every_card
def test_what_is_asked_is_not_answered_above_the_rule(card):
    """No figure that the question is about stands above the rule, unless the question itself tells it."""
    if card.question is None:
        return
    above, told, of = until_answered(card), card.question.ask, card.question.of
    steps = [f"step {of.get('before')} {of.get('after')}"]
    answers = {"number": [of.get("figure", "")], "significant": steps}.get(card.question.kind, [])
    assert not [one for one in answers if f"{{{one}}}" in above and f"{{{one}}}" not in told]


@every_card
def test_the_models_of_a_card_are_models(card, lesson_cache):
    missing_of_card(Shown(Workspace(lesson_cache), "few", RUN), card)  # an unknown model would be an error


def look(shown, card):
    """A card as it is shown, with its verdict and its question."""
    made = filled_card(shown, card)
    verdict = judge(shown, card.claim) if card.claim else None
    return made, verdict, pose(shown, card) if card.question else None


def check(shown, card):
    """Everything is there, or says why not and what to do."""
    made, verdict, posed = look(shown, card)
    assert "{" not in made.text + made.title + made.note + made.view
    if verdict:
        assert verdict.state in SAID
        assert verdict.words.startswith(SAID[verdict.state])
    if posed:
        assert bool(posed.missing) != bool(posed.ask)
    why = missing_of_card(shown, card)
    assert all(len(one) > 20 for one in why)
    assert (NONE_YET in made.text + made.note + made.title) <= bool(why)
    return posed


@every_card
def test_a_card_is_shown_on_photographs_of_ones_own(card, lesson_cache):
    check(Shown(Workspace(lesson_cache), "few", RUN), card)


@every_card
def test_a_card_is_shown_where_there_is_no_ground_truth(card, lesson_cache):
    posed = check(Shown(Workspace(lesson_cache), "flat", RUN), card)
    if posed and posed.missing:
        assert re.search(r"Run: |run: |Choose |queries|Add ", posed.missing), posed.missing


@every_card
def test_a_card_is_shown_before_anything_is_made(card, tmp_path):
    check(Shown(Workspace(tmp_path), "town", "quick"), card)


def test_all_cards_are_shown_on_the_town(town_cache):
    """With all models of the tiny town, every kind of question can be asked and most claims can be judged."""
    workspace, asked, judged = Workspace(town_cache), set(), 0
    for name, card in cards():
        shown = Shown(workspace, "town", "quick")
        try:
            check(shown, card)
        except RetrievalError as error:
            raise AssertionError(f"{name}: {error}") from error
        _, verdict, posed = look(shown, card)
        asked |= {card.question.kind} if posed and posed.ask else set()
        judged += bool(verdict and verdict.state != "missing")
    assert asked == set(KINDS)
    assert judged >= 20


def test_a_card_with_a_warm_memory_draws_nothing_anew(lesson_cache, monkeypatch):
    workspace = Workspace(lesson_cache)
    first = [look(Shown(workspace, "few", RUN), card) for _, card in cards()]

    def again(*_, **__):
        raise AssertionError("drawn again")

    for module in (figures.precision, figures.clusters):
        for name in ("compare", "interval_of_mean", "model_table", "landmark_table", "ledger", "measured"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, again)
    assert [look(Shown(workspace, "few", RUN), card) for _, card in cards()] == first
