"""The map in the browser: what Python sends it, and what it hears back."""

from collections.abc import Callable

import streamlit as st

from pages.web.component import component
from pages.web.map.messages import MapData, Placed, Shared

KEY = "map"


def show_map(scene: str, shared: Shared, on_change: Callable[[Shared], None], placed: Placed | None = None) -> None:
    """Show the map of a scene, an address that answers with what map_scene.describe returns.

    `on_change` is called with what the page and the browser both know when the person in front of the browser has changed it.
    """
    data: MapData = {"scene": scene, "shared": shared, "placed": placed}
    component("map")(
        key=KEY, data=data, default={"state": None}, on_state_change=lambda: on_change(st.session_state[KEY]["state"]), height="content"
    )
