import pytest
import streamlit as st
from looking import PAGES
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest
from tiny_runs import tiny_python_path

from pages.state import door
from pages.web.routes import ROUTES

# As pages/shell.py, whose navigation opens no page but the first in a test without a browser.
SHELL = """
import runpy
import streamlit as st
from pages.state import loaders
from pages.state.link import choose, load_state
from pages.widgets import add_view
from pages.widgets.errors import shown_errors

with shown_errors():
    load_state()
    with st.sidebar:
        choose("dataset", loaders.retrieval_datasets(), st.selectbox, "Dataset")
        choose("run", loaders.runs(), st.selectbox, "Run")
        choose("model", loaders.model_titles(), st.radio, "Model", format_func=loaders.model_titles().get)
        st.caption(loaders.start_note())
        add_view.offer({name!r})
    runpy.run_path({page!r}, run_name="page")
"""


def forget() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def open_page(monkeypatch):
    """Run one page on a cache, with the parameters of a link; work that it begins has the presets of the tiny town.

    Whoever looks sits at this machine, unless a test puts another caller at the door.
    """
    monkeypatch.setattr(door, "caller", lambda: None)
    monkeypatch.setenv("PYTHONPATH", tiny_python_path())

    def open_it(page, cache, **parameters):
        monkeypatch.setenv("RETRIEVAL_CACHE", str(cache))
        forget()
        app = AppTest.from_string(SHELL.format(page=PAGES[page], name=page.lower()), default_timeout=120)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception
        return app

    yield open_it
    forget()


@pytest.fixture
def client(town_cache, monkeypatch):
    """Asks what the app serves beside its pages, on the town."""
    monkeypatch.setenv("RETRIEVAL_CACHE", str(town_cache))
    st.cache_resource.clear()
    yield TestClient(Starlette(routes=ROUTES))
    st.cache_resource.clear()
