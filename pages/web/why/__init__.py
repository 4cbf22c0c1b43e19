"""Two pictures side by side and why they are similar: heat of their positions that is linked, or their local matches as lines."""

from pages.web.component import component
from pages.web.why.messages import View


def show_pair(view: View) -> None:
    """Draw one view of two pictures."""
    component("why")(key=f"why {view['kind']}", data=view, height="content")
