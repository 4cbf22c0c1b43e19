"""Questions on the run on show: what is asked, what can be answered, and what is true."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons import asked_of_models as models
from retrieval_core.lessons import asked_of_photographs as photographs
from retrieval_core.lessons.asking import Asking
from retrieval_core.lessons.card import Card
from retrieval_core.lessons.posed import Posed
from retrieval_core.lessons.reading import NotHere
from retrieval_core.lessons.shown import Shown
from retrieval_core.lessons.texts import filled_card


@dataclass(frozen=True)
class Kind:
    """A kind of question: what it asks, and the words of `of` that it takes; those in brackets come from the view or are chosen."""

    pose: Callable[[Asking], Posed]
    about: str
    words: str


KINDS = {
    "wins": Kind(models.wins, "which model wins a query", "[query], [models], [protocol]"),
    "first-wrong": Kind(models.first_wrong_one, "at which rank the first wrong answer comes", "[query], [model]"),
    "nearest": Kind(photographs.nearest, "which of four photographs is the nearest", "[photograph], [model]"),
    "kept": Kind(photographs.kept, "whether the map kept a neighbour", "[photograph], [neighbour], [model], [method], [subset]"),
    "significant": Kind(models.significant, "whether two models differ by more than chance", "before, after, [protocol]"),
    "same": Kind(photographs.same, "whether two photographs show the same landmark", "[first], [second], [model]"),
    "number": Kind(models.number, "what a figure is, estimated", "figure"),
}
"""The kinds of questions by name."""


def pose(shown: Shown, card: Card, seed: int = 0) -> Posed:
    """The question of a card on the run on show; what it does not name is chosen, always the same for the same run and seed.

    All its texts are plain. `missing` says why it can't be asked here and what to do. RetrievalError for a card without a question, an
    unknown kind, or words that the kind can't do with.
    """
    if card.question is None:
        raise RetrievalError(f"The card {card.title!r} asks nothing. Add question: {{kind: wins}} to it.")
    kind = check_kind(card.question.kind)
    try:
        made = kind.pose(Asking(shown, filled_card(shown, card), seed))
    except NotHere as error:
        return Posed(missing=str(error))
    ask = filled_card(shown, card).question
    return replace(made, ask=ask.ask) if ask and ask.ask else made


def check_kind(name: str) -> Kind:
    """The kind of this name; RetrievalError that lists them for another one."""
    if name not in KINDS:
        raise RetrievalError(f"{name!r} is no kind of question. Choose one of: {', '.join(KINDS)}.")
    return KINDS[name]
