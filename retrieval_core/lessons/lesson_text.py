"""A lesson as text: Markdown, with front matter in YAML for the lesson and for each of its cards.

    ---
    lesson: Title of the lesson
    about: one sentence
    ---
    ---
    title: Title of card 1
    view: map?model=1d&film=open
    question: {kind: wins}
    ---
    Text of card 1.

Every value is a text, whatever YAML would make of it: a title 1984, or no, stays as it is written.
"""

import re
from collections.abc import Hashable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from retrieval_core.errors import RetrievalError
from retrieval_core.lessons.card import HIDDEN, Card, Lesson, Question
from retrieval_core.lessons.questions import check_kind
from retrieval_core.lessons.view import check_view

MOST_CARDS = 200
RULE, RULE_IN_TEXT = "---", "***"
_HEAD, _CARD = ("lesson", "about"), ("title", "view", "question", "claim", "hide", "note")
_SHOWN = 60  # letters of a value in a message
_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANK = re.compile("[ \t\n\x0b\x0c\x1c-\x1f\x85\u2028\u2029\r]+")
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def parse_lesson(lines: list[str], name: str, file: Path | str, shipped: bool = False) -> Lesson:
    """The lesson of a file's lines; RetrievalError names the file, the card and what to do."""
    parts, starts = [list[str]()], [0]
    for number, line in enumerate(lines, 1):
        if line.rstrip() == RULE:
            parts.append([])
            starts.append(number)
        else:
            parts[-1].append(line)
    if len(parts) < 3 or _block("\n".join(parts[0])):
        raise RetrievalError(f"{file} is no lesson: it does not begin with a line {RULE}, then 'lesson: TITLE', then a line {RULE}.")
    head = _Front(parts[1], starts[1], f"{file}, its head", _HEAD)
    if _block("\n".join(parts[2])):
        raise RetrievalError(f"{file}, line {starts[2] + 1}: a text stands before the first card. Write {RULE}, 'title: …' and {RULE} "
                             "above it.")  # fmt: skip
    count = (len(parts) - 2) // 2
    if count > MOST_CARDS:
        raise RetrievalError(f"{file} has {count:,} cards, and a lesson at most {MOST_CARDS}. Split it into several.")
    if len(parts) % 2 == 0:
        raise RetrievalError(f"{file}, card {count}: what stands above its text does not end. Write a line {RULE} behind it. A rule "
                             f"inside of a text is written {RULE_IN_TEXT}.")  # fmt: skip
    cards = [_card(parts[place], starts[place], parts[place + 1], f"{file}, card {place // 2}") for place in range(3, len(parts), 2)]
    return Lesson(name, head.word("lesson", needed=True), tuple(cards), head.word("about"), shipped)


def write_lesson(lesson: Lesson) -> str:
    """The text of a lesson; `parse_lesson` of it gives `normal(lesson)`."""
    lesson = normal(lesson)
    written = [RULE, _entry("lesson", lesson.title), *([_entry("about", lesson.about)] if lesson.about else []), RULE]
    for card in lesson.cards:
        written += [RULE, _entry("title", card.title)]
        question = card.question and {"kind": card.question.kind, "ask": card.question.ask, **card.question.of}
        if question and not question["ask"]:
            del question["ask"]
        rest = {"view": card.view, "question": question, "claim": card.claim, "hide": list(card.hide), "note": card.note}
        written += [_entry(key, value) for key, value in rest.items() if value]
        written += [RULE, *([card.text] if card.text else []), ""]
    return "\n".join(written).rstrip("\n") + "\n"


def normal(lesson: Lesson) -> Lesson:
    """A lesson as a file can hold it: titles in one line, a rule inside of a text as ***, and no blank lines around a text."""
    return replace(lesson, title=_line(lesson.title), about=_line(lesson.about), cards=tuple(map(_normal_card, lesson.cards)))


def _normal_card(card: Card) -> Card:
    text = "\n".join(RULE_IN_TEXT if line.rstrip() == RULE else line for line in _block(card.text).split("\n"))
    question = card.question
    if question is not None:
        question = replace(question, ask=_line(question.ask), of={key: _line(value) for key, value in question.of.items()})
    return Card(_line(card.title), _line(card.view), text, question, _line(card.claim), tuple(card.hide), _block(card.note))


def _line(text: str) -> str:
    one_line = _NO_TEXT.sub("", _BLANK.sub(" ", text))  # what is taken out may leave two blanks side by side
    return _BLANK.sub(" ", one_line).strip(" ")


def _block(text: str) -> str:
    """Lines without blank ones before and behind."""
    lines = [_NO_TEXT.sub("", line) for line in _BREAK.sub("\n", text).split("\n")]
    full = [place for place, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[full[0] : full[-1] + 1]) if full else ""


def _card(front: list[str], start: int, text: list[str], where: str) -> Card:
    values = _Front(front, start, where, _CARD)
    if view := values.word("view"):
        try:
            check_view(view)
        except RetrievalError as error:
            raise RetrievalError(f"{where}: {error}") from error
    title, note = values.word("title", needed=True), values.word("note")
    return _normal_card(Card(title, view, "\n".join(text), values.question(), values.word("claim"), values.hidden(), note))


class _Front:
    """What stands between two rules: values by key, each a text, a list or a mapping of texts."""

    def __init__(self, lines: list[str], start: int, where: str, known: tuple[str, ...]):
        self.where = where
        try:
            found = yaml.load("\n".join(lines), _Loader)
        except yaml.YAMLError as error:
            line = f", line {start + 1 + mark.line}" if (mark := getattr(error, "problem_mark", None)) else ""
            problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not written as KEY: VALUE"
            raise RetrievalError(f"{where}{line}: this is no YAML ({problem}). Put a value that holds ': ' or ' #', or begins with a "
                                 f"sign, into quotes; a rule inside of a text is written {RULE_IN_TEXT}.") from error  # fmt: skip
        except RecursionError as error:
            raise RetrievalError(f"{where}: brackets are nested too deeply. Write one value a key.") from error
        if not isinstance(found, dict):
            raise RetrievalError(f"{where}: there is no {known[0]}. Write '{known[0]}: …' between the two lines {RULE}; a rule inside "
                                 f"of a text is written {RULE_IN_TEXT}.")  # fmt: skip
        self.values = found
        if strangers := [key for key in found if key not in known]:
            raise RetrievalError(f"{where}: unknown key {_short(strangers[0])}. Known: {', '.join(known)}.")

    def word(self, key: str, needed: bool = False) -> str:
        value = self.values.get(key, "")
        if not isinstance(value, str):
            raise self._refused(key, "is a list or a mapping", f"Write it as {key}: text, in quotes if it begins with a bracket")
        line = value if key == "note" else _line(value)
        if needed and not line:
            raise self._refused(key, "is missing", f"Write '{key}: …' between the two lines {RULE}")
        return line

    def question(self) -> Question | None:
        value = self.values.get("question")
        if not value:
            return None
        if not isinstance(value, dict) or not all(isinstance(part, str) for part in value.values()) or not value.get("kind"):
            raise self._refused("question", "is no mapping of texts with a kind", "Write it as in question: {kind: wins}")
        value = {key: _line(part) for key, part in value.items()}
        try:
            check_kind(value["kind"])
        except RetrievalError as error:
            raise RetrievalError(f"{self.where}: {error}") from error
        return Question(value.pop("kind"), value.pop("ask", ""), value)

    def hidden(self) -> tuple[str, ...]:
        value = self.values.get("hide") or []
        if not isinstance(value, list):
            raise self._refused("hide", "is no list", "Write it as in hide: [ap, models]")
        if strangers := [part for part in value if not isinstance(part, str) or part not in HIDDEN]:
            raise self._refused("hide", f"names {_short(strangers[0])}", f"What can be hidden: {', '.join(HIDDEN)}")
        return tuple(dict.fromkeys(value))

    def _refused(self, key: str, why: str, remedy: str) -> RetrievalError:
        return RetrievalError(f"{self.where}: its {key} {why}. {remedy}.")


class _Loader(yaml.BaseLoader):
    """Makes texts, lists and mappings, and nothing else; a key that stands twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if twice := [key for place, key in enumerate(keys) if key in keys[:place]]:
            raise yaml.constructor.ConstructorError(None, None, f"the key {_short(twice[0])} stands twice", node.start_mark)
        return super().construct_mapping(node, deep=deep)


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks."""


_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)
)


def _entry(key: str, value: Any) -> str:
    dump = partial(yaml.dump, Dumper=_Dumper, allow_unicode=True, width=1_000_000, sort_keys=False)
    if isinstance(value, str):
        return str(dump({key: value})).rstrip("\n")
    return f"{key}: {dump(value, default_flow_style=True)}".rstrip("\n")


def _short(value: object) -> str:
    return repr(value[:_SHOWN]) if isinstance(value, str) else "what is no text"
