"""The presenter's window: a page without Streamlit, which hears from the bar of a lesson in another window of the same browser."""

from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from pages.web import modules

_PAGE = Path(__file__).parent / "lesson" / "presenter.html"


def presenter(request: Request) -> HTMLResponse:
    """The window; which tab it hears from stands in its address, and nothing of a lesson in it."""
    return HTMLResponse(_page())


@cache
def _page() -> str:
    script = modules.address("lesson/presenter.js").removeprefix("files/")  # the page itself is below files/
    return _PAGE.read_text(encoding="utf-8").replace("MODULE", script)


ROUTE = Route("/files/presenter", presenter)
