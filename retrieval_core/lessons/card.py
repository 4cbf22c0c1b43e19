"""What a lesson is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field

HIDDEN = {
    "ap": "average precisions",
    "verdicts": "borders that judge photographs",
    "models": "names of models",
    "labels": "names of landmarks",
    "last": "the last model",
}
"""What a card can hide until its question is answered."""


@dataclass(frozen=True)
class Question:
    """A question of a card. `kind` is one of questions.KINDS; `ask` replaces the usual words of the kind, where it is given.

    `of`: what the kind is asked about, by name, as {"figure": "map 1d"}; what is left out comes from the card's view.
    """

    kind: str
    ask: str = ""
    of: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Card:
    """One card. `view`: a page and its parameters, as in "map?model=1d&film=open", without dataset and run where it fits every one.

    `text` is Markdown; {step 1c 1d} in it stands for a figure of the run on show, see figures.py. `claim` is what the text states,
    as in "step 1c 1d > 0", see claims.py. `note` is for the presenter alone. `hide`: keys of HIDDEN, until the question is answered.
    """

    title: str
    view: str = ""
    text: str = ""
    question: Question | None = None
    claim: str = ""
    hide: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Lesson:
    """Cards in their order. `name` is that of the file; `shipped`: comes with the program and can't be changed, but copied."""

    name: str
    title: str
    cards: tuple[Card, ...]
    about: str = ""
    shipped: bool = False
