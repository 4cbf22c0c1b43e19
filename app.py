"""The app: pages/shell.py, and the files that it serves beside its pages. Run it with `streamlit run app.py`."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).parent))  # before another package called `pages` that PYTHONPATH may name

from pages.web.routes import ROUTES

# The script lies beside the pages and not above them: Streamlit would take a folder `pages` beside its main script for a
# set of scripts of its own, and open them past the shared state when a link to a page is the first thing it is asked for.
app = st.App("pages/shell.py", routes=ROUTES)
