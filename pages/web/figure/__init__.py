"""Buttons that save a figure of the page, as it is drawn, as a PNG or an SVG."""

from pages.web.component import component

PREFIX = "figure-"  # of the key of the container that holds the figure


def save_buttons(container: str, stem: str) -> None:
    """Draw the buttons that save the figure in the container of this key, under a file name with this stem."""
    component("figure")(key=f"save {container}", data={"kind": "figure", "container": container, "stem": stem}, height="content")
