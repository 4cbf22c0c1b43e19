"""The map in the browser: what Python sends it, and what it hears back."""

from collections.abc import Callable, Collection

import streamlit as st

from pages.state import hidden, link, loaders
from pages.web.component import component
from pages.web.map.messages import Hides, Kept, MapData, Placed, Shared
from pages.web.ranking.messages import Event

KEY = "map"


def show_map(
    scene: str, shared: Shared, on_change: Callable[[Shared], None], placed: Placed | None = None, bins: str = ""
) -> tuple[Event | None, Kept | None]:
    """Show the map of a scene, an address that answers with what map_scene.describe returns.

    `on_change` is called with what the page and the browser both know when the person in front of the browser has changed it.
    Returns what was asked for since the last run of the page, each None if it was not: why a photograph is similar, and to what; and
    a selection to be kept as a bin.
    """
    data: MapData = {"scene": scene, "shared": shared, "placed": placed, "bins": bins, "engine": link.get("engine"),
                     "hidden": hides(hidden.hides())}  # fmt: skip
    drawn = component("map")(
        key=KEY, data=data, default={"state": None}, on_state_change=lambda: on_change(st.session_state[KEY]["state"]),
        on_why_change=lambda: None, on_keep_change=lambda: None, height="content",
    )  # fmt: skip
    return drawn.why, drawn.keep


def hides(what: Collection[str]) -> Hides:
    """What the map leaves out while a card of a lesson hides this."""
    states = loaders.every_state() if {"models", "last"} & set(what) else []
    names = {state.key: hidden.lettered(place) for place, state in enumerate(states)} if "models" in what else {}
    return {"what": sorted(what), "models": names, "last": (loaders.last_model() or "") if "last" in what else ""}
