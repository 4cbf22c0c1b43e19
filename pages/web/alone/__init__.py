"""A part of a page alone: full screen and in large type, by its button, or by P for the part below the mouse."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.web.component import component

PREFIX = "alone-"  # of the keys of the containers that can be shown alone; main.js and style.py know it as well


@contextmanager
def part(name: str) -> Iterator[None]:
    """A container that can be shown alone, without a button; the first of a page is what P means where the mouse is nowhere."""
    with st.container(key=f"{PREFIX}{name}"):
        yield


def button(name: str) -> None:
    """The button that shows the part of this name alone."""
    component("alone")(key=f"show alone {name}", data={"kind": "alone", "part": f"{PREFIX}{name}"}, width="content", height="content")
