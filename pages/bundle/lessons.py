"""The lessons of a bundle: their cards with the figures of the run, questions and truths, without the presenter's notes."""

from collections.abc import Generator

from pages.bundle.asked import Asked
from pages.state import loaders
from pages.web.bundle.messages import BundledLesson, CardView
from pages.widgets.lesson_bar import drawn_cards
from retrieval_core.lessons.card import Lesson
from retrieval_core.lessons.lesson_files import read_lesson
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_view
from retrieval_core.lessons.view import START, View, read_view
from retrieval_core.progress import Progress


def lessons(asked: Asked) -> Generator[Progress, None, list[BundledLesson]]:
    """The lessons that are asked for; RetrievalError for one that there is not, or that can't be read."""
    shown = Shown(loaders.workspace(), asked.dataset_name, asked.run)
    every = [read_lesson(loaders.workspace(), name).lesson for name in asked.lessons]
    found = []
    for told in every:
        found.append((yield from _bundled(told, shown, asked)))
    return found


def _bundled(told: Lesson, shown: Shown, asked: Asked) -> Generator[Progress, None, BundledLesson]:
    cards, views = [], list[CardView]()
    view = View(START)
    for number, (card, drawn) in enumerate(zip(told.cards, drawn_cards(told, shown), strict=True)):
        yield Progress("lessons", number, len(told.cards), told.name)
        cards.append(_said(drawn | {"note": ""}, asked))
        if card.view:  # one without stays with that of the card before
            view = read_view(filled_view(shown, card.view)).portable
        views.append({"page": view.page, "given": dict(view.parameters), "hides": list(card.hide)})
    return {"name": told.name, "title": told.title, "about": told.about, "cards": cards, "views": views}


def _said(part, asked: Asked):
    """A part of a card in which no text names a folder of this machine, as the commands for what is missing do."""
    if isinstance(part, str):
        return asked.said(part)
    if isinstance(part, dict):
        return {name: _said(value, asked) for name, value in part.items()}
    return [_said(value, asked) for value in part] if isinstance(part, list) else part
