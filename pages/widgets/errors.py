"""Errors as a person reads them."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.state import door
from retrieval_core.errors import RetrievalError


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show a RetrievalError as a box with its remedy, and end the page there; no traceback, and no path for a visitor."""
    try:
        yield
    except RetrievalError as error:
        st.error(door.shown(str(error)), icon=":material/warning:")
        st.stop()
