"""What the browser draws of rankings: strips of photographs, the curve of an AP, the flow of ranks, queries and their box."""

from pathlib import Path

from pages.web.component import component

MODULES = ("text", "save", "enlarge", "strips", "pick", "picture", "machine", "flow", "main")  # each after those it builds on


def show_view(view: dict, key: str) -> dict | None:
    """Draw one view; see pages/widgets/ranking_views.py for what each `kind` holds.

    Returns what was asked for in it since the last run of the page, None for nothing: {"query": id}, {"photo": image id},
    {"map": image id}, {"model": key} or {"box": "x1,y1,x2,y2", "own" or "whole"}.
    """
    drawn = component("ranking", Path(__file__).parent, MODULES)(
        key=key, data=view | {"key": key}, on_event_change=lambda: None, height="content"
    )
    return drawn.event
