"""A lesson on paper: its questions as exercises with lines to write on, and a separate sheet of answers."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from random import Random

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.asking import Asking
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.claims import judge
from retrieval_core.lessons.posed import Option, Posed
from retrieval_core.lessons.questions import pose
from retrieval_core.lessons.sheet_html import lines, markdown, page
from retrieval_core.lessons.sheet_pictures import OF_PHOTOGRAPHS, Exercise, pictures
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_card

WRITTEN = 3  # lines to write on below each exercise


@dataclass(frozen=True)
class Sheets:
    """Two HTML files: the exercises, which hold no answer, and the answers."""

    questions: str
    answers: str


def make_sheets(shown: Shown, lesson: Lesson, seed: int = 0, photographs: bool = True) -> Sheets:
    """The exercises of a lesson on the run on show, and their answers.

    The seed chooses what the questions leave open and the order of the answers: the same seed makes the same sheets, byte for byte.
    RetrievalError names the card whose question can't be read, and says so where no card asks anything that can be asked here.
    """
    exercises, left_out = [], []
    for number, card in enumerate(lesson.cards, 1):
        if card.question is None:
            continue
        try:
            posed = pose(shown, card, seed)
            filled = filled_card(shown, card)
        except RetrievalError as error:
            raise RetrievalError(f"Card {number} of {lesson.name}, {card.title!r}: {error}") from error
        if posed.missing:
            left_out.append((filled.title, posed.missing))
        elif card.question.kind in OF_PHOTOGRAPHS and not photographs:
            left_out.append((filled.title, "It is about photographs, and these are left out."))
        else:
            exercises.append(Exercise(Asking(shown, filled, seed), _shuffled(posed, seed, number), photographs))
    if not exercises:
        why = f" {left_out[0][1]}" if left_out else " Add a question to a card, as question: {kind: wins}."
        raise RetrievalError(f"The lesson {lesson.name!r} asks nothing that can be asked on {shown.dataset_name} here.{why}")
    foot = _foot(shown, lesson, seed, photographs)
    head = f"<h1>{escape(lesson.title)}</h1>"
    about = f"<p>{escape(lesson.about)}</p>" if lesson.about else ""
    name = '<p class="name">Name <span></span> Date <span></span></p>'
    asked = "\n".join(_question(place, one) for place, one in enumerate(exercises, 1))
    told = "\n".join(_answer(place, one) for place, one in enumerate(exercises, 1))
    return Sheets(
        page(lesson.title, head + about + name, asked, foot),
        page(f"{lesson.title}: answers", f"<h1>{escape(lesson.title)}: answers</h1>{about}", told + _missing(left_out), foot),
    )


def _shuffled(posed: Posed, seed: int, number: int) -> Posed:
    """The options in an order of the seed's; those that are photographs have one already."""
    if any(option.image_id for option in posed.options):
        return posed
    order = list(range(len(posed.options)))
    Random(f"{seed} options {number}").shuffle(order)
    options: Sequence[Option] = [posed.options[place] for place in order]
    answers = tuple(place for place, old in enumerate(order) if old in posed.answers)
    return Posed(posed.ask, tuple(options), answers, posed.value, posed.unit, posed.why, posed.photographs)


def _question(place: int, exercise: Exercise) -> str:
    posed = exercise.posed
    if posed.options:
        choices = "".join(f"<li>{escape(option.words)}</li>" for option in posed.options)
        room = f'<ul class="options">{choices}</ul><p>Because:</p>{lines(WRITTEN)}'
    else:
        room = f'<p class="name">Your estimate <span></span> {escape(posed.unit)}</p>{lines(WRITTEN)}'
    return _section(place, exercise.asking.card, pictures(exercise, answered=False) + f'<div class="room">{_asked(posed)}{room}</div>')


def _answer(place: int, exercise: Exercise) -> str:
    posed, card = exercise.posed, exercise.asking.card
    truth = ", ".join(posed.options[number].words for number in posed.answers) if posed.options else _number(posed)
    said = f'<div class="answer"><p><b>{escape(truth)}</b></p><p>{escape(posed.why)}</p></div>'
    if card.claim:
        said += f"<p>{escape(judge(exercise.asking.shown, card.claim).words)}</p>"
    view = f"<p>Its view: <code>{escape(card.view)}</code></p>" if card.view else ""
    return _section(place, card, _asked(posed) + said + markdown(card.text) + pictures(exercise, answered=True) + view)


def _section(place: int, card: Card, inside: str) -> str:
    return f'<section class="exercise"><h2>{place}. {escape(card.title)}</h2>{inside}</section>'


def _asked(posed: Posed) -> str:
    return f'<p class="asked">{escape(posed.ask)}</p>'


def _number(posed: Posed) -> str:
    return "there is none" if posed.value is None else f"{posed.value:.2f}".rstrip("0").rstrip(".") + f" {posed.unit}".rstrip()


def _missing(left_out: list[tuple[str, str]]) -> str:
    items = "".join(f"<li>{escape(title)}: {escape(why)}</li>" for title, why in left_out)
    return f"<section><h2>Not asked here</h2><ul>{items}</ul></section>" if items else ""


def _foot(shown: Shown, lesson: Lesson, seed: int, photographs: bool) -> str:
    words = ["lessons", "sheet", lesson.name, "OUT.html", "--answers", "ANSWERS.html", "--seed", str(seed), "--dataset",
             shown.dataset_name, "--run", shown.run, *([] if photographs else ["--no-photographs"])]  # fmt: skip
    command = shlex.join(["python", "-m", "retrieval_core", *words])
    about = f"Dataset {shown.dataset_name}, run {shown.run}, seed {seed}. The same sheet again:"
    return f"<p>{escape(about)} <code>{escape(command)}</code></p>"
