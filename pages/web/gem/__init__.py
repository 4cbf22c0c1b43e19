"""p of GeM as a knob: a slider, the map and the first of a ranking, which move while one drags."""

from pages.web.component import component
from pages.web.gem.messages import Event, GemView


def show_gem(view: GemView) -> Event | None:
    """Draw it; returns what was asked for since the last run of the page, None for nothing."""
    drawn = component("gem")(key="gem", data=view, on_event_change=lambda: None, height="content")
    return drawn.event
