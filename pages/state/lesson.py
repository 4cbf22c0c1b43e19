"""The lesson that is presented: which card of it, and how one goes to another."""

from urllib.parse import parse_qsl

import streamlit as st
import yaml

from pages.state import link
from pages.state.cache_folder import workspace
from pages.state.defaults import DEFAULTS
from retrieval_core.lessons.card import Card, Lesson, Question


def current() -> tuple[Lesson, int, Card] | None:
    """The lesson that is presented, the number of its card, from 1, and the card."""
    name, number = link.get("lesson"), link.get("card")
    path = workspace().root / "lessons" / f"{name}.md"
    if not name or not number.isdigit() or not path.is_file():
        return None
    lesson = _read(name, path.read_text(encoding="utf-8"))
    if not 1 <= int(number) <= len(lesson.cards):
        return None
    return lesson, int(number), lesson.cards[int(number) - 1]


def step_to(number: int) -> None:
    """Show the view of a card."""
    lesson, _, _ = current()
    page, _, query = lesson.cards[number - 1].view.partition("?")
    kept = {name: link.get(name) for name in ("dataset", "run", "lesson")}
    link.put(**{**DEFAULTS, **dict(parse_qsl(query)), **kept, "card": str(number)})
    if page:
        link.go(f"{page}.py")


@st.cache_resource(max_entries=8)
def _read(name: str, text: str) -> Lesson:
    blocks = [part.strip() for part in text.split("---\n")]
    about, cards = yaml.safe_load(blocks[1]), []
    for front, body in zip(blocks[3::2], blocks[4::2], strict=True):
        fields = yaml.safe_load(front)
        asked = fields.get("question")
        question = Question(asked.pop("kind"), asked.pop("ask", ""), asked) if asked else None
        cards.append(Card(fields["title"], fields.get("view", ""), body, question, fields.get("claim", ""),
                          tuple(fields.get("hide", ())), fields.get("note", "")))  # fmt: skip
    return Lesson(name, about["lesson"], tuple(cards), about.get("about", ""))
