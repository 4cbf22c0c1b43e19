"""The bar of a lesson that is presented, above every page; and the presenter's window, which hears from it."""

from collections.abc import Callable

import streamlit as st

from pages.web.component import component
from pages.web.lesson.messages import LessonData, LessonEvent

KEY = "lesson bar"


def show_bar(data: LessonData, answered: Callable[[list[int]], None], asked: Callable[[LessonEvent], None]) -> None:
    """Draw the bar. `answered` is called with the numbers of the cards that were answered, `asked` with what was asked for."""
    component("lesson")(
        key=KEY, data=data, default={"answered": None}, height="content",
        on_answered_change=lambda: answered(st.session_state[KEY]["answered"]),
        on_event_change=lambda: asked(st.session_state[KEY]["event"]),
    )  # fmt: skip
