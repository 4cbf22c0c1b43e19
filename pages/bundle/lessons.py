"""The lessons of a bundle: their cards with the figures of the run, questions and truths, without the presenter's notes."""

from pages.bundle.asked import Asked
from pages.state import loaders
from pages.web.bundle.messages import BundledLesson, CardView
from pages.widgets.lesson_bar import drawn_card
from retrieval_core.lessons.card import Lesson
from retrieval_core.lessons.lesson_files import read_lesson
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_view
from retrieval_core.lessons.view import START, View, read_view


def lessons(asked: Asked) -> list[BundledLesson]:
    """The lessons that are asked for; RetrievalError for one that there is not, or that can't be read."""
    shown = Shown(loaders.workspace(), asked.dataset_name, asked.run)
    return [_bundled(read_lesson(loaders.workspace(), name).lesson, shown) for name in asked.lessons]


def _bundled(told: Lesson, shown: Shown) -> BundledLesson:
    cards, views = [], list[CardView]()
    view = View(START)
    for card in told.cards:
        cards.append(drawn_card(card, shown) | {"note": ""})
        if card.view:  # one without stays with that of the card before
            view = read_view(filled_view(shown, card.view)).portable
        views.append({"page": view.page, "given": dict(view.parameters), "hides": list(card.hide)})
    return {"name": told.name, "title": told.title, "about": told.about, "cards": cards, "views": views}  # type: ignore[typeddict-item]
