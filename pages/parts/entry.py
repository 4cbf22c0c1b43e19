"""The way into a page."""

import runpy
from collections.abc import Callable
from pathlib import Path

from pages.parts import state

APP = Path(__file__).parents[2] / "app.py"


def show(main: Callable[[], None]) -> None:
    """Run a page, by way of app.py.

    Streamlit takes a folder named `pages` for a set of scripts of its own until `st.navigation` has been called once, so
    a link to a page that is the first thing a new server is asked for comes here directly, past the shared state.
    """
    if state.is_loaded():
        main()
    else:
        runpy.run_path(str(APP))
