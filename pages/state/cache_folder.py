"""The cache folder that the app shows."""

import streamlit as st

from retrieval_core.workspace import Workspace


@st.cache_resource(show_spinner=False)
def workspace() -> Workspace:
    """The cache folder of this app."""
    return Workspace()
