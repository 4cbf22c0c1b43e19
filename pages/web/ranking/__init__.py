"""What the browser draws of rankings: strips of photographs, the curve of an AP, the flow of ranks, queries and their box."""

from pages.web.component import component
from pages.web.ranking.messages import Event, View


def show_view(view: View, key: str) -> Event | None:
    """Draw one view; returns what was asked for in it since the last run of the page, None for nothing."""
    drawn = component("ranking")(key=key, data=view | {"key": key}, on_event_change=lambda: None, height="content")
    return drawn.event
