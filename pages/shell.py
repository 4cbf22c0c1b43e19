"""The frame of every page: navigation, and the choices that all pages share."""

import streamlit as st

from pages.parts import loaders, style
from pages.parts.errors import shown_errors
from pages.parts.state import choose, load_state

st.set_page_config(page_title="Landmark retrieval", page_icon="🏛️", layout="wide")
style.apply()

page = st.navigation([
    st.Page("start.py", title="Start", icon="🏛️", default=True),
    st.Page("map.py", title="Map", icon="🗺️"),
    st.Page("query.py", title="Query", icon="🔎"),
    st.Page("compare.py", title="Compare", icon="📊"),
    st.Page("ledger.py", title="Ledger", icon="🧾"),
    st.Page("failures.py", title="Failures", icon="🩹"),
])  # fmt: skip

with shown_errors():
    load_state()
    with st.sidebar:
        choose("dataset", loaders.retrieval_datasets(), st.selectbox, "Dataset")
        choose("model", loaders.model_titles(), st.radio, "Model", format_func=loaders.model_titles().get)
        st.caption(loaders.start_note())
    page.run()
