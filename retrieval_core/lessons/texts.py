"""Texts of a lesson with the figures of the run on show in the places of {…}; {{ and }} are braces."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from retrieval_core.errors import RetrievalError, printable
from retrieval_core.lessons.card import Card, Question
from retrieval_core.lessons.figures import figure
from retrieval_core.lessons.shown import Shown

NONE_YET = "[not here yet]"
"""What stands in a text in the place of a figure that the run on show does not have."""
_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_RULE = re.compile(r"^\*\*\*$", re.MULTILINE)
_MARKS = re.compile(r"[\\`*\[\]<>|~$:&#{}]|(?<![^\W_])_|_(?![^\W_])")  # within a word _ marks nothing


def filled(shown: Shown, text: str, escape: Callable[[str], str] | None = None) -> str:
    """A Markdown text with its figures; NONE_YET where there is none, see `missing`.

    Names of the data stay text: what would be Markdown in them is escaped, by `escape` where the text is of another kind (`str` for
    plain text). RetrievalError names a placeholder that names no figure, model or word.
    """
    return _filled(shown, text, escape or as_markdown)


def placeholders(text: str) -> list[str]:
    """What stands between the braces of a text, in order. RetrievalError for a brace that is alone."""
    found = []
    for part in _PARTS.finditer(text):
        if part[0] in ("{", "}"):
            raise RetrievalError(f"A {part[0]} is alone in {_around(text, part.start())!r}. Write {{{{ and }}}} for braces, and "
                                 "{map 1d} for a figure.")  # fmt: skip
        if part[1] is not None:
            found.append(part[1])
    return found


def missing(shown: Shown, text: str) -> list[str]:
    """Why figures of a text are not here, each with what to do; empty where all are."""
    return list(dict.fromkeys(why for name in placeholders(text) if (why := figure(shown, name).missing)))


def filled_view(shown: Shown, view: str) -> str:
    """The address of a view with its figures, quoted as an address needs it; a parameter whose figure is not here is left out."""
    page, _, rest = view.partition("?")
    kept = [part for part in rest.split("&") if part and not any(figure(shown, name).missing for name in placeholders(part))]
    return "?".join(filter(None, [page, _filled(shown, "&".join(kept), lambda name: quote(name, safe="/"))]))


def filled_card(shown: Shown, card: Card) -> Card:
    """A card as it is shown: its title, view, text, question and note with their figures. Title and question are plain text."""
    asked = card.question and Question(card.question.kind, filled(shown, card.question.ask, str),
                                       {key: filled(shown, value, str) for key, value in card.question.of.items()})  # fmt: skip
    return replace(card, title=filled(shown, card.title, str), view=filled_view(shown, card.view), text=filled(shown, card.text),
                   question=asked, note=filled(shown, card.note))  # fmt: skip


def missing_of_card(shown: Shown, card: Card) -> list[str]:
    """Why figures of a card are not here, each with what to do."""
    asked = [card.question.ask, *card.question.of.values()] if card.question else []
    texts = [card.title, card.view, card.text, *asked, card.note]
    return list(dict.fromkeys(why for text in texts for why in missing(shown, text)))


def until_answered(card: Card) -> str:
    """What may be read of a card's text before its question is answered: what stands above the first rule (***), else all of it.

    A card that asks and hides nothing is shown whole.
    """
    return _RULE.split(card.text, maxsplit=1)[0].rstrip() if card.question or card.hide else card.text


def as_markdown(name: str) -> str:
    """A name of the data as Markdown that shows exactly this name, in one line.

    >>> as_markdown("all_souls_1 *new*")
    'all_souls_1 \\\\*new\\\\*'
    """
    return _MARKS.sub(lambda mark: f"\\{mark[0]}", " ".join(printable(name).split("\n")))


def _filled(shown: Shown, text: str, escape: Callable[[str], str]) -> str:
    placeholders(text)

    def put(part: re.Match) -> str:
        if part[1] is None:
            return part[0][0]
        found = figure(shown, part[1])
        if found.missing:
            return NONE_YET
        return escape(found.words) if found.value is None else found.words

    return _PARTS.sub(put, text)


def _around(text: str, place: int) -> str:
    return " ".join(text[max(0, place - 20) : place + 20].split())
