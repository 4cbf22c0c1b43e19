"""The app with a browser that holds fewer points: run with `streamlit run`, by test_map_tiles.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

import streamlit as st
from tiled_cache import MOST_WHOLE

from pages.web.routes import ROUTES
from retrieval_core.projection import pivots

pivots.MOST_WHOLE = MOST_WHOLE
app = st.App(Path(__file__).parents[2] / "pages" / "shell.py", routes=ROUTES)
