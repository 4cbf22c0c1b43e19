"""Which files of a person's own dataset were read, which were left out, and what else is to be said of it."""

import streamlit as st

from pages.state import door, link, loaders
from pages.state.plain import plain
from retrieval_core.datasets.catalog import BUILT_IN, list_datasets
from retrieval_core.datasets.left_out import said


def of_chosen() -> None:
    """What was read and left out of the chosen dataset; nothing for one of ours, which we render whole."""
    name = link.get("dataset")
    if name in BUILT_IN or not any(entry.name == name and entry.ready for entry in list_datasets(loaders.workspace())):
        return
    if lines := [door.shown(line) for line in said(loaders.dataset())]:
        st.caption(f"Of {plain(name)}, " + "\n* ".join(lines))
