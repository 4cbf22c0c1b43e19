"""Errors as a person reads them."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.state.plain import plain
from retrieval_core.errors import RetrievalError


@contextmanager
def shown_errors() -> Iterator[None]:
    """Show a RetrievalError as a box with its remedy, and end the page there; no traceback."""
    try:
        yield
    except RetrievalError as error:
        st.error(plain(str(error)), icon=":material/warning:")
        st.stop()
