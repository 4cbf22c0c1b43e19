"""The page of map_app.py."""

import os

import numpy as np
import streamlit as st
from map_app import descriptors, picture, points


def map_page() -> None:
    """The map with a selection that travels as it does in the app."""
    from pages.web.map import show_map

    kept = st.session_state.setdefault("kept", {
        "model": "1a", "query": "", "k": "12", "view": "", "landmarks": "", "unlabelled": "0.45", "colour": "landmark",
        "thumbnails": "on", "names": "on", "film": "", "only": "", "brush": "", "selection": [], "placed": ""})  # fmt: skip
    show_map("files/scene", dict(kept), lambda heard: kept.update({name: heard[name] for name in kept}))


def plain_page() -> None:
    """The same points in one `st.plotly_chart` with WebGL, and the gallery of a clicked point."""
    import plotly.graph_objects as go

    from retrieval_core.ranking.search import nearest

    layout, _, labels = points()
    figure = go.Figure()
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        figure.add_trace(go.Scattergl(x=layout[rows, 0], y=layout[rows, 1], mode="markers", customdata=rows, name=str(label)))
    figure.update_layout(height=560, clickmode="event+select", dragmode="pan")
    left, right = st.columns([3, 2])
    with left:
        event = st.plotly_chart(figure, key="plain", on_select="rerun", selection_mode="points")
    chosen = event["selection"]["points"]
    if chosen:
        point = chosen[0]["customdata"]
        point = int(point[0] if isinstance(point, list) else point)
        found, _ = nearest(descriptors(), point, 12)
        with right:
            st.html(f'<p id="chosen">{point}</p>')
            st.image([picture(int(other)) for other in found], width=120)


st.set_page_config(layout="wide")
map_page() if os.environ["MAP_KIND"] == "map" else plain_page()
