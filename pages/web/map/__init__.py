"""The map in the browser: what Python sends it, and what it hears back."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.web.component import component

MODULES = (  # each after those that it builds on
    "view", "places", "symbols", "points", "density", "scene", "appearance", "neighbours", "overlay", "card", "gallery", "panel",
    "legend", "film", "save", "pointer", "keyboard", "toolbar", "drawing", "app", "main",
)  # fmt: skip
KEY = "map"


def show_map(scene: str, shared: dict, on_change: Callable[[dict], None], placed: dict | None = None) -> None:
    """Show the map of a scene, an address that answers with what scene.describe returns.

    `shared` is what the page and the browser both know: model, selection, query, k, view, landmarks, unlabelled, colour,
    thumbnails, film, and `placed`, the key of a new picture on the map or "". What is known of that picture is in the dict
    `placed`: key, model, picture (an address), place [x, y], points and similarities of its neighbours. `on_change` is
    called with the same names when the person in front of the browser has changed them.
    """
    component("map", Path(__file__).parent, MODULES)(
        key=KEY, data={"scene": scene, "shared": shared, "placed": placed}, default={"state": None},
        on_state_change=lambda: on_change(st.session_state[KEY]["state"]), height="content",
    )  # fmt: skip
