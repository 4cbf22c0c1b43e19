"""What is wrong with a card, and what the run on show lacks for it: a sentence each, with what to do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote

from retrieval_core.errors import RetrievalError, check_choice
from retrieval_core.lessons.card import Card, Lesson
from retrieval_core.lessons.claims import MISSING, judge, read_claim
from retrieval_core.lessons.figures import named, split_words
from retrieval_core.lessons.questions import pose
from retrieval_core.lessons.reading import described
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_view, missing_of_card, placeholders
from retrieval_core.lessons.view import check_view, read_view, unknown
from retrieval_core.projection.maps import METHODS, read_map_seed
from retrieval_core.stored.artefacts import SUBSETS

_MODELS = ("model", "versus", "before", "after", "second")  # parameters of a view that name one
_PHOTOGRAPHS = ("photo", "match", "suspect")
_READ: dict[str, Callable[[str], object]] = {
    "method": lambda text: check_choice("projection", text, METHODS), "subset": lambda text: check_choice("subset", text, SUBSETS),
    "seed": read_map_seed,
}  # fmt: skip


def faults(card: Card) -> list[str]:
    """What is wrong with a card on whatever run: a page, a parameter or a value that can't be, a figure or a claim that is none."""
    found: list[str] = []
    if card.view:
        view = check_view(card.view)
        found += unknown(view)
        fixed = {name: value for name, value in view.parameters.items() if name in _READ and name not in filled_in(card.view)}
        for name, value in fixed.items():
            with _said(found):
                _READ[name](value)
    asked = [card.question.ask, *card.question.of.values()] if card.question else []
    for text in (card.title, card.view, card.text, *asked, card.note):
        with _said(found):
            for name in placeholders(text):
                named(split_words(name)[0], name)
    if card.claim:
        with _said(found):
            read_claim(card.claim)
    return found


def filled_in(view: str) -> set[str]:
    """The parameters of a card's view whose values are figures of the run on show."""
    return {part.partition("=")[0] for part in view.partition("?")[2].split("&") if "{" in part}


def missing(shown: Shown, card: Card) -> list[str]:
    """What the run on show lacks for a card: models, queries, photographs and figures, each with what to do."""
    found: list[str] = []
    with _said(found):
        found += missing_of_card(shown, card)
        if card.question and (why := pose(shown, card).missing):
            found.append(why)
        if card.claim and (verdict := judge(shown, card.claim)).state == MISSING:
            found.append(verdict.words)
    with _said(found):
        if card.view:
            found += _of_view(shown, read_view(filled_view(shown, card.view)).parameters)
    return list(dict.fromkeys(found))


def check_lesson(shown: Shown, lesson: Lesson) -> list[str]:
    """All that is wrong with the cards of a lesson, and all that the run on show lacks for them, each with its card."""
    return [
        f"Card {number}, {card.title!r}: {why}"
        for number, card in enumerate(lesson.cards, 1) for why in (faults(card) or missing(shown, card))
    ]  # fmt: skip


def _of_view(shown: Shown, parameters: Mapping[str, str]) -> Iterator[str]:
    name = parameters.get("dataset", shown.dataset_name)
    here = Shown(shown.workspace, name, parameters.get("run", shown.run))
    dataset = here.dataset
    for model in dict.fromkeys(parameters[key] for key in _MODELS if parameters.get(key)):
        try:
            described(here, model)
        except RetrievalError as error:
            yield str(error)
    if (query := parameters.get("query")) and query not in {one.id for one in dataset.queries}:
        yield f"{name} has no query {query!r}. Choose another one on the page Query, and add that view to the lesson; {_other(here)}"
    known = {image.id for image in dataset.images}
    selection = parameters.get("selection", "")
    chosen = [] if selection.startswith("~") else [unquote(part) for part in selection.split(",") if part]
    if lost := [one for one in (*chosen, *(parameters[key] for key in _PHOTOGRAPHS if parameters.get(key))) if one not in known]:
        yield f"{name} has no photograph {lost[0]!r}. Choose another one on the map, and add that view to the lesson; {_other(here)}"


def _other(shown: Shown) -> str:
    return f"or choose the dataset that it is of: {shown.workspace.command('data', 'list')} lists them."


@contextmanager
def _said(found: list[str]) -> Iterator[None]:
    try:
        yield
    except RetrievalError as error:
        found.append(str(error))
